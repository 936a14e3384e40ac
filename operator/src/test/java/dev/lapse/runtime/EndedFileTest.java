package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.grant.EndedGrants;
import dev.lapse.grant.EndedGrants.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndedFileTest {
    private static final Ended ONE = new Ended("uid-1", Instant.parse("2026-12-01T08:00:00Z"));
    private static final Ended TWO = new Ended("uid-2", Instant.parse("2026-12-01T09:00:00Z"));

    @TempDir
    private Path folder;

    @Test
    void readsWhatWasWrittenButForALineThatWasCutOff() throws IOException {
        Path file = folder.resolve("ended");
        EndedGrants.Store store = EndedFile.of(file.toString());

        store.replaceAll(List.of(ONE));
        store.add(TWO);
        Files.writeString(file, "uid-3 18", StandardOpenOption.APPEND);
        Files.writeString(file, "\nnothing of ours", StandardOpenOption.APPEND);

        assertThat(EndedFile.of(file.toString()).read()).startsWith(ONE, TWO).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void beginsWithNothing() {
        assertThat(EndedFile.of(folder.resolve("none").toString()).read()).isEmpty();
        assertThat(EndedFile.of("")).isSameAs(EndedGrants.Store.NONE);
    }

    /** A disk that is full or away holds up no end. */
    @Test
    void doesNotThrow() {
        EndedGrants.Store store =
                EndedFile.of(folder.resolve("no/such/folder/ended").toString());

        store.add(ONE);
        store.replaceAll(List.of(ONE));

        assertThat(store.read()).isEmpty();
    }
}
