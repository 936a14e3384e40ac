package dev.lapse.review.kind;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.Entitlement;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.guard.GuardParameters;
import dev.lapse.identity.ApplierReach;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.KubernetesRoles;
import dev.lapse.identity.RoleFacts;
import dev.lapse.identity.Vouchers;
import dev.lapse.identity.Vouching;
import dev.lapse.review.KubernetesReviews;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewerRights;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The reviews of entries that go beyond the limits of the applier that wrote them: opened, looked up, and still asked for or not. */
public final class KubernetesEntitlementReviews implements ReviewKind, Vouchers {
    private final KubernetesCluster cluster;
    private final KubernetesReviews reviews;
    private final KubernetesIdentities identities;
    private final AccessOracle oracle;
    private final Supplier<GuardParameters> parameters;

    public KubernetesEntitlementReviews(
            KubernetesCluster cluster,
            KubernetesReviews reviews,
            KubernetesIdentities identities,
            AccessOracle oracle,
            Supplier<GuardParameters> parameters) {
        this.cluster = cluster;
        this.reviews = reviews;
        this.identities = identities;
        this.oracle = oracle;
        this.parameters = parameters;
    }

    @Override
    public Vouching of(IdentityFacts identity, EntryFacts entry, RoleFacts role, Instant now) {
        EntitlementReview asked = EntitlementReview.of(identity, entry, role, now);
        return reviews.find(identity.namespace(), asked.name())
                .map(consent -> asked.answer(consent, now))
                .orElse(Vouching.UNASKED);
    }

    @Override
    public Vouching.Asked ask(IdentityFacts identity, EntryFacts entry, RoleFacts role, Instant now) {
        EntitlementReview asked = EntitlementReview.of(identity, entry, role, now);
        reviews.open(manifest(asked, identity));
        return new Vouching.Asked(asked.name(), asked.spec().dueAt());
    }

    /** It goes with the identity. */
    private static AccessReview manifest(EntitlementReview asked, IdentityFacts identity) {
        AccessReview made = new AccessReview();
        made.setMetadata(new ObjectMetaBuilder()
                .withNamespace(identity.namespace())
                .withName(asked.name())
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("lapse.dev/v1alpha1")
                        .withKind("ServiceIdentity")
                        .withName(identity.name())
                        .withUid(identity.uid())
                        .build())
                .build());
        made.setSpec(asked.spec());
        return made;
    }

    /** Whether the identity still has this very entry, of this very role, beyond its applier's limits. */
    @Override
    public boolean wanted(AccessReview review, @Nullable AccessReviewStatus before, Instant now) {
        return identities
                .find(review.getMetadata().getNamespace(), review.getSpec().identity())
                .filter(identity -> !identity.deleting())
                .flatMap(identity -> entry(review, identity)
                        .filter(entry -> beyondLimit(entry, identity.namespace()))
                        .map(entry -> EntitlementReview.of(identity, entry, role(entry), now)))
                .filter(asked ->
                        asked.name().equals(review.getMetadata().getName()) && asked.isWhatWasAsked(review.getSpec()))
                .isPresent();
    }

    /** What was closed because the entry had changed is open again once the entry is as it was. */
    @Override
    public @Nullable AccessReviewStatus reopened(
            AccessReview review, @Nullable AccessReviewStatus before, Instant now) {
        return before != null
                        && before.phase() == ReviewPhase.Cancelled
                        && now.isBefore(review.getSpec().dueAt())
                        && wanted(review, before, now)
                ? before.open()
                : before;
    }

    /** Of an approval that is allowed otherwise: whether who gave it could bind the role there. */
    @Override
    public ReviewerRights with(ReviewerRights rights, ReviewFacts facts, Decision decision) {
        if (decision.verdict() != Verdict.Approve || rights.decides() != AccessOracle.Verdict.Allowed) {
            return rights;
        }
        return rights.withBinds(identities
                .find(facts.namespace(), facts.spec().identity())
                .filter(identity -> facts.wanted())
                .flatMap(identity -> identity.entry(facts.spec().pinned().get(0).name()))
                .map(entry -> couldBind(decision, entry))
                .orElseGet(() -> new Entitlement.Undecided("what it is about is not there as it was")));
    }

    private Entitlement.Outcome couldBind(Decision decision, EntryFacts entry) {
        return Entitlement.couldBind(
                UserInfo.of(decision.by(), decision.byAs() == null ? List.of() : decision.byAs()),
                entry.role(),
                role(entry)::rulesIn,
                entry.namespaces(),
                oracle);
    }

    private static Optional<EntryFacts> entry(AccessReview review, IdentityFacts identity) {
        return review.getSpec().pinned().stream().findFirst().flatMap(pinned -> identity.entry(pinned.name()));
    }

    private boolean beyondLimit(EntryFacts entry, String own) {
        return entry.via()
                .filter(applier -> !ApplierReach.covers(parameters.get().reachOf(applier), entry, own))
                .isPresent();
    }

    private RoleFacts role(EntryFacts entry) {
        return KubernetesRoles.find(cluster, entry.role(), entry.namespaces());
    }
}
