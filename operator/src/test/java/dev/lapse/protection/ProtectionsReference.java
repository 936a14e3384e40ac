package dev.lapse.protection;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The protections as tables of a page. */
public final class ProtectionsReference {
    private ProtectionsReference() {}

    /** One table for what belongs together. */
    public static String tables(Path root) {
        Map<String, List<Protection>> parts = Protections.of(root).protections().stream()
                .collect(Collectors.groupingBy(Protection::about, LinkedHashMap::new, Collectors.toList()));
        return parts.entrySet().stream()
                .map(part -> "### " + Character.toUpperCase(part.getKey().charAt(0))
                        + part.getKey().substring(1) + "\n\n"
                        + "| protection | keeps out | stories that fail without it, and what they say | seen |\n|---|---|---|---|\n"
                        + part.getValue().stream()
                                .map(ProtectionsReference::row)
                                .collect(Collectors.joining()))
                .collect(Collectors.joining("\n"));
    }

    public static String otherwise(Path root) {
        return "| stories | why |\n|---|---|\n"
                + Protections.of(root).otherwise().entrySet().stream()
                        .map(each -> "| `" + each.getKey() + "` | " + each.getValue() + " |\n")
                        .collect(Collectors.joining());
    }

    private static String row(Protection protection) {
        return "| `" + protection.name() + "` | " + protection.keepsOut() + " | "
                + protection.red().entrySet().stream()
                        .map(story -> "`" + story.getKey() + "`: " + story.getValue())
                        .collect(Collectors.joining("; "))
                + " | " + (protection.seen().isEmpty() ? "not yet" : protection.seen()) + " |\n";
    }
}
