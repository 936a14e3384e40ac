package dev.lapse.runtime;

import java.time.Duration;

/** How long an instance rests before it tries again to lead; whoever uses it holds a lock. */
final class Rest {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** How long to wait between two tries to do everything, if the heap was full. */
    private static final Duration WHEN_FULL = Duration.ofSeconds(30);

    private int failures;
    private long until = System.nanoTime();

    boolean isOver() {
        return System.nanoTime() - until >= 0;
    }

    void succeeded() {
        failures = 0;
    }

    /** @return for how long, which is longer each time */
    Duration failed() {
        Duration doubled = Duration.ofSeconds(1L << Math.min(failures, 5));
        Duration rest = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        failures++;
        until = System.nanoTime() + rest.toNanos();
        return rest;
    }

    void whileFull() {
        until = System.nanoTime() + WHEN_FULL.toNanos();
    }
}
