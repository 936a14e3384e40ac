package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.lapse.story.Terminal.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is applied again without a change stays as it is, and what is in the cluster is what was written: otherwise kubectl
 * says "configured" each time, and GitOps tools see drift for ever.
 */
@TakesTurns("is about the namespaces of the examples, as the pages are")
class AppliedAgainIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Stands for the one that whoever reads sealed-token makes; what the operator thinks of it does not matter here. */
    private static final String CERTIFICATE =
            "      -----BEGIN CERTIFICATE-----\n      AAAA\n      -----END CERTIFICATE-----\n";

    @TempDir
    static Path home;

    private static Terminal terminal;

    @BeforeAll
    static void begins() {
        InstalledOperator.awaitReady();
        terminal = new Terminal(Cluster.running(), home);
    }

    /** The examples have namespaces of their own, and a ClusterRole. */
    @AfterAll
    static void clears() throws IOException {
        for (Path story : stories().toList()) {
            for (Path file : files(story)) {
                kubectl("admin", "delete", "--ignore-not-found", "-f", file.toString());
            }
        }
    }

    static Stream<Path> stories() throws IOException {
        try (Stream<Path> folders = Files.list(Cluster.root().resolve("examples"))) {
            return folders.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("stories")
    void nothingChangesAndNothingIsAdded(Path story) throws IOException {
        for (Path file : files(story)) {
            String person =
                    SchemaCase.text(file).lines().findFirst().orElseThrow().replaceFirst("# Applied by: ", "");
            Answer first = kubectl(person, "apply", "-f", file.toString());
            assertThat(first.exit()).as(file + ": " + first.all()).isZero();

            Answer again = kubectl(person, "apply", "-f", file.toString());

            assertThat(again.out().lines())
                    .as(file + ": " + again.all())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).endsWith(" unchanged"));
            assertThat(differences(desired(file), live(file)))
                    .as(file.toString())
                    .isEmpty();
        }
    }

    /** As they are applied one after the other: those that are refused are left out. */
    private static List<Path> files(Path story) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(story)) {
            for (Path file : all.filter(each -> each.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                String text = SchemaCase.text(file);
                if (text.contains("\n# Refused: ")) {
                    continue;
                }
                Path ready = home.resolve(story.getFileName() + "-" + file.getFileName());
                Files.writeString(ready, text.endsWith("encryptTo: |\n") ? text + CERTIFICATE : text);
                files.add(ready);
            }
        }
        return files;
    }

    private static List<JsonNode> desired(Path file) throws IOException {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(SchemaCase.text(file))) {
            return documents.readAll();
        }
    }

    private static List<JsonNode> live(Path file) throws IOException {
        Answer answer = kubectl("admin", "get", "-f", file.toString(), "-o", "json");
        assertThat(answer.exit()).as(answer.all()).isZero();
        JsonNode answered = JSON.readTree(answer.out());
        List<JsonNode> objects = new ArrayList<>();
        (answered.path("kind").asText().equals("List") ? answered.get("items") : List.of(answered))
                .forEach(objects::add);
        return objects;
    }

    private static List<String> differences(List<JsonNode> desired, List<JsonNode> live) {
        assertThat(live).hasSameSizeAs(desired);
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < desired.size(); i++) {
            compare(desired.get(i).path("kind").asText(), desired.get(i), live.get(i), differences);
        }
        return differences;
    }

    /** An object may hold more than was written, such as status; a list may not, because it is replaced as a whole. */
    private static void compare(String path, JsonNode desired, JsonNode live, List<String> differences) {
        if (desired.isObject()) {
            desired.properties()
                    .forEach(field -> compare(
                            path + "." + field.getKey(), field.getValue(), live.path(field.getKey()), differences));
        } else if (!desired.equals(live)) {
            differences.add(path + " is " + live + " and was written " + desired);
        }
    }

    private static Answer kubectl(String person, String... words) {
        Path kubeconfig = person.equals("admin")
                ? Cluster.running().dir().resolve("admin.kubeconfig")
                : terminal.kubeconfigOf(person);
        return terminal.start(kubeconfig, List.of("kubectl"), words).answer();
    }
}
