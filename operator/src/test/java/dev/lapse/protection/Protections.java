package dev.lapse.protection;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lapse.protection.Protection.Removal;
import dev.lapse.protection.Protection.Story;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The list of {@code dev/protections.yaml}.
 *
 * @param otherwise classes of stories that no protection names, and why
 */
public record Protections(List<Protection> protections, Map<String, String> otherwise) {
    private static final String FILE = "dev/protections.yaml";
    private static final ObjectMapper YAML = new YAMLMapper();

    private record Written(
            String name, String about, String keepsOut, List<Removal> without, String seen, Map<String, String> red) {
        Protection read() {
            Map<Story, String> stories = red.entrySet().stream()
                    .collect(Collectors.toMap(each -> Story.of(each.getKey()), Map.Entry::getValue));
            return new Protection(name, about, keepsOut, without, seen == null ? "" : seen, stories);
        }
    }

    private record Whole(List<Written> protections, Map<String, String> otherwise) {}

    public static Protections of(Path root) {
        try {
            Whole whole = YAML.readValue(root.resolve(FILE).toFile(), Whole.class);
            return new Protections(
                    whole.protections().stream().map(Written::read).toList(), whole.otherwise());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
