package dev.lapse.grant;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.review.ReviewTerms;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What grants and reviews are told of each other. */
public final class KubernetesGrantReviews {
    private final KubernetesKnownGrants known;
    private final GrantEventSources sources;
    private final KubernetesIdentities identities;
    private final KubernetesOwedReviews owed;
    private final StatusSeal seal;
    private final BiConsumer<String, String> identityConcerned;
    private final Runnable reviewMissing;
    private final InstantSource clock;

    KubernetesGrantReviews(
            KubernetesKnownGrants known,
            GrantEventSources sources,
            KubernetesIdentities identities,
            KubernetesOwedReviews owed,
            StatusSeal seal,
            BiConsumer<String, String> identityConcerned,
            Runnable reviewMissing,
            InstantSource clock) {
        this.known = known;
        this.sources = sources;
        this.identities = identities;
        this.owed = owed;
        this.seal = seal;
        this.identityConcerned = identityConcerned;
        this.reviewMissing = reviewMissing;
        this.clock = clock;
    }

    /** On the threads that tell of changes nothing is asked of the API server: others' changes come behind it. */
    void askForMissing(String namespace, String identity) {
        if (sources.running() && owed.concerns(namespace, identity)) {
            reviewMissing.run();
        }
    }

    /** Opens again what is owed and was lost. */
    public void openMissing() {
        if (sources.running()) {
            owed.openMissing(known::find);
        }
    }

    /** A review changed: so may the grant that it decides, or the identity that it is about; and what is owed cannot go. */
    public void reviewChanged(AccessReview review) {
        String namespace = review.getMetadata().getNamespace();
        if (review.getSpec().campaign()) {
            return;
        }
        ReviewedRequest request = review.getSpec().request();
        if (request != null) {
            sources.lookAgain(new GrantKey(namespace, request.grant()));
        }
        if (ReviewTerms.of(review.getSpec().type()).owedForGrant()) {
            askForMissing(namespace, review.getSpec().identity());
        }
        if (!review.getSpec().pinned().isEmpty()) {
            identityReviewed(namespace, review.getSpec().identity());
        }
    }

    /** What is said of an identity holds of every other one that has its account. */
    private void identityReviewed(String namespace, String name) {
        sources.identityChanged(namespace, name);
        identityConcerned.accept(namespace, name);
        identities.find(namespace, name).map(identity -> identity.subject().userName()).stream()
                .flatMap(account -> identities.sharing(account).stream())
                .map(ServiceIdentity::getMetadata)
                .filter(other -> !other.getName().equals(name))
                .forEach(other -> {
                    sources.identityChanged(other.getNamespace(), other.getName());
                    identityConcerned.accept(other.getNamespace(), other.getName());
                });
    }

    /** The grant that a review is about, if it is still the same one. */
    private Optional<PrivilegeGrant> reviewed(AccessReview review) {
        return known.find(new GrantKey(
                        review.getMetadata().getNamespace(),
                        review.getSpec().requested().grant()))
                .filter(grant -> grant.getMetadata()
                        .getUid()
                        .equals(review.getSpec().requested().grantUID()));
    }

    /** Whether a grant still asks for what a review is about. */
    public boolean wants(AccessReview review) {
        return reviewed(review)
                .filter(grant -> grant.getMetadata().getDeletionTimestamp() == null)
                .filter(GrantGlance::open)
                .filter(grant -> grant.getStatus() != null
                        && review.getMetadata()
                                .getName()
                                .equals(grant.getStatus().review()))
                .isPresent();
    }

    /** Who could act as the accounts of a request when it was asked; nothing if the operator has not written it down. */
    public Optional<InsidersWhenAsked> insidersWhenAsked(AccessReview review) {
        return reviewed(review)
                .flatMap(grant -> seal.read(
                                grant.getStatus(), grant.getMetadata().getUid(), clock.instant())
                        .insiders());
    }
}
