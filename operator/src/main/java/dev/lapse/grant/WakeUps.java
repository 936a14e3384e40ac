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
import org.jspecify.annotations.Nullable;

/** Calls for a look at a grant at a later time: notBefore, a renewal, a question to repeat. Ends are the lane's. */
final class WakeUps implements AutoCloseable {
    private static final Duration LOOK_AT_THE_CLOCK = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Consumer<GrantKey> lookAgain;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<GrantKey, Call> waiting = new HashMap<>();

    /** One that is given up in its own turn, too late to be cancelled, is known by not waiting any more. */
    private static final class Call {
        private final Instant at;
        private @Nullable ScheduledFuture<?> timed;

        Call(Instant at) {
            this.at = at;
        }
    }

    WakeUps(InstantSource clock, Consumer<GrantKey> lookAgain) {
        this(clock, lookAgain, new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "wake-ups");
            thread.setDaemon(true);
            return thread;
        }));
    }

    WakeUps(InstantSource clock, Consumer<GrantKey> lookAgain, ScheduledThreadPoolExecutor timer) {
        this.clock = clock;
        this.lookAgain = lookAgain;
        this.timer = timer;
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
        Call call = new Call(at);
        waiting.put(grant, call);
        call.timed = timer.schedule(() -> wake(call, grant), Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS);
    }

    void after(Duration wait, GrantKey grant) {
        at(clock.instant().plus(wait), grant);
    }

    synchronized void forget(GrantKey grant) {
        Call before = waiting.remove(grant);
        if (before != null && before.timed != null) {
            before.timed.cancel(false);
        }
    }

    private void wake(Call call, GrantKey grant) {
        synchronized (this) {
            if (waiting.get(grant) != call) {
                return;
            }
            if (clock.instant().isBefore(call.at)) {
                at(call.at, grant);
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
