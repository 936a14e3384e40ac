package dev.lapse.review;

import dev.lapse.access.Permission;
import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.Lapse;
import java.util.Locale;

/** The verbs that RBAC gives on a ServiceIdentity beside those of the API server. */
public enum IdentityVerb {
    /** To ask for a grant. */
    REQUEST,
    /** To take a privilege without approval, where an entry allows that. */
    BREAKGLASS,
    /** To decide a request. */
    APPROVE,
    /** To decide afterwards. */
    REVIEW,
    /** To open a campaign of certifications. */
    CAMPAIGN;

    /** What a verdict takes. */
    public static IdentityVerb toDecide(ReviewType type) {
        return type.afterwards() ? REVIEW : APPROVE;
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Permission on(String identity) {
        return Permission.onResource(text(), Lapse.GROUP, "serviceidentities", identity);
    }
}
