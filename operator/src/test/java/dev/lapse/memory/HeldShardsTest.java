package dev.lapse.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.guard.Seal;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a process makes of the ConfigMaps that it sees, once it knows more than they say. */
class HeldShardsTest {
    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");
    private static final Seal SEAL = new Seal(new byte[32]);
    private static final int NUMBER = 7;
    private static final Shard BEFORE = Shard.empty(NUMBER).next();
    private static final Shard CLAIMED = BEFORE.with(claim("one"), NOW).next();

    private final List<String> told = new ArrayList<>();
    private final Map<Integer, Map<String, String>> kept = new ConcurrentHashMap<>();
    private final List<Map<String, String>> keptByOthers = new ArrayList<>();
    private Runnable beforeKept = () -> {};
    private HeldShards shards = begun();

    private HeldShards begun() {
        return new HeldShards(
                SEAL,
                new Elsewhere() {
                    @Override
                    public List<Map<String, String>> read(int number) {
                        return Stream.concat(
                                        Stream.ofNullable(kept.get(number)),
                                        number == NUMBER ? keptByOthers.stream() : Stream.empty())
                                .toList();
                    }

                    @Override
                    public void keep(int number, Map<String, String> data) {
                        beforeKept.run();
                        kept.put(number, data);
                    }
                },
                told::add);
    }

    private static Claim claim(String grant) {
        return new Claim("payments", grant, "uid", "ci", "", NOW.plus(Duration.ofHours(1)), NOW, "Expired");
    }

