package dev.lapse.demo;

import java.time.Duration;
import java.time.Instant;

/** Waits for a moment to come. */
final class Pause {
    private Pause() {}

    static void until(Instant moment) {
        try {
            Thread.sleep(Math.max(0, Duration.between(Instant.now(), moment).toMillis()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
