package dev.lapse.review.kind;

import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.condition.Reason;
import dev.lapse.review.Aliases;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewTerms;
import java.time.Instant;
import java.util.List;

/** Type Certification: is what an identity may ask for still right? */
public final class CertificationTerms implements ReviewTerms {
    @Override
    public ReviewDecision sum(
            ReviewFacts facts, List<SeenVerdict> verdicts, boolean waiting, Aliases aliases, Instant now) {
        return CertificationVerdicts.sum(facts, verdicts, waiting, now);
    }

    @Override
    public String sentence(AccessReviewSpec spec) {
        return "whether what " + spec.identity() + " may ask for is still right: "
                + String.join(", ", spec.itemHashes().keySet());
    }

    @Override
    public int needed(AccessReviewSpec spec) {
        return spec.itemHashes().size();
    }

    @Override
    public Reason reason(Outcome outcome) {
        return switch (outcome) {
            case Approved, Kept -> Reason.Certified;
            case Denied, Revoked -> Reason.ReviewRevoked;
        };
    }

    @Override
    public String author(AccessReviewSpec spec) {
        return spec.partOf() == null ? "the review" : "the campaign";
    }

    @Override
    public boolean firstVerdictStands() {
        return true;
    }

    /** Whoever opened it chose the reviewers: that must not keep everybody else from deciding for ever. */
    @Override
    public boolean everybodyDecidesOnceDue() {
        return true;
    }
}
