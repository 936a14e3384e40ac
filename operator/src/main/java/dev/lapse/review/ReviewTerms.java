package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.condition.Reason;
import dev.lapse.review.kind.BreakGlassTerms;
import dev.lapse.review.kind.CertificationTerms;
import dev.lapse.review.kind.EntitlementTerms;
import dev.lapse.review.kind.RequestTerms;
import java.time.Instant;
import java.util.List;

/** How a review of one type is judged and told: the pure part of what a type is. Effects are its {@code ReviewKind}'s. */
public interface ReviewTerms {
    /** The one place where they are chosen: a type without its own does not compile. */
    static ReviewTerms of(ReviewType type) {
        return switch (type) {
            case Request -> new RequestTerms();
            case BreakGlass -> new BreakGlassTerms();
            case Entitlement -> new EntitlementTerms();
            case Certification -> new CertificationTerms();
        };
    }

    /**
     * What it has come to.
     *
     * @param waiting whether a verdict could not be judged yet
     */
    ReviewDecision sum(ReviewFacts facts, List<SeenVerdict> verdicts, boolean waiting, Aliases aliases, Instant now);

    /** What people are asked. */
    String sentence(AccessReviewSpec spec);

    /** How many verdicts, or decided items, it takes. */
    default int needed(AccessReviewSpec spec) {
        return spec.required();
    }

    Reason reason(Outcome outcome);

    /** Who lists its reviewers, and says whether insiders may decide. */
    default String author(AccessReviewSpec spec) {
        return "the entry";
    }

    /** Whether nobody's verdict on an item counts after one that did. */
    default boolean firstVerdictStands() {
        return false;
    }

    /** Whether, from when it is due, also those may decide who are not listed. */
    default boolean everybodyDecidesOnceDue() {
        return false;
    }

    /** Whether those may not approve who could act as the account when it was asked, even if they cannot any more. */
    default boolean countsInsidersWhenAsked() {
        return false;
    }

    /** Whether one that was cancelled opens again, once what it is about is as it was. */
    default boolean reopens() {
        return false;
    }

    /** Whether it is owed for a grant that was taken without approval. */
    default boolean owedForGrant() {
        return false;
    }
}
