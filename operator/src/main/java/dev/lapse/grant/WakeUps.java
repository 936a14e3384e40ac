package dev.lapse.grant;

import dev.lapse.cluster.DaemonThreads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls for a look at something at a later time: at a grant for its notBefore, a renewal, a question to repeat. Ends are
 * the lane's.
 */
final class WakeUps<K> implements AutoCloseable {
    private static final Duration LOOK_AT_THE_CLOCK = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Consumer<K> lookAgain;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<K, Call> waiting = new HashMap<>();

    /** One that is given up in its own turn, too late to be cancelled, is known by not waiting any more. */
    private static final class Call {
        private final Instant at;
        private @Nullable ScheduledFuture<?> timed;

        Call(Instant at) {
            this.at = at;
        }
    }

    WakeUps(InstantSource clock, Consumer<K> lookAgain) {
        this(clock, lookAgain, new ScheduledThreadPoolExecutor(1, DaemonThreads.named("wake-ups")));
    }

    WakeUps(InstantSource clock, Consumer<K> lookAgain, ScheduledThreadPoolExecutor timer) {
        this.clock = clock;
        this.lookAgain = lookAgain;
        this.timer = timer;
        timer.setRemoveOnCancelPolicy(true);
        // Informers are heard for a moment longer than anybody can be called.
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    void start() {
        timer.prestartCoreThread();
    }

    synchronized void at(Instant at, K what) {
        forget(what);
        Duration left = Duration.between(clock.instant(), at);
        // The clock on the wall may be set: a long wait looks at it now and then.
        Duration wait = left.compareTo(LOOK_AT_THE_CLOCK) < 0 ? left.plusMillis(1) : LOOK_AT_THE_CLOCK;
        Call call = new Call(at);
        waiting.put(what, call);
        call.timed = timer.schedule(() -> wake(call, what), Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS);
    }

    void after(Duration wait, K what) {
        at(clock.instant().plus(wait), what);
    }

    synchronized void forget(K what) {
        Call before = waiting.remove(what);
        if (before != null && before.timed != null) {
            before.timed.cancel(false);
        }
    }

    private void wake(Call call, K what) {
        synchronized (this) {
            if (waiting.get(what) != call) {
                return;
            }
            if (clock.instant().isBefore(call.at)) {
                at(call.at, what);
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
