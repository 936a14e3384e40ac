package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.CampaignCount;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatusBuilder;
import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.api.v1alpha1.StatusText;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Conditions;
import dev.lapse.condition.Reason;
import dev.lapse.review.campaign.CampaignPolicy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells, whole and from settled facts, what a review's status is. */
public final class ReviewStatusReport {
    private ReviewStatusReport() {}

    public static AccessReviewStatus of(
            ReviewFacts facts,
            ReviewDecision decision,
            Optional<Proof> proof,
            @Nullable AccessReviewStatus previous,
            Instant now) {
        List<Condition> before = previous == null || previous.conditions() == null ? List.of() : previous.conditions();
        return AccessReviewStatusBuilder.stagedBuilder()
                .observedGeneration(facts.generation())
                .phase(decision.phase())
                .proof(proof.orElse(null))
                .outcome(decision.outcome().orElse(null))
                .decidedAt(decision.decidedAt().orElse(null))
                .approvals(decision.approvals() + "/" + facts.terms().needed(facts.spec()))
                .campaign(null)
                .items(ReviewItems.of(facts.spec(), decision.verdicts(), facts.roleChangedAt()))
                .verdicts(decision.verdicts())
                .patch(decision.phase().ended() ? null : ReviewItems.patch(facts, decision.verdicts()))
                .seal(null)
                .conditions(Conditions.merge(before, conditions(facts, decision, message(decision, before), now)))
                .build();
    }

    /** The last status, with the failure of a pass over it: what it says besides may be old. */
    static AccessReviewStatus failed(AccessReview review, String why, Instant now) {
        AccessReviewStatus last = review.getStatus();
        List<Condition> before = last == null || last.conditions() == null ? List.of() : last.conditions();
        long generation = review.getMetadata().getGeneration();
        List<Condition> conditions = Conditions.withFailure(before, why, generation, now);
        return last == null
                ? AccessReviewStatusBuilder.stagedBuilder()
                        .observedGeneration(0)
                        .phase(ReviewPhase.Open)
                        .proof(null)
                        .outcome(null)
                        .decidedAt(null)
                        .approvals("0/0")
                        .campaign(null)
                        .items(List.of())
                        .verdicts(List.of())
                        .patch(null)
                        .seal(null)
                        .conditions(conditions)
                        .build()
                : last.withConditions(conditions);
    }

    /** @param count once its reviews are opened */
    public static AccessReviewStatus ofCampaign(
            AccessReview campaign,
            CampaignPolicy.Decided decided,
            Optional<CampaignCount> count,
            Optional<Proof> proof,
            Instant now) {
        AccessReviewStatus previous = campaign.getStatus();
        List<Condition> before = previous == null || previous.conditions() == null ? List.of() : previous.conditions();
        long generation = campaign.getMetadata().getGeneration();
        boolean ended = decided.phase().ended();
        boolean late = decided.phase() == ReviewPhase.Overdue;
        Instant at = now.truncatedTo(ChronoUnit.SECONDS);
        return AccessReviewStatusBuilder.stagedBuilder()
                .observedGeneration(generation)
                .phase(decided.phase())
                .proof(proof.orElse(null))
                .outcome(null)
                .decidedAt(ended ? at : null)
                .approvals(count.map(known -> known.decided() + "/" + known.reviews())
                        .orElse("0/0"))
                .campaign(count.orElse(null))
                .items(List.of())
                .verdicts(List.of())
                .patch(null)
                .seal(null)
                .conditions(Conditions.merge(
                        before,
                        List.of(
                                condition(
                                        ConditionType.Ready,
                                        decided.phase() == ReviewPhase.Completed,
                                        decided.reason(),
                                        decided.message(),
                                        generation,
                                        at),
                                condition(
                                        ConditionType.Complete,
                                        ended,
                                        decided.reason(),
                                        decided.message(),
                                        generation,
                                        at),
                                condition(
                                        ConditionType.OnTime,
                                        !late,
                                        late ? decided.reason() : Reason.OnTime,
                                        "due at " + campaign.getSpec().dueAt(),
                                        generation,
                                        at))))
                .build();
    }

    /** Of a review that ended before this pass only its status still knows how. */
    private static String message(ReviewDecision decision, List<Condition> before) {
        return decision.message().isEmpty()
                ? before.stream()
                        .filter(condition -> condition.type().equals(ConditionType.Complete.name()))
                        .map(Condition::message)
                        .findFirst()
                        .orElse(decision.phase().name())
                : decision.message();
    }

    private static List<Condition> conditions(ReviewFacts facts, ReviewDecision decision, String message, Instant now) {
        Reason reason = reason(decision, facts.spec().type());
        boolean late = decision.phase() == ReviewPhase.Expired || decision.phase() == ReviewPhase.Overdue;
        long generation = facts.generation();
        Instant at = now.truncatedTo(ChronoUnit.SECONDS);
        return List.of(
                condition(
                        ConditionType.Ready,
                        decision.phase() == ReviewPhase.Completed,
                        reason,
                        message,
                        generation,
                        at),
                condition(ConditionType.Complete, decision.phase().ended(), reason, message, generation, at),
                condition(
                        ConditionType.OnTime,
                        !late,
                        late ? reason : Reason.OnTime,
                        late ? message : "due at " + facts.spec().dueAt(),
                        generation,
                        at));
    }

    static Reason reason(ReviewDecision decision, ReviewType type) {
        return switch (decision.phase()) {
            case Open -> type.afterwards() ? Reason.ReviewOwed : Reason.ApprovalRequired;
            case Overdue -> Reason.ReviewOverdue;
            case Held -> Reason.BreakGlassHeld;
            case Expired -> Reason.ReviewExpired;
            case Cancelled -> Reason.ReviewCancelled;
            case Completed ->
                decision.outcome().map(ReviewTerms.of(type)::reason).orElse(Reason.ApprovalDenied);
        };
    }

    private static Condition condition(
            ConditionType type, boolean yes, Reason reason, String message, long generation, Instant at) {
        return new Condition(
                type.name(),
                yes ? ConditionStatus.True : ConditionStatus.False,
                reason.name(),
                StatusText.fit(message, StatusText.MESSAGE),
                generation,
                at);
    }
}
