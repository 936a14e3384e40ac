package dev.lapse.review;

import dev.lapse.access.KubernetesBindings;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.cluster.FirstPass;
import dev.lapse.cluster.KubernetesFailure;
import dev.lapse.cluster.KubernetesStatusWriter;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import dev.lapse.identity.KubernetesTools;
import dev.lapse.memory.NotRemembered;
import dev.lapse.review.campaign.KubernetesCampaigns;
import dev.lapse.review.kind.KubernetesEntitlementReviews;
import dev.lapse.review.kind.ReviewKind;
import dev.lapse.review.verdict.KubernetesReviewerRights;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Keeps a review's status: which verdicts count, and what was decided. */
public final class AccessReviewReconciler implements Reconciler<AccessReview> {
    private static final Duration UNTIL_MEMORY_IS_READ = Duration.ofSeconds(5);
    private static final Duration UNTIL_MEMORY_HAS_ROOM = Duration.ofSeconds(30);

    private final KubernetesStatusWriter<AccessReview, AccessReviewSpec, AccessReviewStatus> status;
    private final KubernetesReviews reviews;
    private final KubernetesReviewerRights rights;
    private final ReviewJournal journal;
    private final ReviewMetrics metrics;
    private final Aliases aliases;
    private final KubernetesReviewKinds kinds;
    private final KubernetesReviewObserver observer;
    private final KubernetesCampaignPass campaigns;
    private final Supplier<GuardState> guard;
    private final Consumer<AccessReview> changed;
    private final ReviewEventSources sources;
    private final InstantSource clock;

    /** What the reconciler works with. */
    public record Tools(
            KubernetesTools shared,
            KubernetesReviews reviews,
            KubernetesBindings bindings,
            Aliases aliases,
            KubernetesEntitlementReviews entitlements,
            Duration campaignNotice,
            MeterRegistry meters) {}

    /**
     * @param firstPass waited for before the first pass
     * @param wanted whether what a review is about still asks for it
     * @param whenAsked who could act as the accounts of a request when it was asked
     * @param changed is told of every change of a review
     * @param reviewMissing is told that one that is owed may be gone; does not wait for {@link #openMissing}
     */
    public AccessReviewReconciler(
            Tools tools,
            FirstPass firstPass,
            Predicate<AccessReview> wanted,
            Function<AccessReview, Optional<InsidersWhenAsked>> whenAsked,
            Consumer<AccessReview> changed,
            Runnable reviewMissing) {
        this.status = new KubernetesStatusWriter<>(tools.shared().client(), AccessReview::new, tools.reviews()::sealed);
        this.reviews = tools.reviews();
        this.rights = new KubernetesReviewerRights(tools.shared().oracle(), tools.bindings());
        this.metrics = new ReviewMetrics(tools.meters());
        this.journal = new ReviewJournal(tools.shared().events(), metrics);
        this.aliases = tools.aliases().behind(tools.shared().identities()::personBehind);
        this.kinds = new KubernetesReviewKinds(tools, wanted, whenAsked);
        this.observer = new KubernetesReviewObserver(
                tools.shared().identities(), tools.shared().parameters(), kinds);
        this.campaigns = new KubernetesCampaignPass(
                new KubernetesCampaigns(
                        tools.shared().client(),
                        tools.shared().memory(),
                        reviews,
                        tools.shared().identities(),
                        kinds.certifications()::open,
                        tools.shared().oracle(),
                        tools.campaignNotice()),
                reviews,
                journal,
                tools.shared().guard(),
                this::write);
        this.guard = tools.shared().guard();
        this.clock = tools.shared().clock();
        this.changed = changed;
        this.sources = new ReviewEventSources(reviews, kinds, firstPass, changed, reviewMissing);
    }

    /** What makes the operator look at a review again. */
    public ReviewEventSources sources() {
        return sources;
    }

