package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.memory.Elsewhere;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryFilesTest {
    private final DiskAlarm alarm = new DiskAlarm((kind, what) -> {});

    @TempDir
    private Path folder;

    @Test
    void readsWhatWasKeptLastOfEach() throws IOException {
        Elsewhere files = files("ended", false);
        files.keep(7, Map.of("seal", "first"));
        files.keep(7, Map.of("seal", "second", "turn", "2"));
        files.keep(8, Map.of("seal", "other"));

        Elsewhere next = files("ended", false);

        assertThat(next.read(7)).containsExactly(Map.of("seal", "second", "turn", "2"));
        assertThat(next.read(8)).containsExactly(Map.of("seal", "other"));
        assertThat(next.read(9)).isEmpty();
        assertThat(alarm.failing()).isFalse();
        Files.writeString(folder.resolve("ended.memory-07"), "{\"seal\":");
        assertThat(next.read(7)).as("cut off").isEmpty();
        assertThat(alarm.failing()).isTrue();
        assertThat(MemoryFiles.beside(Optional.empty(), alarm)).isSameAs(Elsewhere.NOWHERE);
    }

    @Test
    void readsWhatOtherInstancesKeptAsWell() {
        files("ended-one", true).keep(7, Map.of("turn", "5"));
        files("ended-one", true).keep(8, Map.of("turn", "9"));
        files("ended-two", true).keep(7, Map.of("turn", "4"));

        assertThat(files("ended-two", true).read(7)).containsExactly(Map.of("turn", "4"), Map.of("turn", "5"));
        assertThat(files("ended-two", true).read(8)).containsExactly(Map.of("turn", "9"));
    }

    /** A disk that is full or away holds up nothing. */
    @Test
    void doesNotThrow() {
        Elsewhere files = files("no/such/folder/ended", false);

        files.keep(7, Map.of("seal", "x"));

        assertThat(files.read(7)).isEmpty();
        assertThat(alarm.failing()).isTrue();
    }

    private Elsewhere files(String ended, boolean withOthers) {
        return MemoryFiles.beside(Optional.of(new StatePlace(folder.resolve(ended), withOthers)), alarm);
    }
}
