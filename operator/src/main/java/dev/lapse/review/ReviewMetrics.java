package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.memory.OwedCertification;
import dev.lapse.review.verdict.VerdictReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** What is measured of reviews. Every counter is there at 0 from the start, with each of its labels. */
final class ReviewMetrics {
    private final MeterRegistry registry;
    private final MultiGauge certifications;

    ReviewMetrics(MeterRegistry registry) {
        this.registry = registry;
        certifications = MultiGauge.builder("lapse.certifications")
                .description("Certifications that are not decided: Owed, Overdue, and Holding, which are those of the"
                        + " overdue that hold their identity")
                .register(registry);
        owed(List.of(), Instant.EPOCH);
        for (VerdictReason reason : VerdictReason.values()) {
            verdicts(reason.name());
        }
        for (Outcome outcome : Outcome.values()) {
            reviewsEnded(outcome.name());
        }
        Stream.of(ReviewPhase.values())
                .filter(ReviewPhase::ended)
                .filter(phase -> phase != ReviewPhase.Completed)
                .forEach(phase -> reviewsEnded(phase.name()));
    }

    void judged(String reason) {
        verdicts(reason).increment();
    }

    private Counter verdicts(String reason) {
        return Counter.builder("lapse.verdicts")
                .description("Verdicts of people that were judged, by whether they count, and if not, why")
                .tag("reason", reason)
                .register(registry);
    }

    /** @param outcome or the last phase, of a review that has none */
    void ended(String outcome) {
        reviewsEnded(outcome).increment();
    }

    private Counter reviewsEnded(String outcome) {
        return Counter.builder("lapse.reviews.ended")
                .description("Reviews that ended, by how")
                .tag("outcome", outcome)
                .register(registry);
    }

    void owed(List<OwedCertification> all, Instant now) {
        long overdue = all.stream().filter(owed -> owed.overdue(now)).count();
        long holding = all.stream().filter(OwedCertification::suspends).count();
        certifications.register(
                List.of(
                        MultiGauge.Row.of(Tags.of("state", "Owed"), all.size() - overdue),
                        MultiGauge.Row.of(Tags.of("state", "Overdue"), overdue),
                        MultiGauge.Row.of(Tags.of("state", "Holding"), holding)),
                true);
    }
}
