package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;

/**
 * What people are told of a review of one type.
 *
 * @param owedForGrant whether it is owed for a grant that was taken without approval
 * @param yes what Approve does, or Keep
 * @param no what Deny does, or Revoke
 */
record ReviewWords(boolean owedForGrant, String yes, String no) {
    private static final String KEPT = "nothing is owed for it any more";

    /** The one place where they are chosen: a type without words does not compile. */
    static ReviewWords of(ReviewType type) {
        return switch (type) {
            case Request -> new ReviewWords(false, "the request is approved", "the request is denied");
            case Entitlement -> new ReviewWords(false, "the entry can be granted", "the entry cannot be granted");
            case BreakGlass ->
                new ReviewWords(
                        true,
                        KEPT,
                        "its grant ends, and break-glass to the same is held until somebody else says Keep");
            case Certification ->
                new ReviewWords(false, KEPT, "what was revoked is not given until another review keeps it");
        };
    }

    String outcome(Outcome outcome) {
        return switch (outcome) {
            case Approved, Kept -> yes;
            case Denied, Revoked -> no;
        };
    }
}
