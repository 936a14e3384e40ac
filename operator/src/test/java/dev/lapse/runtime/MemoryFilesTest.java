package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.memory.Elsewhere;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryFilesTest {
    @TempDir
    private Path folder;

    @Test
    void readsWhatWasKeptLastOfEach() throws IOException {
        String beside = folder.resolve("ended").toString();
        Elsewhere files = MemoryFiles.beside(beside);
        files.keep(7, Map.of("seal", "first"));
        files.keep(7, Map.of("seal", "second", "turn", "2"));
        files.keep(8, Map.of("seal", "other"));

        Elsewhere next = MemoryFiles.beside(beside);

        assertThat(next.read(7)).isEqualTo(Map.of("seal", "second", "turn", "2"));
        assertThat(next.read(8)).isEqualTo(Map.of("seal", "other"));
        assertThat(next.read(9)).isEmpty();
        Files.writeString(folder.resolve("ended.memory-07"), "{\"seal\":");
        assertThat(next.read(7)).as("cut off").isEmpty();
        assertThat(MemoryFiles.beside("")).isSameAs(Elsewhere.NOWHERE);
    }

    /** A disk that is full or away holds up nothing. */
    @Test
    void doesNotThrow() {
        Elsewhere files =
                MemoryFiles.beside(folder.resolve("no/such/folder/ended").toString());

        files.keep(7, Map.of("seal", "x"));

        assertThat(files.read(7)).isEmpty();
    }
}
