package dev.lapse.review.kind;

import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.condition.Reason;
import dev.lapse.review.Aliases;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewItems;
import dev.lapse.review.ReviewTerms;
import java.time.Instant;
import java.util.List;

/** Type BreakGlass: was it right to take a privilege without approval? */
public final class BreakGlassTerms implements ReviewTerms {
    @Override
    public ReviewDecision sum(
            ReviewFacts facts, List<SeenVerdict> verdicts, boolean waiting, Aliases aliases, Instant now) {
        return BreakGlassVerdicts.sum(facts, verdicts, waiting, now);
    }

    @Override
    public String sentence(AccessReviewSpec spec) {
        return ReviewItems.sentence(spec, spec.requested(), " took without approval ");
    }

    @Override
    public Reason reason(Outcome outcome) {
        return switch (outcome) {
            case Approved, Kept -> Reason.BreakGlassKept;
            case Denied, Revoked -> Reason.BreakGlassHeld;
        };
    }

    @Override
    public boolean owedForGrant() {
        return true;
    }
}
