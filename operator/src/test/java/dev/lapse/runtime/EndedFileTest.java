package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.cluster.KubernetesEvents.Kind;
import dev.lapse.grant.EndedGrants;
import dev.lapse.grant.EndedGrants.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndedFileTest {
    private static final Ended ONE = new Ended("uid-1", Instant.parse("2026-12-01T08:00:00Z"));
    private static final Ended TWO = new Ended("uid-2", Instant.parse("2026-12-01T09:00:00Z"));

    private final List<String> told = new ArrayList<>();
    private final DiskAlarm alarm = new DiskAlarm((kind, what) -> told.add(kind + " " + what));

    @TempDir
    private Path folder;

    @Test
    void readsWhatWasWrittenButForALineThatWasCutOff() throws IOException {
        Path file = folder.resolve("ended");
        EndedGrants.Store store = store(file, false);

        store.replaceAll(List.of(ONE));
        store.add(TWO);
        Files.writeString(file, "uid-3 18", StandardOpenOption.APPEND);
        Files.writeString(file, "\nnothing of ours", StandardOpenOption.APPEND);

        assertThat(store(file, false).read()).startsWith(ONE, TWO).hasSizeLessThanOrEqualTo(3);
        assertThat(alarm.failing()).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void beginsWithNothing() {
        assertThat(store(folder.resolve("none"), true).read()).isEmpty();
        assertThat(EndedFile.of(Optional.empty(), alarm)).isSameAs(EndedGrants.Store.NONE);
        assertThat(alarm.failing()).isFalse();
    }

    /** Whoever leads next knows what the one before it knew, and writes into its own file only. */
    @Test
    void readsWhatAnotherInstanceLeftBesideItAndWritesOnlyItsOwn() throws IOException {
        store(folder.resolve("ended-one"), true).replaceAll(List.of(ONE));
        EndedGrants.Store other = store(folder.resolve("ended-two"), true);

        other.add(TWO);

        assertThat(other.read()).containsExactlyInAnyOrder(ONE, TWO);
        assertThat(Files.readAllLines(folder.resolve("ended-one"))).hasSize(1);
        assertThat(Files.readAllLines(folder.resolve("ended-two"))).hasSize(1);
    }

    /** A folder that is not there yet is made; it may be the first start. */
    @Test
    void makesItsFolder() {
        Path file = folder.resolve("lib/lapse/ended-operator");
        EndedGrants.Store store = store(file, true);

        store.replaceAll(List.of(ONE));

        assertThat(store.read()).containsExactly(ONE);
    }

    /** A disk that is full or away holds up no end, and is told once until it works again. */
    @Test
    void doesNotThrowAndIsTold() throws IOException {
        Path taken = Files.writeString(folder.resolve("taken"), "a file, where a folder should be");
        EndedGrants.Store store = store(taken.resolve("ended"), false);

        store.replaceAll(List.of(ONE));
        store.add(ONE);

        assertThat(store.read()).isEmpty();
        assertThat(alarm.failing()).isTrue();
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith(Kind.Warning + " what ends early cannot be kept outside the cluster")
                .contains(taken.toString(), "see the runbook etcd-restored");

        Files.delete(taken);
        store.replaceAll(List.of(ONE));

        assertThat(store.read()).containsExactly(ONE);
        assertThat(alarm.failing()).isFalse();
        assertThat(told).hasSize(2).last().asString().startsWith(Kind.Normal + " ");
    }

    private EndedGrants.Store store(Path file, boolean withOthers) {
        return EndedFile.of(Optional.of(new StatePlace(file, withOthers)), alarm);
    }
}
