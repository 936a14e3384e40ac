package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.cluster.KubernetesEvents;
import dev.lapse.cluster.KubernetesEvents.Kind;
import dev.lapse.condition.Reason;
import dev.lapse.memory.NotRemembered;
import dev.lapse.review.campaign.CampaignPolicy;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people and tools what became of reviews: an Event, a log line, a measurement. */
final class ReviewJournal {
    private static final Logger LOG = LoggerFactory.getLogger(ReviewJournal.class);

    private static final Set<Reason> FRIENDLY = Set.of(Reason.Approved, Reason.BreakGlassKept, Reason.Certified);

    private final KubernetesEvents events;
    private final ReviewMetrics metrics;

    ReviewJournal(KubernetesEvents events, ReviewMetrics metrics) {
        this.events = events;
        this.metrics = metrics;
    }

    void wrote(ReviewFacts facts, ReviewDecision decision, @Nullable AccessReviewStatus before) {
        KubernetesEvents.About about =
                new KubernetesEvents.About("AccessReview", facts.namespace(), facts.name(), facts.uid());
        List<SeenVerdict> known = facts.recorded();
        decision.verdicts().stream()
                .filter(verdict -> !known.contains(verdict))
                .forEach(verdict -> tell(about, facts, verdict));
        if (before == null) {
            events.tell(
                    about,
                    facts.terms().owedForGrant() ? Kind.Warning : Kind.Normal,
                    "ReviewOpened",
                    ReviewItems.sentence(facts.spec()) + "; decide until "
                            + facts.spec().dueAt() + ", status.patch has the command");
        }
        Reason reason = ReviewStatusReport.reason(decision, facts.spec().type());
        if (decision.phase() != facts.phase()
                && (decision.phase() == ReviewPhase.Overdue || decision.phase() == ReviewPhase.Held)) {
            events.tell(
                    about, Kind.Warning, reason.name(), ReviewItems.sentence(facts.spec()) + ": " + decision.message());
        }
        if (decision.phase().ended() && !facts.phase().ended()) {
            LOG.atInfo()
                    .addKeyValue("review", facts.namespace() + "/" + facts.name())
                    .addKeyValue(
                            "about", String.join(", ", facts.spec().itemHashes().values()))
                    .addKeyValue("phase", decision.phase())
                    .addKeyValue("outcome", decision.outcome().map(Enum::name).orElse(""))
                    .log("review ended");
            metrics.ended(
                    decision.outcome().map(Enum::name).orElse(decision.phase().name()));
            events.tell(
                    about, FRIENDLY.contains(reason) ? Kind.Normal : Kind.Warning, reason.name(), decision.message());
        }
    }

    /** What was decided has no effect yet. */
    void notRemembered(ReviewFacts facts, NotRemembered unwritten) {
        LOG.atError()
                .addKeyValue("review", facts.namespace() + "/" + facts.name())
                .addKeyValue("error", unwritten.getMessage())
                .log("a verdict cannot be carried out, because it cannot be remembered");
        events.tell(
                new KubernetesEvents.About("AccessReview", facts.namespace(), facts.name(), facts.uid()),
                Kind.Warning,
                Reason.MemoryFull.name(),
                "the verdicts wait, because they cannot be remembered: " + unwritten.getMessage());
    }

    /** Of a campaign. */
    void wrote(AccessReview campaign, @Nullable AccessReviewStatus before, CampaignPolicy.Decided decided) {
        if (before != null && before.phase() == decided.phase()) {
            return;
        }
        KubernetesEvents.About about = new KubernetesEvents.About(
                "AccessReview",
                campaign.getMetadata().getNamespace(),
                campaign.getMetadata().getName(),
                campaign.getMetadata().getUid());
        boolean well = decided.phase() == ReviewPhase.Open || decided.phase() == ReviewPhase.Completed;
        LOG.atInfo()
                .addKeyValue("campaign", about.namespace() + "/" + about.name())
                .addKeyValue("by", campaign.getSpec().opener())
                .addKeyValue("phase", decided.phase())
                .addKeyValue("reason", decided.reason())
                .log("campaign");
        events.tell(
                about,
                well ? Kind.Normal : Kind.Warning,
                decided.reason().name(),
                decided.message()
                        + (before == null ? "; opened by " + campaign.getSpec().opener() : ""));
    }

    private void tell(KubernetesEvents.About about, ReviewFacts facts, SeenVerdict verdict) {
        metrics.judged(verdict.reason());
        LOG.atInfo()
                .addKeyValue("review", facts.namespace() + "/" + facts.name())
                .addKeyValue("by", verdict.by())
                .addKeyValue("verdict", verdict.verdict())
                .addKeyValue("reason", verdict.reason())
                .log("verdict judged");
        events.tell(
                about,
                verdict.counts() ? Kind.Normal : Kind.Warning,
                verdict.counts() ? "VerdictCounts" : "VerdictDoesNotCount",
                verdict.verdict() + " by " + verdict.by()
                        + (verdict.counts()
                                ? " counts"
                                : " does not count (" + verdict.reason() + "): " + verdict.message()));
    }
}
