package dev.lapse.grant;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Calls for a look at a grant at a later time: notBefore, a renewal, a question to repeat. Ends are the lane's. */
final class WakeUps implements AutoCloseable {
    private static final Duration LOOK_AT_THE_CLOCK = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Consumer<GrantKey> lookAgain;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<GrantKey, ScheduledFuture<?>> waiting = new HashMap<>();

    WakeUps(InstantSource clock, Consumer<GrantKey> lookAgain) {
        this.clock = clock;
        this.lookAgain = lookAgain;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "wake-ups");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    void start() {
        timer.prestartCoreThread();
    }

    synchronized void at(Instant at, GrantKey grant) {
        forget(grant);
        Duration left = Duration.between(clock.instant(), at);
        // The clock on the wall may be set: a long wait looks at it now and then.
        Duration wait = left.compareTo(LOOK_AT_THE_CLOCK) < 0 ? left.plusMillis(1) : LOOK_AT_THE_CLOCK;
        waiting.put(grant, timer.schedule(() -> wake(at, grant), Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS));
    }

    void after(Duration wait, GrantKey grant) {
        at(clock.instant().plus(wait), grant);
    }

    synchronized void forget(GrantKey grant) {
        ScheduledFuture<?> before = waiting.remove(grant);
        if (before != null) {
            before.cancel(false);
        }
    }

    private void wake(Instant at, GrantKey grant) {
        synchronized (this) {
            if (clock.instant().isBefore(at)) {
                at(at, grant);
                return;
            }
            waiting.remove(grant);
        }
        lookAgain.accept(grant);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
