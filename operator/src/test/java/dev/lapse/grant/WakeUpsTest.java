package dev.lapse.grant;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.lane.HandMovedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WakeUpsTest {
    private static final GrantKey FIRST = new GrantKey("payments", "first");
    private static final GrantKey SECOND = new GrantKey("payments", "second");

    private final HandMovedClock clock = new HandMovedClock(NOW);
    private final List<GrantKey> woken = new CopyOnWriteArrayList<>();
    private final WakeUps<GrantKey> wakeUps = new WakeUps<>(clock, woken::add);

    @AfterEach
    void close() {
        wakeUps.close();
    }

    @Test
    void callsForALookOnceWhenTheTimeHasCome() {
        wakeUps.at(NOW, FIRST);

        await().until(() -> !woken.isEmpty());

        assertThat(woken).containsExactly(FIRST);
    }

    @Test
    void aLaterCallReplacesAnEarlierOne() {
        wakeUps.at(NOW.plus(Duration.ofDays(1)), FIRST);
        wakeUps.at(NOW.plus(Duration.ofDays(2)), SECOND);

        wakeUps.at(NOW, FIRST);

        await().until(() -> !woken.isEmpty());
        assertThat(woken).containsExactly(FIRST);
    }

    /** A timer runs what it is given when the test says so, also what it was too late to cancel. */
    private static final class TimerByHand extends ScheduledThreadPoolExecutor {
        private final List<Runnable> given = new ArrayList<>();

        TimerByHand() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long wait, TimeUnit unit) {
            given.add(task);
            return super.schedule(() -> {}, 1, TimeUnit.DAYS);
        }

        void run() {
            List.copyOf(given).forEach(Runnable::run);
        }
    }

    /** It may be forgotten in the very moment when its time has come. */
    @Test
    void whatIsForgottenIsNotCalledFor() {
        TimerByHand timer = new TimerByHand();
        try (WakeUps<GrantKey> byHand = new WakeUps<>(clock, woken::add, timer)) {
            byHand.at(NOW.plusMillis(1), FIRST);
            byHand.forget(FIRST);
            byHand.at(NOW.plusMillis(2), SECOND);
            clock.move(Duration.ofSeconds(1));

            timer.run();

            assertThat(woken).containsExactly(SECOND);
        }
    }

    /** The earlier call may have its turn just then, too early, and must not come back in place of the later one. */
    @Test
    void aCallThatWasReplacedInItsTurnDoesNotComeBack() {
        TimerByHand timer = new TimerByHand();
        try (WakeUps<GrantKey> byHand = new WakeUps<>(clock, woken::add, timer)) {
            byHand.at(NOW.plus(Duration.ofDays(1)), FIRST);
            byHand.at(NOW.plusSeconds(1), FIRST);
            timer.run();
            assertThat(woken).isEmpty();

            clock.move(Duration.ofSeconds(1));
            timer.run();

            assertThat(woken).containsExactly(FIRST);
        }
    }

    @Test
    void aTimerThatIsAheadOfTheClockWaitsOn() {
        wakeUps.at(NOW.plusMillis(20), FIRST);
        wakeUps.at(NOW, SECOND);
        await().until(() -> !woken.isEmpty());
        assertThat(woken).containsExactly(SECOND);

        clock.move(Duration.ofMillis(20));

        await().until(() -> woken.size() == 2);
        assertThat(woken).containsExactly(SECOND, FIRST);
    }

    @Test
    void theFarthestFutureCanBeWaitedFor() {
        wakeUps.at(java.time.Instant.MAX, FIRST);

        wakeUps.at(NOW, SECOND);

        await().until(() -> !woken.isEmpty());
        assertThat(woken).containsExactly(SECOND);
    }
}
