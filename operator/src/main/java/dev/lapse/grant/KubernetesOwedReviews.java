package dev.lapse.grant;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.memory.KubernetesMemory;
import dev.lapse.review.KubernetesReviews;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that whatever is owed for break-glass can be decided: it has a review, even if somebody lost that. */
final class KubernetesOwedReviews {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesOwedReviews.class);

    private final KubernetesMemory memory;
    private final InstantSource clock;
    private final KubernetesReviews reviews;
    private final KubernetesIdentities identities;

    KubernetesOwedReviews(
            KubernetesMemory memory, KubernetesReviews reviews, KubernetesIdentities identities, InstantSource clock) {
        this.memory = memory;
        this.clock = clock;
        this.reviews = reviews;
        this.identities = identities;
    }

    /** All that is owed or held, as far as it is known. */
    List<BreakGlassDebt> all() {
        return memory.all(BreakGlassDebt.class, clock.instant());
    }

    /** Nothing waits for it: what is owed is on record, and the sweep tries again. */
    void open(BreakGlassDebt debt) {
        if (reviews.exists(debt.namespace(), debt.review())) {
            return;
        }
        try {
            reviews.open(manifest(debt));
        } catch (KubernetesClientException failed) {
            LOG.atWarn()
                    .addKeyValue("review", debt.namespace() + "/" + debt.review())
                    .addKeyValue("error", failed.getMessage())
                    .log("the review of a break-glass could not be opened, the sweep tries again");
        }
    }

    /** Whether a review of this identity is owed. */
    boolean concerns(String namespace, String identity) {
        return all().stream()
                .anyMatch(debt ->
                        debt.namespace().equals(namespace) && debt.identity().equals(identity));
    }

    /**
     * Opens what is missing, of every identity that is there.
     *
     * @param grants finds a grant that is there
     */
    void openMissing(Function<GrantKey, Optional<PrivilegeGrant>> grants) {
        all().stream()
                .filter(debt ->
                        identities.find(debt.namespace(), debt.identity()).isPresent())
                .filter(debt -> !isBeginning(debt, grants))
                .forEach(this::open);
    }

    /** What has not begun cannot be judged yet. */
    private static boolean isBeginning(BreakGlassDebt debt, Function<GrantKey, Optional<PrivilegeGrant>> grants) {
        return grants.apply(
                        new GrantKey(debt.namespace(), debt.spec().requested().grant()))
                .filter(grant -> grant.getMetadata().getUid().equals(debt.grantUid()))
                .filter(GrantGlance::open)
                .filter(grant -> grant.getStatus() == null || grant.getStatus().activatedAt() == null)
                .isPresent();
    }

    /** It belongs to no grant: it stays when that goes. */
    private static AccessReview manifest(BreakGlassDebt debt) {
        AccessReview made = new AccessReview();
        made.setMetadata(new ObjectMetaBuilder()
                .withNamespace(debt.namespace())
                .withName(debt.review())
                .build());
        made.setSpec(debt.spec());
        return made;
    }
}
