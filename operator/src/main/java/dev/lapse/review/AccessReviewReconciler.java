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
import dev.lapse.cluster.KubernetesTrigger;
import dev.lapse.guard.GuardParameters;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.KubernetesTools;
import dev.lapse.identity.SubjectFacts;
import dev.lapse.memory.NotRemembered;
import dev.lapse.review.campaign.KubernetesCampaigns;
import dev.lapse.review.kind.KubernetesBreakGlassReviews;
import dev.lapse.review.kind.KubernetesCertifications;
import dev.lapse.review.kind.KubernetesEntitlementReviews;
import dev.lapse.review.kind.RequestReviews;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps a review's status: which verdicts count, and what was decided. */
public final class AccessReviewReconciler implements Reconciler<AccessReview> {
    private static final Duration UNTIL_MEMORY_IS_READ = Duration.ofSeconds(5);
    private static final Duration UNTIL_MEMORY_HAS_ROOM = Duration.ofSeconds(30);
    private static final Duration UNTIL_ANOTHER_CAMPAIGN_IS_DONE = Duration.ofSeconds(1);

    /** A campaign opens a review for each identity, which takes long: of the threads that judge verdicts it gets these. */
    private static final int CAMPAIGNS_AT_ONCE = 3;

    private final KubernetesStatusWriter<AccessReview, AccessReviewSpec, AccessReviewStatus> status;
    private final KubernetesReviews reviews;
    private final KubernetesIdentities identities;
    private final KubernetesReviewerRights rights;
    private final ReviewJournal journal;
    private final ReviewMetrics metrics;
    private final Aliases aliases;
    private final Supplier<GuardParameters> parameters;
    private final ReviewKind requests;
    private final ReviewKind breakGlass;
    private final ReviewKind entitlements;
    private final KubernetesCertifications certifications;
    private final KubernetesCampaigns campaigns;
    private final Supplier<GuardState> guard;
    private final Consumer<AccessReview> changed;
    private final Runnable reviewMissing;
    private final Semaphore campaignsAtOnce = new Semaphore(CAMPAIGNS_AT_ONCE);
    private final KubernetesTrigger<AccessReview> trigger;
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
        this.reviewMissing = reviewMissing;
        this.status = new KubernetesStatusWriter<>(tools.shared().client(), AccessReview::new, tools.reviews()::sealed);
        this.reviews = tools.reviews();
        this.identities = tools.shared().identities();
        this.rights = new KubernetesReviewerRights(tools.shared().oracle(), tools.bindings());
        this.metrics = new ReviewMetrics(tools.meters());
        this.journal = new ReviewJournal(tools.shared().events(), metrics);
        this.aliases = tools.aliases().behind(tools.shared().identities()::personBehind);
        this.entitlements = tools.entitlements();
        this.parameters = tools.shared().parameters();
        this.certifications = new KubernetesCertifications(
                tools.shared().memory(), reviews, identities, tools.shared().cluster());
        this.campaigns = new KubernetesCampaigns(
                tools.shared().client(),
                tools.shared().memory(),
                reviews,
                identities,
                certifications::open,
                tools.shared().oracle(),
                tools.campaignNotice());
        this.requests = new RequestReviews(wanted, whenAsked);
        this.breakGlass = new KubernetesBreakGlassReviews(tools.shared().memory(), identities);
        this.guard = tools.shared().guard();
        this.clock = tools.shared().clock();
        this.changed = changed;
        this.trigger = new KubernetesTrigger<>(
                "lapse", firstPass::ready, changed, (before, after) -> changed.accept(after), this::gone);
    }

    /** What was owed in it is owed still. */
    private void gone(AccessReview review) {
        changed.accept(review);
        if (!review.getSpec().campaign() && kind(review).owedByIdentity()) {
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

    @Override
    public List<EventSource<?, AccessReview>> prepareEventSources(EventSourceContext<AccessReview> context) {
        reviews.connect(context.getPrimaryCache());
        status.connect(context.getPrimaryCache());
        return List.of(trigger);
    }

    @Override
    public UpdateControl<AccessReview> reconcile(AccessReview review, Context<AccessReview> context) {
        Instant now = clock.instant();
        if (review.getSpec().campaign()) {
            return reconcileCampaign(review, now);
        }
        ReviewKind kind = kind(review);
        if (!kind.ready(review)) {
            return UpdateControl.<AccessReview>noUpdate().rescheduleAfter(UNTIL_MEMORY_IS_READ);
        }
        AccessReviewStatus before = kind.reopened(review, reviews.trusted(review), now);
        if (review.getMetadata().getDeletionTimestamp() != null
                || (before != null && before.phase().ended())) {
            // An operator that was killed may have said so here and not in its memory.
            if (kind.settled(review, before, now)) {
                changed.accept(review);
                campaignConcerned(review);
            }
            return UpdateControl.noUpdate();
        }
        GuardState guardNow = guard.get();
        ReviewFacts facts = observe(review, before, guardNow, now);
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
            campaignConcerned(review);
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

    private void campaignConcerned(AccessReview review) {
        Optional.ofNullable(review.getSpec().partOf())
                .ifPresent(campaign -> lookAgain(campaign.namespace(), campaign.name()));
    }

    private static UpdateControl<AccessReview> again(Optional<Instant> lookAgainAt, Instant now) {
        return lookAgainAt
                .map(at -> UpdateControl.<AccessReview>noUpdate()
                        .rescheduleAfter(Duration.between(now, at).plusMillis(1)))
                .orElseGet(UpdateControl::noUpdate);
    }

    private UpdateControl<AccessReview> reconcileCampaign(AccessReview campaign, Instant now) {
        AccessReviewStatus before = reviews.trusted(campaign);
        if (campaign.getMetadata().getDeletionTimestamp() != null
                || (before != null && before.phase().ended())) {
            return UpdateControl.noUpdate();
        }
        if (!campaignsAtOnce.tryAcquire()) {
            return UpdateControl.<AccessReview>noUpdate().rescheduleAfter(UNTIL_ANOTHER_CAMPAIGN_IS_DONE);
        }
        try {
            return lookAtCampaign(campaign, before, now);
        } finally {
            campaignsAtOnce.release();
        }
    }

    private UpdateControl<AccessReview> lookAtCampaign(
            AccessReview campaign, @Nullable AccessReviewStatus before, Instant now) {
        KubernetesCampaigns.Pass pass = campaigns.look(campaign, before, guard.get(), now);
        if (write(campaign, pass.status())) {
            journal.wrote(campaign, before, pass.decided());
        }
        return again(pass.lookAgainAt(), now);
    }

    /** The one place where it is chosen: a type without one does not compile. */
    private ReviewKind kind(AccessReview review) {
        return switch (review.getSpec().type()) {
            case Request -> requests;
            case BreakGlass -> breakGlass;
            case Entitlement -> entitlements;
            case Certification -> certifications;
        };
    }

    /** Counts what is owed, for the metrics. */
    public void takeCensus() {
        Instant now = clock.instant();
        metrics.owed(certifications.owed(now), now);
    }

    /** Opens again what is owed and was lost. */
    public void openMissing() {
        if (trigger.isRunning()) {
            certifications.openMissing(clock.instant());
        }
    }

    private ReviewFacts observe(
            AccessReview review, @Nullable AccessReviewStatus before, GuardState guardNow, Instant now) {
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
        ReviewKind kind = kind(review);
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

    /** Over the version that was read: a verdict is judged only as the newest content has it. */
    private boolean write(AccessReview review, AccessReviewStatus after) {
        Optional<AccessReview> written = status.write(review, after);
        written.ifPresent(changed);
        return written.isPresent();
    }
}
