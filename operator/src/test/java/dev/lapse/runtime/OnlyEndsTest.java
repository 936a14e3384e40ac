package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.cluster.ServerClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Where only ends go on, whoever looks is told why: the heap, or what kept the next try from beginning. */
class OnlyEndsTest {
    private final Health health =
            new Health(() -> new ServerClock.Reading(true, Duration.ZERO), new Watches(System::nanoTime));

    @Test
    void tellsThatTheHeapIsFull() {
        assertThat(Lead.whyOnlyEnds(true, null)).isEqualTo("the heap is full");
        assertThat(Lead.whyOnlyEnds(true, new IllegalStateException("given up before everything was listed")))
                .isEqualTo("the heap is full");
    }

    @Test
    void tellsWhatElseKeptTheNextTryFromBeginning() {
        assertThat(Lead.whyOnlyEnds(false, new IllegalStateException("roles cannot be listed")))
                .isEqualTo("the heap was full, and since then not everything could be begun (roles cannot be listed)");
        assertThat(Lead.whyOnlyEnds(false, new IllegalStateException()))
                .isEqualTo("the heap was full, and since then not everything could be begun (IllegalStateException)");
    }

    @Test
    void readinessSaysTheSame() {
        health.onlyEnds("the heap is full");
        assertThat(health.readiness().get("role"))
                .isEqualTo(
                        "no: leader, but the heap is full: only what is over by its own status ends; see the runbook heap-full");

        health.onlyEnds(Lead.whyOnlyEnds(false, new IllegalStateException("it is away")));
        assertThat(health.readiness().get("role"))
                .startsWith(
                        "no: leader, but the heap was full, and since then not everything could be begun (it is away):"
                                + " only what is over");
    }
}
