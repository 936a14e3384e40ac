package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a review is.
 *
 * @param ask whose rights the API server must be asked for before more can be said
 * @param verdicts all that were judged, in the order in which they were seen
 * @param approvals how many distinct people approved
 * @param lookAgainAt when this could change without anybody doing anything
 */
public record ReviewDecision(
        Optional<Decision> ask,
        ReviewPhase phase,
        Optional<Outcome> outcome,
        Optional<Instant> decidedAt,
        List<SeenVerdict> verdicts,
        int approvals,
        String message,
        Optional<Instant> lookAgainAt) {
    /** What could not be found out is asked again. */
    public static final Duration AFTER_A_FAILED_LOOKUP = Duration.ofSeconds(10);

    ReviewDecision withMessage(String text) {
        return new ReviewDecision(ask, phase, outcome, decidedAt, verdicts, approvals, text, lookAgainAt);
    }
}
