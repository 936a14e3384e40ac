package dev.lapse.review;

import io.micrometer.core.instrument.MeterRegistry;

/** Measures each thing once, so that the reference can list what there is. */
public final class ReviewMetricsSample {
    private ReviewMetricsSample() {}

    /** As a process does that begins to lead. */
    public static void begin(MeterRegistry registry) {
        new ReviewMetrics(registry);
    }

    public static void measure(MeterRegistry registry) {
        new ReviewMetrics(registry).ended("Approved");
    }
}
