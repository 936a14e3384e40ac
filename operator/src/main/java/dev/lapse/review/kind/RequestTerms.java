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

/** Type Request: may a grant begin? */
public final class RequestTerms implements ReviewTerms {
    @Override
    public ReviewDecision sum(
            ReviewFacts facts, List<SeenVerdict> verdicts, boolean waiting, Aliases aliases, Instant now) {
        return ApprovalVerdicts.sum(
                facts,
                verdicts,
                waiting,
                aliases,
                "nobody asks for this any more: the grant is over, or what it asks for has changed and has another review",
                now);
    }

    @Override
    public String sentence(AccessReviewSpec spec) {
        return ReviewItems.sentence(spec, spec.requested(), " asks for ");
    }

    @Override
    public Reason reason(Outcome outcome) {
        return ApprovalVerdicts.reason(outcome);
    }

    @Override
    public boolean countsInsidersWhenAsked() {
        return true;
    }
}