    @Override
    public List<EventSource<?, AccessReview>> prepareEventSources(EventSourceContext<AccessReview> context) {
        reviews.connect(context.getPrimaryCache());
        status.connect(context.getPrimaryCache());
        return sources.all();
    }

    @Override
    public UpdateControl<AccessReview> reconcile(AccessReview review, Context<AccessReview> context) {
        Instant now = clock.instant();
        if (review.getSpec().campaign()) {
            return campaigns.over(review, now);
        }
        ReviewKind kind = kinds.of(review);
        if (!kind.ready(review)) {
            return UpdateControl.<AccessReview>noUpdate().rescheduleAfter(UNTIL_MEMORY_IS_READ);
        }
        AccessReviewStatus before = kind.reopened(review, reviews.trusted(review), now);
        if (review.getMetadata().getDeletionTimestamp() != null
                || (before != null && before.phase().ended())) {
            // An operator that was killed may have said so here and not in its memory.
            if (kind.settled(review, before, now)) {
                changed.accept(review);
                sources.campaignConcerned(review);
            }
            return UpdateControl.noUpdate();
        }
        GuardState guardNow = guard.get();
        ReviewFacts facts = observer.observe(review, before, guardNow, now);
        ReviewDecision decision = ReviewPolicy.decide(facts, aliases, now);
        while (decision.ask().isPresent()) {
            Decision asked = decision.ask().get();
            facts = facts.withRights(asked, kind.with(rights.of(facts, asked), facts, asked));
            decision = ReviewPolicy.decide(facts, aliases, now);
        }
        Optional<Proof> proof = NameProof.next(guardNow, facts.proof(), facts.generation(), now);
        AccessReviewStatus after = ReviewStatusReport.of(facts, decision, proof, review.getStatus(), now);
        try {
            kind.deciding(review, facts, decision, now);
        } catch (NotRemembered unwritten) {
            // Nothing is said that was not written down before.
            journal.notRemembered(facts, unwritten);
            changed.accept(review);
            return UpdateControl.<AccessReview>noUpdate().rescheduleAfter(UNTIL_MEMORY_HAS_ROOM);
        }
        if (write(review, after)) {
            if (kind.settled(review, after, now)) {
                changed.accept(review);
            }
            journal.wrote(facts, decision, before);
            sources.campaignConcerned(review);
        }
        return again(decision.lookAgainAt(), now);
    }

    /** The SDK repeats the pass; until then the status says that it failed, and does not go on telling an old state. */
    @Override
    public ErrorStatusUpdateControl<AccessReview> updateErrorStatus(
            AccessReview review, Context<AccessReview> context, Exception failed) {
        AccessReviewStatus known = reviews.trusted(review);
        // What stands in one that has ended is not old, and would never be written anew.
        boolean ended = known != null && known.phase().ended();
        if (!ended && KubernetesFailure.worthTelling(failed)) {
            status.writeFailure(
                    review,
                    ReviewStatusReport.failed(
                            review, KubernetesFailure.explain(failed).orElse(""), clock.instant()));
        }
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    static UpdateControl<AccessReview> again(Optional<Instant> lookAgainAt, Instant now) {
        return lookAgainAt
                .map(at -> UpdateControl.<AccessReview>noUpdate()
                        .rescheduleAfter(Duration.between(now, at).plusMillis(1)))
                .orElseGet(UpdateControl::noUpdate);
    }

    /** Counts what is owed, for the metrics. */
    public void takeCensus() {
        Instant now = clock.instant();
        metrics.owed(kinds.certifications().owed(now), now);
    }

    /** Opens again what is owed and was lost. */
    public void openMissing() {
        if (sources.running()) {
            kinds.certifications().openMissing(clock.instant());
        }
    }

    /** Over the version that was read: a verdict is judged only as the newest content has it. */
    private boolean write(AccessReview review, AccessReviewStatus after) {
        Optional<AccessReview> written = status.write(review, after);
        written.ifPresent(changed);
        return written.isPresent();
    }
}
