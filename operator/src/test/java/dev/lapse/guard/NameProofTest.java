package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.guard.NameProof.Answer;
import dev.lapse.guard.NameProof.Recorded;
import dev.lapse.guard.NameProof.RecordedEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameProofTest {
    /** The guard refuses from 12:00:00 on and has settled at 12:00:30. */
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private static final GuardState READY = GuardState.ready("e2", NOON, Duration.ofSeconds(30));
    private static final GuardState NOT_READY = GuardState.notReady("lapse-grants is missing");

    @ParameterizedTest
    @CsvSource({
        // guard, recorded epoch, created at; the last second before it has settled, and the first after
        "ready,    ,   29, UNPROVED",
        "ready,    ,   30, PROVED",
        "ready,    , -999, UNPROVED",
        "notReady, ,   30, UNKNOWN",
        "notReady, e1, 30, PROVED",
        "ready,    e1,-999, PROVED",
        "ready,    e2,  0, PROVED",
    })
    void provesAGrantByItsRecordOrItsCreation(String guard, String epoch, int createdAt, Answer expected) {
        Optional<Proof> recorded = Optional.ofNullable(epoch).map(known -> new Proof(known, 1, at(0)));

        Answer answer = NameProof.grant(guard(guard), recorded, at(createdAt));

        assertThat(answer).isEqualTo(expected);
        assertThat(NameProof.grantProved(guard(guard), recorded, at(createdAt))).isEqualTo(expected == Answer.PROVED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // what it shows                                | guard    | epoch | looked | created | recorded     |
                // now | expected
                "proved once, whatever became of the guard      | notReady | e1    | -500   | -999    | h,proved     | 100 | PROVED",
                "proved once, in another epoch                  | ready    | e1    | -500   | -999    | h,proved     | 100 | PROVED",
                "born under the guard                           | ready    |       |        | 30      |              | 100 | PROVED",
                "born a second too early                        | ready    |       |        | 29      |              | 100 | UNPROVED",
                "changed since a look under the guard           | ready    | e2    | 30     | -999    | other,proved | 100 | PROVED",
                "added since a look under the guard             | ready    | e2    | 30     | -999    |              | 100 | PROVED",
                "changed since a look that was too early        | ready    | e2    | 29     | -999    | other,proved | 100 | UNPROVED",
                "changed since a look in another epoch          | ready    | e1    | 30     | -999    | other,proved | 100 | UNPROVED",
                "changed, but the guard has not settled         | ready    | e2    | 30     | -999    | other,proved | 29  | UNPROVED",
                "found forged, and another field edited since   | ready    | e2    | 60     | -999    | h,unproved   | 100 | UNPROVED",
                "found forged, and written anew since           | ready    | e2    | 60     | -999    | f,unproved   | 100 | PROVED",
                "never looked at                                | ready    |       |        | -999    |              | 100 | UNPROVED",
                "found forged before the guard fell             | notReady | e2    | 60     | -999    | h,unproved   | 100 | UNPROVED",
                "written while nobody knows how the guard is    | notReady | e2    | 60     | -999    | other,proved | 100 | UNKNOWN",
                "born while nobody knows how the guard is       | notReady |       |        | 100     |              | 100 | UNKNOWN",
            })
    void provesAnEntryByItsRecordItsBirthOrAnUnbrokenWatch(
            String title,
            String guard,
            String epoch,
            Integer looked,
            int created,
            String recorded,
            int now,
            Answer expected) {
        Map<String, RecordedEntry> entries = new HashMap<>();
        if (recorded != null) {
            String[] parts = recorded.split(",", -1);
            entries.put("look", new RecordedEntry(parts[0], parts[1].equals("proved")));
        }
        Optional<Proof> proof = Optional.ofNullable(epoch).map(known -> new Proof(known, 1, at(looked)));

        Map<String, Answer> answers = NameProof.entries(
                guard(guard), new Recorded(proof, entries), at(created), Map.of("look", "h"), at(now));

        assertThat(answers).as(title).containsExactly(Map.entry("look", expected));
    }

    @Test
    void recordsAProofOnceItIsSettledAndThenOnlyForAnotherGeneration() {
        Optional<Proof> none = Optional.empty();

        Optional<Proof> early = NameProof.next(READY, none, 4, at(5));
        Optional<Proof> stillEarly = NameProof.next(READY, early, 4, at(29));
        Optional<Proof> settled = NameProof.next(READY, stillEarly, 4, at(31));
        Optional<Proof> later = NameProof.next(READY, settled, 4, at(4000));
        Optional<Proof> edited = NameProof.next(READY, later, 5, at(4001));

        assertThat(early).contains(new Proof("e2", 4, at(5)));
        assertThat(stillEarly).isEqualTo(early);
        assertThat(settled).contains(new Proof("e2", 4, at(31)));
        assertThat(later).isEqualTo(settled);
        assertThat(edited).contains(new Proof("e2", 5, at(4001)));
        assertThat(NameProof.next(NOT_READY, edited, 6, at(5000))).isEqualTo(edited);
        assertThat(NameProof.next(NOT_READY, none, 6, at(5000))).isEmpty();
    }

    /** As it goes after each change of the guard, which is first seen to refuse in the middle of a second. */
    @ParameterizedTest
    @CsvSource({"0", "1", "120", "500", "999"})
    void provesTheFirstWriteAfterTheLookThatIsTakenWhenTheGuardHasSettled(int millis) {
        GuardState guard = GuardState.ready("e2", NOON.plusMillis(millis), Duration.ofSeconds(30));
        Optional<Proof> early = NameProof.next(guard, Optional.empty(), 1, at(5));
        Instant settled = guard.settledAt();

        Optional<Proof> looked = NameProof.next(guard, early, 1, settled);
        Map<String, Answer> answers = NameProof.entries(
                guard, new Recorded(looked, Map.of()), at(-999), Map.of("look", "h"), settled.plusMillis(1));

        assertThat(guard.settled(settled)).isTrue();
        assertThat(settled).isBetween(at(30).plusMillis(millis), at(31));
        assertThat(answers).containsExactly(Map.entry("look", Answer.PROVED));
    }

    /** Whatever is lost (the guard, the proof, what was proved) takes proofs away and gives none. */
    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4"})
    void provesNoMoreWhenAFactIsLost(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 5000; round++) {
            GuardState guard = random.nextInt(4) == 0 ? NOT_READY : READY;
            Recorded recorded = recorded(random);
            Instant created = at(random.nextInt(120) - 60);
            Instant now = at(random.nextInt(120));
            Map<String, String> hashes = Map.of("a", hash(random), "b", hash(random));

            Map<String, Answer> whole = NameProof.entries(guard, recorded, created, hashes, now);

            assertNoMore(whole, NameProof.entries(NOT_READY, recorded, created, hashes, now));
            Recorded withoutProof = new Recorded(Optional.empty(), recorded.entries());
            assertNoMore(whole, NameProof.entries(guard, withoutProof, created, hashes, now));
            assertNoMore(whole, NameProof.entries(guard, Recorded.NOTHING, created, hashes, now));
            assertNoMore(whole, NameProof.entries(guard, recorded, created.minusSeconds(90), hashes, now));
            assertNoMore(whole, NameProof.entries(guard, recorded, created, hashes, now.minusSeconds(30)));
        }
    }

    /**
     * Writes an identity's one entry at random times, by its author and, where the guard has a hole, by a forger, while
     * the operator looks at random times: what it takes for proved was never forged.
     */
    @ParameterizedTest
    @CsvSource({"11", "12", "13", "14", "15"})
    void neverTakesForProvedWhatWasForgedThroughAHole(long seed) {
        Random random = new Random(seed);
        int proved = 0;
        for (int round = 0; round < 2000; round++) {
            GuardHistory history = new GuardHistory(random);
            for (int step = 0; step < 60; step++) {
                history.step();
                assertThat(history.takenForProved() && history.forged())
                        .as("seed %d, round %d: %s", seed, round, history)
                        .isFalse();
                proved += history.takenForProved() ? 1 : 0;
            }
        }
        // Else the law would hold for an operator that proves nothing.
        assertThat(proved).isGreaterThan(1000);
    }

    private static void assertNoMore(Map<String, Answer> whole, Map<String, Answer> less) {
        less.forEach((name, answer) -> {
            if (answer == Answer.PROVED) {
                assertThat(whole.get(name)).isEqualTo(Answer.PROVED);
            }
        });
    }

    private static Recorded recorded(Random random) {
        Map<String, RecordedEntry> entries = new HashMap<>();
        for (String name : new String[] {"a", "b"}) {
            if (random.nextBoolean()) {
                entries.put(name, new RecordedEntry(hash(random), random.nextBoolean()));
            }
        }
        Optional<Proof> proof = random.nextInt(3) == 0
                ? Optional.empty()
                : Optional.of(new Proof(random.nextBoolean() ? "e1" : "e2", 1, at(random.nextInt(120) - 30)));
        return new Recorded(proof, entries);
    }

    private static String hash(Random random) {
        return random.nextBoolean() ? "x" : "y";
    }

    private static GuardState guard(String word) {
        return word.equals("ready") ? READY : NOT_READY;
    }

    private static Instant at(int second) {
        return NOON.plusSeconds(second);
    }
}
