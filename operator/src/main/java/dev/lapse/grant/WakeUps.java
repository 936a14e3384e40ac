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
        long millis = Math.max(0, Duration.between(clock.instant(), at).toMillis() + 1);
        waiting.put(grant, timer.schedule(() -> wake(grant), millis, TimeUnit.MILLISECONDS));
    }

    synchronized void forget(GrantKey grant) {
        ScheduledFuture<?> before = waiting.remove(grant);
        if (before != null) {
            before.cancel(false);
        }
    }

    private void wake(GrantKey grant) {
        synchronized (this) {
            waiting.remove(grant);
        }
        lookAgain.accept(grant);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
