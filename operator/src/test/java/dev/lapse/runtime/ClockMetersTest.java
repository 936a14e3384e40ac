package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.cluster.ServerClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClockMetersTest {
    @Test
    void stepsAreCountedHoweverOftenMemoryIsCollected() {
        Meters meters = new Meters();
        AtomicLong steps = new AtomicLong();
        meters.watchClock(() -> new ServerClock.Reading(true, Duration.ZERO), () -> steps.get());
        System.gc();

        steps.set(3);

        assertThat(meters.scrape()).contains("lapse_clock_steps_total 3.0");
    }
}
