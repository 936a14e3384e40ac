package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.cluster.FirstPass;
import dev.lapse.cluster.KubernetesTrigger;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What makes the operator look at a review again. */
public final class ReviewEventSources {
    private final KubernetesReviews reviews;
    private final KubernetesReviewKinds kinds;
    private final Consumer<AccessReview> changed;
    private final Runnable reviewMissing;
    private final KubernetesTrigger<AccessReview> trigger;

    /**
     * @param firstPass waited for before the first pass
     * @param changed is told of every change of a review
     * @param reviewMissing is told that one that is owed may be gone
     */
    ReviewEventSources(
            KubernetesReviews reviews,
            KubernetesReviewKinds kinds,
            FirstPass firstPass,
            Consumer<AccessReview> changed,
            Runnable reviewMissing) {
        this.reviews = reviews;
        this.kinds = kinds;
        this.changed = changed;
        this.reviewMissing = reviewMissing;
        this.trigger = new KubernetesTrigger<>(
                "lapse", firstPass::ready, changed, (before, after) -> changed.accept(after), this::gone);
    }

    List<EventSource<?, AccessReview>> all() {
        return List.of(trigger);
    }

    /** Whether all objects are known. */
    boolean running() {
        return trigger.isRunning();
    }

    /** What was owed in it is owed still. */
    private void gone(AccessReview review) {
        changed.accept(review);
        if (!review.getSpec().campaign() && kinds.of(review).owedByIdentity()) {
            reviewMissing.run();
        }
    }

    /** A grant changed: so may what its reviews are about. */
    public void grantChanged(String grantUid) {
        if (trigger.isRunning()) {
            reviews.ofGrant(grantUid)
                    .forEach(review -> lookAgain(
                            review.getMetadata().getNamespace(),
                            review.getMetadata().getName()));
        }
    }

    /** An identity changed, or a role that it names: so may what is asked about its entries. */
    public void identityChanged(String namespace, String name) {
        if (trigger.isRunning()) {
            reviews.ofIdentity(namespace, name)
                    .forEach(review -> lookAgain(
                            review.getMetadata().getNamespace(),
                            review.getMetadata().getName()));
        }
    }

    private void lookAgain(String namespace, String name) {
        trigger.lookAgain(namespace, name);
    }

    /** Looks at every open review again; before the first pass each is looked at anyway. */
    public void lookAgainAtAll() {
        if (trigger.isRunning()) {
            reviews.open()
                    .forEach(review -> lookAgain(
                            review.getMetadata().getNamespace(),
                            review.getMetadata().getName()));
        }
    }

    /** A review changed: so may the campaign that it is part of. */
    void campaignConcerned(AccessReview review) {
        Optional.ofNullable(review.getSpec().partOf())
                .ifPresent(campaign -> lookAgain(campaign.namespace(), campaign.name()));
    }
}
