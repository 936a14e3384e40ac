package dev.lapse.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrdDriftTest {
    @Test
    void checkedInFilesAreWhatTheTypesGenerate() throws IOException {
        Map<String, String> generated = CrdFiles.all();

        Map<String, String> checkedIn = filesOf(Path.of(System.getProperty("lapse.root"), "crds"));

        assertThat(checkedIn.keySet())
                .as("crds/ holds a file for each kind and no other: run dev/generate")
                .isEqualTo(generated.keySet());
        generated.forEach((name, content) -> assertThat(checkedIn.get(name))
                .as("crds/" + name + " is not what the types say: run dev/generate")
                .isEqualTo(content));
    }

    private static Map<String, String> filesOf(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> listed = Files.list(folder)) {
            for (Path file : listed.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }
}
