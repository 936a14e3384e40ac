package dev.lapse.grant;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.grant.PassQueue.Desk;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PassQueueTest {
    private static final GrantKey A = new GrantKey("payments", "a");
    private static final GrantKey B = new GrantKey("payments", "b");

    private final PassQueue queue = new PassQueue();

    private Optional<GrantKey> next(Desk desk) {
        return queue.next(desk, NOW);
    }

    @Test
    void aGrantThatIsNamedOftenWaitsOnce() {
        queue.add(A, Desk.Begin);
        queue.add(A, Desk.Begin);

        assertThat(next(Desk.Begin)).contains(A);
        assertThat(next(Desk.Begin)).isEmpty();
    }

    @Test
    void eachDeskHasItsOwnQueue() {
        queue.add(A, Desk.Prove);

        assertThat(next(Desk.Begin)).isEmpty();
        assertThat(next(Desk.Close)).isEmpty();
        assertThat(next(Desk.Prove)).contains(A);
    }

    @Test
    void whatIsNamedDuringItsPassComesAgainAfterIt() {
        queue.add(A, Desk.Begin);
        next(Desk.Begin);

        queue.add(A, Desk.Close);
        assertThat(next(Desk.Close)).as("two passes over one grant").isEmpty();
        queue.done(A, false, NOW);

        assertThat(next(Desk.Close)).contains(A);
    }

    @Test
    void theEarlierDeskTakesAGrantThatTwoAreToSee() {
        queue.add(A, Desk.Prove);
        queue.add(A, Desk.Close);
        queue.add(A, Desk.Begin);

        assertThat(next(Desk.Prove)).isEmpty();
        assertThat(next(Desk.Begin)).isEmpty();
        assertThat(next(Desk.Close)).contains(A);
    }

    @Test
    void namespacesTakeTurns() {
        Stream.of("many/1", "many/2", "many/3", "few/1")
                .map(name -> name.split("/"))
                .forEach(name -> queue.add(new GrantKey(name[0], name[1]), Desk.Begin));

        List<String> order = Stream.generate(
                        () -> next(Desk.Begin).orElseThrow().toString())
                .limit(4)
                .toList();

        assertThat(order).containsExactly("many/1", "few/1", "many/2", "many/3");
    }

    @Test
    void aFailedPassIsRepeatedEverMoreRarelyAndWithoutEnd() {
        queue.add(A, Desk.Begin);
        Instant now = NOW;
        List<Long> waits = new ArrayList<>();
        next(Desk.Begin);
        for (int i = 0; i < 50; i++) {
            queue.done(A, true, now);
            Duration wait = queue.untilNext(now);
            Instant failed = now;
            while (queue.next(Desk.Begin, now).isEmpty()) {
                now = now.plusMillis(wait.toMillis());
                wait = queue.untilNext(now);
            }
            waits.add(Duration.between(failed, now).toMillis());
        }

        assertThat(waits.subList(0, 8)).containsExactly(200L, 400L, 800L, 1600L, 3200L, 6400L, 12800L, 25600L);
        assertThat(waits.subList(8, 50)).containsOnly(30000L);
    }

    /** What the operator makes and takes back in a failing pass are events about the grant too. */
    @Test
    void eventsDoNotShortenTheWaitAfterAFailure() {
        queue.add(A, Desk.Begin);
        next(Desk.Begin);
        queue.add(A, Desk.Begin);
        queue.done(A, true, NOW);

        queue.add(A, Desk.Begin);

        assertThat(next(Desk.Begin)).isEmpty();
        assertThat(queue.next(Desk.Begin, NOW.plus(PassQueue.FIRST_RETRY))).contains(A);
    }

    @Test
    void anEndDoesNotWaitUntilAFailureIsRepeated() {
        queue.add(A, Desk.Begin);
        next(Desk.Begin);
        queue.done(A, true, NOW);

        queue.add(A, Desk.Close);

        assertThat(next(Desk.Close)).contains(A);
        queue.done(A, false, NOW);
        assertThat(queue.next(Desk.Begin, NOW.plusSeconds(60)))
                .as("the repetition is forgotten")
                .isEmpty();
    }

    @Test
    void anEndThatCameDuringAFailingPassIsNextWithoutAWait() {
        queue.add(A, Desk.Begin);
        next(Desk.Begin);
        queue.add(A, Desk.Close);

        queue.done(A, true, NOW);

        assertThat(next(Desk.Close)).contains(A);
    }

    @Test
    void aPassThatGoesThroughBeginsTheWaitsAnew() {
        queue.add(A, Desk.Begin);
        next(Desk.Begin);
        queue.done(A, true, NOW);
        queue.next(Desk.Begin, NOW.plusSeconds(1));
        queue.done(A, false, NOW.plusSeconds(1));
        queue.add(A, Desk.Begin);
        next(Desk.Begin);

        queue.done(A, true, NOW);

        assertThat(queue.untilNext(NOW)).isEqualTo(PassQueue.FIRST_RETRY);
    }

    @Test
    void whatFailedHoldsNobodyUp() {
        queue.add(A, Desk.Begin);
        next(Desk.Begin);
        queue.done(A, true, NOW);
        queue.add(B, Desk.Begin);

        assertThat(next(Desk.Begin)).contains(B);
    }

    @Test
    void nothingIsProvedWhileEndsAreBeingClosed() {
        queue.add(A, Desk.Prove);
        queue.add(B, Desk.Close);

        assertThat(next(Desk.Prove)).as("while there is something to close").isEmpty();
        assertThat(next(Desk.Close)).contains(B);
        assertThat(next(Desk.Prove)).as("the last one is being closed").contains(A);
    }

    @Test
    void whoeverEndsGrantsWithoutAPauseKeepsNoOtherFromBeingProved() {
        queue.add(A, Desk.Prove);
        Instant tooLong = NOW.plus(PassQueue.CLOSING_GOES_FIRST);
        for (Instant now = NOW; now.isBefore(tooLong); now = now.plusMillis(100)) {
            GrantKey another = new GrantKey("many", now.toString());
            queue.add(another, Desk.Close);
            assertThat(queue.next(Desk.Prove, now)).as(now.toString()).isEmpty();
        }

        assertThat(queue.next(Desk.Prove, tooLong)).contains(A);
    }

    @Test
    void closingGoesFirstAnewOnceThereWasNothingToClose() {
        queue.add(A, Desk.Close);
        queue.closingGoesFirst(NOW);
        Instant later = NOW.plus(PassQueue.CLOSING_GOES_FIRST);
        assertThat(queue.closingGoesFirst(later)).isFalse();

        queue.next(Desk.Close, later);
        assertThat(queue.closingGoesFirst(later)).as("nothing to close").isFalse();
        queue.add(B, Desk.Close);

        assertThat(queue.closingGoesFirst(later)).isTrue();
    }
}
