package dev.lapse.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.lane.ExpiryQueue.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExpiryQueueTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(10);

    private final ExpiryQueue queue = new ExpiryQueue();

    private static Due due(String uid, Instant end) {
        return Due.of(end, uid, new Thing("payments", uid));
    }

    private Due take(Instant now) {
        return queue.next(now).take().orElseThrow();
    }

    private List<String> handedOn(Instant now) {
        return queue.next(now).handOn().stream().map(Thing::nameOf).toList();
    }

    @Test
    void nothingIsTakenBeforeItsEnd() {
        queue.schedule(due("a", LATER));

        Turn turn = queue.next(LATER.minusNanos(1));

        assertThat(turn.take()).isEmpty();
        assertThat(turn.pause()).isEqualTo(Duration.ofNanos(1));
    }

    @Test
    void theFirstToEndIsTheFirstTaken() {
        queue.schedule(due("a", LATER));
        queue.schedule(due("c", NOW));
        queue.schedule(due("b", NOW));

        List<String> order =
                List.of(take(LATER).uid(), take(LATER).uid(), take(LATER).uid());

        assertThat(order).containsExactly("b", "c", "a");
    }

    @Test
    void aGrantIsTheLanesFromItsEndUntilItIsHandedOn() {
        queue.schedule(due("a", LATER));
        assertThat(takes("a", LATER.minusNanos(1))).isFalse();
        assertThat(takes("a", LATER)).isTrue();

        Due taken = take(LATER);
        assertThat(takes("a", LATER)).isTrue();

        queue.done(taken, Looked.GONE, LATER);
        assertThat(takes("a", LATER)).isTrue();

        assertThat(handedOn(LATER)).containsExactly("a");
        assertThat(takes("a", LATER)).isFalse();
    }

    @Test
    void aGrantWhoseAccessCouldNotBeTakenIsNotTheLanesAlone() {
        queue.schedule(due("a", NOW));
        queue.done(take(NOW), Looked.FAILED, NOW);

        // The account and the Secret need not wait for a binding that cannot be removed.
        assertThat(handedOn(NOW)).containsExactly("a");
        assertThat(takes("a", NOW)).isFalse();
        assertThat(takes("a", NOW.plus(ExpiryQueue.FIRST_RETRY))).isFalse();
    }

    @Test
    void aGrantIsNotTheLanesForLongerThanItTakes() {
        Instant tooLong = NOW.plus(ExpiryQueue.HANGS);
        queue.schedule(due("a", NOW));
        assertThat(takes("a", tooLong)).isFalse();

        Due taken = take(NOW);
        assertThat(takes("a", tooLong.minusNanos(1))).isTrue();
        assertThat(takes("a", tooLong)).isFalse();

        queue.done(taken, Looked.GONE, tooLong);
        assertThat(takes("a", tooLong)).isTrue();
        assertThat(takes("a", tooLong.plus(ExpiryQueue.HANGS))).isFalse();
    }

    private boolean takes(String uid, Instant now) {
        return queue.takes(uid, new Thing("payments", uid), now);
    }

    @Test
    void nobodyIsHandedOnWhileAccessIsDue() {
        queue.schedule(due("a", NOW));
        queue.schedule(due("b", NOW));
        Due a = take(NOW);
        queue.done(a, Looked.GONE, NOW);

        Turn turn = queue.next(NOW);

        assertThat(turn.take()).map(Due::uid).contains("b");
        assertThat(turn.handOn()).isEmpty();
    }

    @Test
    void nobodyIsHandedOnWhileAccessIsBeingTaken() {
        queue.schedule(due("a", NOW));
        queue.schedule(due("b", NOW));
        Due a = take(NOW);
        Due b = take(NOW);
        queue.done(a, Looked.GONE, NOW);
        assertThat(handedOn(NOW)).isEmpty();

        queue.done(b, Looked.GONE, NOW);

        assertThat(handedOn(NOW)).containsExactly("a", "b");
    }

    @Test
    void aCallThatHangsHoldsTheOthersUpForASecond() {
        queue.schedule(due("a", NOW));
        queue.schedule(due("hangs", NOW));
        Due a = take(NOW);
        take(NOW);
        queue.done(a, Looked.GONE, NOW);

        List<String> early = handedOn(NOW.plusMillis(999));
        List<String> inTime = handedOn(NOW.plusMillis(1000));

        assertThat(early).isEmpty();
        assertThat(inTime).containsExactly("a");
    }

    @Test
    void whatFailsForEverHoldsNobodyUp() {
        queue.schedule(due("a", NOW));
        queue.schedule(due("fails", NOW));
        Due a = take(NOW);
        Due fails = take(NOW);
        queue.done(fails, Looked.FAILED, NOW);
        queue.done(a, Looked.GONE, NOW);
        Instant retry = NOW.plusMillis(100);

        List<String> handedOn = handedOn(retry);

        assertThat(handedOn).containsExactly("fails", "a");
        assertThat(take(retry).uid()).isEqualTo("fails");
    }

    @Test
    void whatIsDueForTheFirstTimeGoesBeforeWhatFailedBefore() {
        queue.schedule(due("fails", NOW));
        queue.done(take(NOW), Looked.FAILED, NOW);
        queue.schedule(due("first", NOW.plusSeconds(1)));

        Due next = take(NOW.plusSeconds(1));

        assertThat(next.uid()).isEqualTo("first");
    }

    @Test
    void whatFailsIsTriedForEverAtMostFiveSecondsApart() {
        queue.schedule(due("a", NOW));
        Due failing = take(NOW);
        Instant now = NOW;
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            queue.done(failing, Looked.FAILED, now);
            Instant failed = now;
            Turn turn = queue.next(now);
            while (turn.take().isEmpty()) {
                now = now.plusMillis(100);
                turn = queue.next(now);
            }
            failing = turn.take().get();
            waits.add(Duration.between(failed, now).toMillis());
        }

        assertThat(waits.subList(0, 7)).containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L);
        assertThat(waits.subList(6, 100)).containsOnly(5000L);
    }

    @Test
    void anEarlierEndReplacesALaterOneAndNeverTheOtherWay() {
        queue.schedule(due("a", LATER));
        queue.schedule(due("a", NOW));
        queue.schedule(due("a", LATER));

        assertThat(queue.size()).isEqualTo(1);
        assertThat(take(NOW).end()).isEqualTo(NOW);
        assertThat(queue.next(LATER).take()).isEmpty();
    }

    @Test
    void aCallForTheSameEndKeepsTheWaitOfARetry() {
        queue.schedule(due("a", NOW));
        queue.done(take(NOW), Looked.FAILED, NOW);

        queue.schedule(due("a", NOW));

        assertThat(queue.next(NOW).take()).isEmpty();
        assertThat(take(NOW.plusMillis(100)).attempts()).isEqualTo(1);
    }

    @Test
    void whatWasScheduledAnewWhileItFailedComesOnce() {
        queue.schedule(due("a", NOW));
        Due failing = take(NOW);
        queue.schedule(due("a", LATER));

        queue.done(failing, Looked.FAILED, NOW);

        assertThat(queue.size()).isEqualTo(1);
        assertThat(handedOn(LATER)).containsExactly("a");
        assertThat(take(LATER).end()).isEqualTo(LATER);
    }

    @Test
    void whatIsForgottenIsNotTaken() {
        queue.schedule(due("a", NOW));

        queue.forget("a");

        assertThat(queue.next(NOW).take()).isEmpty();
        assertThat(queue.size()).isZero();
    }

    @Test
    void nobodyWaitsLongWithoutALookAtTheClock() {
        queue.schedule(due("a", Instant.MAX));

        Duration pause = queue.next(NOW).pause();

        assertThat(pause).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theBacklogIsTheMostOverdueEvenWhileItFailsOrIsTried() {
        queue.schedule(due("a", NOW));
        queue.schedule(due("b", NOW.plusSeconds(1)));
        Due a = take(NOW.plusSeconds(2));
        assertThat(queue.backlog(NOW.plusSeconds(2))).isEqualTo(Duration.ofSeconds(2));

        queue.done(a, Looked.FAILED, NOW.plusSeconds(3));

        assertThat(queue.backlog(NOW.plusSeconds(3))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void withoutAnythingOverdueThereIsNoBacklog() {
        queue.schedule(due("a", LATER));

        assertThat(queue.backlog(NOW)).isZero();
    }

    private static long[] seeds() {
        return new SplittableRandom(20261102).longs(300).toArray();
    }

    @Test
    void whatMayEndAGrantIsLookedAtAtOnceAndItsEndIsKept() {
        queue.schedule(due("a", LATER));

        queue.schedule(due("a", NOW));
        Due look = take(NOW);
        queue.done(look, Looked.goesOn(Optional.of(LATER)), NOW);

        assertThat(look.end()).isEqualTo(NOW);
        assertThat(handedOn(NOW)).isEmpty();
        assertThat(take(LATER).end()).isEqualTo(LATER);
    }

    @Test
    void theFirstEventThatMayEndAGrantTellsSinceWhenItIsDue() {
        queue.schedule(due("a", NOW));
        queue.schedule(due("a", LATER));

        assertThat(queue.size()).isEqualTo(1);
        assertThat(take(LATER).end()).isEqualTo(NOW);
    }

    @Test
    void anEventDuringALookCallsForAnotherLook() {
        queue.schedule(due("a", NOW));
        Due first = take(NOW);
        queue.schedule(due("a", LATER));
        queue.done(first, Looked.goesOn(Optional.of(LATER.plusSeconds(60))), LATER);

        assertThat(take(LATER).end()).isEqualTo(LATER);
    }

    @Test
    void anEventDoesNotPutOffWhatIsDueOrShortenTheWaitOfARetry() {
        queue.schedule(due("a", NOW));
        queue.schedule(due("a", LATER));
        Due overdue = take(LATER);
        assertThat(overdue.end()).isEqualTo(NOW);
        queue.done(overdue, Looked.FAILED, LATER);

        queue.schedule(due("a", LATER));

        assertThat(queue.next(LATER).take()).isEmpty();
        assertThat(take(LATER.plusMillis(100)).attempts()).isEqualTo(1);
    }

    @Test
    void namespacesTakeTurns() {
        for (int i = 0; i < 3; i++) {
            queue.schedule(Due.of(NOW, "a" + i, new Thing("many", "a" + i)));
        }
        queue.schedule(Due.of(NOW.plusMillis(1), "b", new Thing("few", "b")));

        List<String> order = Stream.generate(() -> take(LATER).uid()).limit(4).toList();

        assertThat(order).containsExactly("a0", "b", "a1", "a2");
    }

    /** Whatever happens in which order: everything is taken once it is due, handed on once, and nothing comes too early. */
    @ParameterizedTest
    @MethodSource("seeds")
    void everythingThatEndsIsTakenAndHandedOn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Due> underway = new ArrayList<>();
        TreeSet<String> scheduled = new TreeSet<>();
        TreeMap<String, Integer> times = new TreeMap<>();
        Instant now = NOW;
        for (int step = 0; step < 400; step++) {
            boolean busy = step < 200;
            now = now.plusMillis(random.nextInt(300));
            if (busy && random.nextInt(3) == 0) {
                String uid = "g" + step;
                scheduled.add(uid);
                queue.schedule(due(uid, now.plusMillis(random.nextInt(2000))));
            }
            if (!underway.isEmpty() && random.nextBoolean()) {
                boolean gone = !busy || random.nextInt(3) != 0;
                queue.done(underway.remove(random.nextInt(underway.size())), gone ? Looked.GONE : Looked.FAILED, now);
            }
            Turn turn = queue.next(now);
            Instant looked = now;
            turn.take().ifPresent(due -> assertThat(due.at()).isBeforeOrEqualTo(looked));
            turn.take().ifPresent(underway::add);
            turn.handOn().forEach(grant -> times.merge(Thing.nameOf(grant), 1, Integer::sum));
        }
        for (int step = 0; step < 1000; step++) {
            now = now.plusMillis(100);
            Turn turn = queue.next(now);
            Instant looked = now;
            turn.take().ifPresent(due -> queue.done(due, Looked.GONE, looked));
            turn.handOn().forEach(grant -> times.merge(Thing.nameOf(grant), 1, Integer::sum));
            underway.forEach(due -> queue.done(due, Looked.GONE, looked));
            underway.clear();
        }

        assertThat(times.keySet()).as("seed " + seed).isEqualTo(scheduled);
        // When its access is gone, and before that once if it could not be taken away at once.
        assertThat(times.values()).allSatisfy(often -> assertThat(often).isBetween(1, 2));
    }

    /** As by somebody who changes an identity of many grants again and again. */
    private void somethingIsAlwaysToBeLookedAt(Instant now) {
        queue.schedule(due("look-" + now, now));
        queue.schedule(due("look-too-" + now, now));
    }

    @Test
    void whatIsOverIsHandedOnThoughThereIsAlwaysSomethingToLookAt() {
        queue.schedule(due("over", NOW));
        queue.done(take(NOW), Looked.GONE, NOW);

        Instant now = NOW;
        List<Access> handedOn = List.of();
        while (handedOn.isEmpty()) {
            somethingIsAlwaysToBeLookedAt(now);
            Turn turn = queue.next(now);
            handedOn = turn.handOn();
            Instant then = now;
            turn.take().ifPresent(looked -> queue.done(looked, Looked.goesOn(Optional.empty()), then));
            now = now.plusMillis(100);
            assertThat(now).isBefore(NOW.plusSeconds(6));
        }

        assertThat(handedOn).extracting(Thing::nameOf).containsExactly("over");
    }

    @Test
    void whatFailedIsTriedAgainThoughThereIsAlwaysSomethingToLookAt() {
        queue.schedule(due("stuck", NOW));
        queue.done(take(NOW), Looked.FAILED, NOW);

        Instant now = NOW;
        String tried = "";
        while (!tried.equals("stuck")) {
            somethingIsAlwaysToBeLookedAt(now);
            Instant then = now;
            Optional<Due> taken = queue.next(now).take();
            taken.ifPresent(looked -> queue.done(looked, Looked.goesOn(Optional.empty()), then));
            tried = taken.map(Due::uid).orElse("");
            now = now.plusMillis(100);
            assertThat(now).isBefore(NOW.plusSeconds(6));
        }
    }

    @Test
    void whatFailsAndTakesLongLeavesWorkersForWhatIsDue() {
        for (int i = 0; i < 8; i++) {
            queue.schedule(due("hangs-" + i, NOW));
        }
        Stream.generate(() -> take(NOW)).limit(8).toList().forEach(due -> queue.done(due, Looked.FAILED, NOW));
        assertThat(handedOn(NOW)).hasSize(8);

        Instant again = NOW.plusSeconds(1);
        for (int i = 0; i < ExpiryQueue.MOST_RETRIES_AT_ONCE; i++) {
            assertThat(take(again).uid()).startsWith("hangs");
        }

        assertThat(queue.next(again).take()).as("one more that hangs").isEmpty();
        assertThat(queue.next(again).pause())
                .as("nobody is to look all the time")
                .isPositive();
        queue.schedule(due("due", again));
        assertThat(take(again).uid()).isEqualTo("due");
    }
}
