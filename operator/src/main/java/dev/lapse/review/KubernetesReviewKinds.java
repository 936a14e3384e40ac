package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.identity.KubernetesTools;
import dev.lapse.review.kind.KubernetesBreakGlassReviews;
import dev.lapse.review.kind.KubernetesCertifications;
import dev.lapse.review.kind.RequestReviews;
import dev.lapse.review.kind.ReviewKind;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Which class knows everything about a review's type. */
final class KubernetesReviewKinds {
    private final ReviewKind requests;
    private final ReviewKind breakGlass;
    private final ReviewKind entitlements;
    private final KubernetesCertifications certifications;

    KubernetesReviewKinds(
            AccessReviewReconciler.Tools tools,
            Predicate<AccessReview> wanted,
            Function<AccessReview, Optional<InsidersWhenAsked>> whenAsked) {
        KubernetesTools shared = tools.shared();
        requests = new RequestReviews(wanted, whenAsked);
        breakGlass = new KubernetesBreakGlassReviews(shared.memory(), shared.identities());
        entitlements = tools.entitlements();
        certifications =
                new KubernetesCertifications(shared.memory(), tools.reviews(), shared.identities(), shared.cluster());
    }

    /** The one place where it is chosen: a type without one does not compile. */
    ReviewKind of(AccessReview review) {
        return switch (review.getSpec().type()) {
            case Request -> requests;
            case BreakGlass -> breakGlass;
            case Entitlement -> entitlements;
            case Certification -> certifications;
        };
    }

    KubernetesCertifications certifications() {
        return certifications;
    }
}
