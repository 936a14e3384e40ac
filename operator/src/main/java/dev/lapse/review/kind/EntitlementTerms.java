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

/** Type Entitlement: may an entry stand that an applier wrote beyond its limits? */
public final class EntitlementTerms implements ReviewTerms {
    @Override
    public ReviewDecision sum(
            ReviewFacts facts, List<SeenVerdict> verdicts, boolean waiting, Aliases aliases, Instant now) {
        return ApprovalVerdicts.sum(
                facts,
                verdicts,
                waiting,
                aliases,
                "nobody asks for this any more: the entry or its role has changed, which has another review, or the entry is"
                        + " gone, or within its applier's limits",
                now);
    }

    @Override
    public String sentence(AccessReviewSpec spec) {
        return ReviewItems.sentence(spec, spec.pinned().get(0));
    }

    @Override
    public Reason reason(Outcome outcome) {
        return ApprovalVerdicts.reason(outcome);
    }

    @Override
    public boolean reopens() {
        return true;
    }
}
