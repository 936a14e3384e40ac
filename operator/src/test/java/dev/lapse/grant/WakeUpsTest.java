package dev.lapse.grant;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

    @Test
    void whatIsForgottenIsNotCalledFor() {
        wakeUps.at(NOW.plusMillis(1), FIRST);
        wakeUps.forget(FIRST);
        wakeUps.at(NOW.plusMillis(2), SECOND);
        clock.move(Duration.ofSeconds(1));

        await().until(() -> !woken.isEmpty());

        assertThat(woken).containsExactly(SECOND);
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

    @Test
    void manyCallsForALookWithinATimeAreOneLook() {
        for (int i = 0; i < 100; i++) {
            wakeUps.onceWithin(Duration.ofMillis(20), FIRST);
        }
        clock.move(Duration.ofMillis(20));
        await().until(() -> !woken.isEmpty());

        wakeUps.at(NOW, SECOND);

        await().until(() -> woken.contains(SECOND));
        assertThat(woken).containsExactly(FIRST, SECOND);
    }
}
