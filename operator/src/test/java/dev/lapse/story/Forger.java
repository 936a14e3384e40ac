package dev.lapse.story;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Somebody who tries again and again, many times a second, until stopped. */
final class Forger implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(50);

    private final ScheduledExecutorService attempts = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger number = new AtomicInteger();
    private final List<Grant> forged = new CopyOnWriteArrayList<>();

    private Forger() {}

    /** @param attempt to forge a grant under a name that no attempt had before, and whether that went through */
    static Forger of(Function<String, Optional<Grant>> attempt) {
        Forger forger = new Forger();
        forger.attempts.scheduleWithFixedDelay(
                () -> attempt.apply(String.valueOf(forger.number.incrementAndGet()))
                        .ifPresent(forger.forged::add),
                0,
                EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
        return forger;
    }

    void awaitSuccess() {
        await().atMost(InstalledOperator.LIMIT).until(() -> !forged.isEmpty());
    }

    /** What went through, after the last attempt was answered. */
    List<Grant> stopped() {
        attempts.shutdown();
        await().atMost(InstalledOperator.LIMIT).until(attempts::isTerminated);
        return forged;
    }

    @Override
    public void close() {
        attempts.shutdownNow();
    }
}
