package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.guard.GuardParameters;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.SubjectFacts;
import dev.lapse.review.kind.ReviewKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers the facts of a review from the informers and from what its type knows. */
final class KubernetesReviewObserver {
    private final KubernetesIdentities identities;
    private final Supplier<GuardParameters> parameters;
    private final KubernetesReviewKinds kinds;

    KubernetesReviewObserver(
            KubernetesIdentities identities, Supplier<GuardParameters> parameters, KubernetesReviewKinds kinds) {
        this.identities = identities;
        this.parameters = parameters;
        this.kinds = kinds;
    }

    ReviewFacts observe(AccessReview review, @Nullable AccessReviewStatus before, GuardState guardNow, Instant now) {
        AccessReviewSpec spec = review.getSpec();
        Map<String, String> hashes = new HashMap<>();
        if (spec.decisions() != null) {
            spec.decisions().forEach(decision -> hashes.put(ReviewFacts.key(decision), DecisionHash.of(decision)));
        }
        Map<String, NameProof.Answer> proofs = NameProof.entries(
                guardNow,
                ReviewFacts.proofsIn(before),
                Instant.parse(review.getMetadata().getCreationTimestamp()),
                hashes,
                now);
        ReviewKind kind = kinds.of(review);
        Optional<IdentityFacts> identity = identities.find(review.getMetadata().getNamespace(), spec.identity());
        Optional<String> subject =
                identity.map(IdentityFacts::subject).map(SubjectFacts::userName).or(() -> kind.subject(review, now));
        return ReviewFacts.of(
                        review,
                        before,
                        kind.wanted(review, before, now),
                        subject,
                        kind.revokedBefore(review, now),
                        proofs)
                .withAppliers(parameters.get().appliers())
                .withWhenAsked(kind.whenAsked(review))
                .withRoleChanges(identity.map(IdentityFacts::roleChanges).orElse(Map.of()));
    }
}