    private static ConfigMap map(int version, Map<String, String> data) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName("lapse-memory-07")
                .withUid("uid-of-map")
                .withResourceVersion(Integer.toString(version))
                .endMetadata()
                .withData(data)
                .build();
    }

    private static ConfigMap map(int version, Shard shard) {
        return map(version, shard.data(SEAL));
    }

    private HeldShard held() {
        return shards.get(NUMBER);
    }

    private void assertClaimStands() {
        assertThat(shards.all(Claim.class, NOW)).containsExactly(claim("one"));
    }

    @Test
    void anOlderOneThatSomebodyWritesAgainTakesNothingAwayAndIsTold() {
        shards.seen(map(10, CLAIMED));

        shards.seen(map(11, BEFORE));

        assertClaimStands();
        assertThat(told)
                .singleElement()
                .asString()
                .contains("lapse-memory-07", "turn 1 after 2", "1 of what", "runbook");
        assertThat(held().version()).as("what is written over").isEqualTo(11);
        assertThat(held().unwritten()).contains(CLAIMED.next());
    }

    @Test
    void itIsToldOnceAndNoMoreWhenItIsWrittenAgain() {
        shards.seen(map(10, CLAIMED));
        shards.seen(map(11, BEFORE));
        shards.seen(map(11, BEFORE));
        HeldShard putBack = held();
        shards.answered(putBack, map(11, BEFORE));

        shards.answered(putBack, map(12, putBack.unwritten().orElseThrow()));
        shards.seen(map(11, BEFORE));

        assertThat(told).hasSize(1);
        assertThat(held().unwritten()).isEmpty();
        assertClaimStands();
    }

    @Test
    void anotherContentOfTheSameTurnIsAnotherHistory() {
        Shard other = BEFORE.with(claim("two"), NOW).next();
        shards.seen(map(10, CLAIMED));

        shards.seen(map(11, other));

        assertThat(shards.all(Claim.class, NOW)).containsExactlyInAnyOrder(claim("one"), claim("two"));
        assertThat(told).hasSize(1);
    }

    @Test
    void whatEtcdIsRestoredToHasALowerVersionThatOnlyAnAnswerTells() {
        shards.seen(map(10, CLAIMED));
        shards.seen(map(8, BEFORE));
        assertThat(told).as("an informer may be behind").isEmpty();

        shards.answered(held(), map(8, BEFORE));

        assertClaimStands();
        assertThat(told).hasSize(1);
        assertThat(held().version()).isEqualTo(8);
    }

    @Test
    void whatHasNotChangedSinceTheSnapshotIsWrittenOverAndNotTold() {
        shards.seen(map(10, CLAIMED));

        shards.answered(held(), map(8, CLAIMED));

        assertThat(told).isEmpty();
        assertThat(held().version()).isEqualTo(8);
        assertThat(held().unwritten()).isEmpty();
    }

    @Test
    void anAnswerThatWasOvertakenSaysNothing() {
        shards.seen(map(8, BEFORE));
        HeldShard asked = held();
        shards.seen(map(10, CLAIMED));

        shards.answered(asked, map(8, BEFORE));

        assertThat(told).isEmpty();
        assertThat(held().version()).isEqualTo(10);
    }

    @Test
    void oneThatIsMadeAgainAfterARestoreCounts() {
        shards.seen(map(10, CLAIMED));
        shards.missing(NUMBER, held());
        assertThat(shards.problems()).anyMatch(problem -> problem.contains("lapse-memory-07 is gone"));
        HeldShard gone = held();

        shards.answered(gone, map(6, gone.unwritten().orElseThrow()));

        assertClaimStands();
        assertThat(held().version()).isEqualTo(6);
    }

    @Test
    void beginningAnewForgetsNothingThatIsKnown() {
        shards.seen(map(10, CLAIMED));

        shards.seen(map(11, Map.of("begin", "anew")));

        assertClaimStands();
        assertThat(told).hasSize(1);
    }

    @Test
    void theNextProcessKnowsFromElsewhereWhatEtcdHasForgotten() {
        shards.seen(map(10, CLAIMED));
        shards = begun();

        shards.seen(map(8, BEFORE));

        assertClaimStands();
        assertThat(told).hasSize(1);
        assertThat(held().unwritten()).contains(CLAIMED.next());
    }

    /** One that led before on this machine may know more; one of another cluster has another seal, and knows nothing. */
    @Test
    void theLatestThatAnyInstanceKeptIsKnownIfItsSealIsTrue() {
        kept.put(NUMBER, BEFORE.data(SEAL));
        keptByOthers.add(CLAIMED.data(SEAL));
        keptByOthers.add(CLAIMED.next().data(new Seal(new byte[] {1, 2, 3})));

        HeldShards next = begun();

        assertThat(next.get(NUMBER).known())
                .hasValueSatisfying(shard -> assertThat(shard.turn()).isEqualTo(CLAIMED.turn()));
    }

    /** Another instance may have led since: what is kept elsewhere can be older than what is lost. */
    @Test
    void whatIsGoneIsNotMadeAgainFromElsewhere() {
        shards.seen(map(10, CLAIMED));
        shards = begun();

        assertThat(held().unwritten()).isEmpty();
        assertThat(shards.problems()).hasSize(Shard.COUNT);
    }

    /** Etcd was restored to the minutes in which the installation began. */
    @Test
    void whatIsMadeForTheFirstTimeIsWhatIsKnownFromElsewhere() {
        shards.seen(map(10, CLAIMED));
        shards = begun();

        assertThat(shards.begins(NUMBER).unwritten()).contains(CLAIMED);
        assertThat(shards.begins(3).unwritten()).contains(Shard.empty(3));
    }

    @Test
    void whatIsNewerThanWhatIsKeptElsewhereIsBelieved() {
        shards.seen(map(10, CLAIMED));
        shards = begun();
        Shard later = CLAIMED.without(claim("one"), NOW).next();

        shards.seen(map(20, later));

        assertThat(shards.all(Claim.class, NOW)).isEmpty();
        assertThat(told).isEmpty();
        assertThat(kept).containsEntry(NUMBER, later.data(SEAL));
    }

    /** The informer's thread and the writer's keep what they took, and which of them comes last is chance. */
    @Test
    void whatIsKeptElsewhereIsNoTurnBehind() {
        Thread writer = new Thread(() -> shards.seen(map(11, CLAIMED)), "writer");
        beforeKept = () -> {
            if (writer.getState() == Thread.State.NEW) {
                writer.start();
                await().until(() ->
                        Set.of(Thread.State.BLOCKED, Thread.State.TERMINATED).contains(writer.getState()));
            }
        };

        shards.seen(map(10, BEFORE));

        await().until(() -> writer.getState() == Thread.State.TERMINATED);
        assertThat(kept).containsEntry(NUMBER, CLAIMED.data(SEAL));
    }

    @Test
    void whatIsKeptElsewhereAndNotTheOperatorsWordSaysNothing() {
        kept.put(NUMBER, new HashMap<>(CLAIMED.data(SEAL)));
        kept.get(NUMBER).put("turn", "99");
        shards = begun();

        shards.seen(map(8, BEFORE));

        assertThat(told).isEmpty();
        assertThat(shards.all(Claim.class, NOW)).isEmpty();
    }
}
