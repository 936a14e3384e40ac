package dev.lapse.review;

import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import java.util.List;

/**
 * What people said to a request so far.
 *
 * @param spec as it is written; whoever builds on it compares it with what they asked
 * @param approved whether enough of them approved in time
 * @param approvals for people, as 1/2
 * @param approvers those whose approval counts, with the groups they stated
 * @param denial who denied it and why; empty if nobody did
 */
public record Consent(
        String name,
        AccessReviewSpec spec,
        ReviewPhase phase,
        boolean approved,
        String approvals,
        List<UserInfo> approvers,
        String denial) {

    /** As it is right after it was opened. */
    public static Consent opened(String name, AccessReviewSpec spec) {
        return new Consent(name, spec, ReviewPhase.Open, false, "0/" + spec.required(), List.of(), "");
    }
}
