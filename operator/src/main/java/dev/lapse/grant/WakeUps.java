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

/**
 * Calls for a look at something at a later time: at a grant for its notBefore, a renewal, a question to repeat. Ends are
 * the lane's.
 */
final class WakeUps<K> implements AutoCloseable {
    private static final Duration LOOK_AT_THE_CLOCK = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Consumer<K> lookAgain;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<K, ScheduledFuture<?>> waiting = new HashMap<>();

    WakeUps(InstantSource clock, Consumer<K> lookAgain) {
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

    synchronized void at(Instant at, K what) {
        forget(what);
        Duration left = Duration.between(clock.instant(), at);
        // The clock on the wall may be set: a long wait looks at it now and then.
        Duration wait = left.compareTo(LOOK_AT_THE_CLOCK) < 0 ? left.plusMillis(1) : LOOK_AT_THE_CLOCK;
        waiting.put(what, timer.schedule(() -> wake(at, what), Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS));
    }

    void after(Duration wait, K what) {
        at(clock.instant().plus(wait), what);
    }

    /** However often it is called meanwhile, there is one look. */
    synchronized void onceWithin(Duration wait, K what) {
        if (!waiting.containsKey(what)) {
            after(wait, what);
        }
    }

    synchronized void forget(K what) {
        ScheduledFuture<?> before = waiting.remove(what);
        if (before != null) {
            before.cancel(false);
        }
    }

    private void wake(Instant at, K what) {
        synchronized (this) {
            if (clock.instant().isBefore(at)) {
                at(at, what);
                return;
            }
            waiting.remove(what);
        }
        lookAgain.accept(what);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
