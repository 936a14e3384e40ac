package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.api.v1alpha1.StatusText;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Conditions;
import dev.lapse.condition.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells, whole and from settled facts, what a review's status is. */
final class ReviewStatusReport {
    private ReviewStatusReport() {}

    static AccessReviewStatus of(
            ReviewFacts facts,
            ReviewDecision decision,
            Optional<Proof> proof,
            @Nullable AccessReviewStatus previous,
            Instant now) {
        List<Condition> before = previous == null || previous.conditions() == null ? List.of() : previous.conditions();
        return new AccessReviewStatus(
                facts.generation(),
                decision.phase(),
                proof.orElse(null),
                decision.outcome().orElse(null),
                decision.decidedAt().orElse(null),
                decision.approvals() + "/" + facts.spec().required(),
                ReviewItems.of(facts.spec(), decision.verdicts()),
                decision.verdicts(),
                decision.phase().ended() ? null : ReviewItems.patch(facts, decision.verdicts()),
                null,
                Conditions.merge(before, conditions(facts, decision, message(decision, before), now)));
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
        return List.of(
                condition(ConditionType.Ready, decision.phase() == ReviewPhase.Completed, reason, message, facts, now),
                condition(ConditionType.Complete, decision.phase().ended(), reason, message, facts, now),
                condition(
                        ConditionType.OnTime,
                        !late,
                        late ? reason : Reason.OnTime,
                        late ? message : "due at " + facts.spec().dueAt(),
                        facts,
                        now));
    }

    static Reason reason(ReviewDecision decision, ReviewType type) {
        return switch (decision.phase()) {
            case Open -> type.afterwards() ? Reason.ReviewOwed : Reason.ApprovalRequired;
            case Overdue -> Reason.ReviewOverdue;
            case Held -> Reason.BreakGlassHeld;
            case Expired -> Reason.ReviewExpired;
            case Cancelled -> Reason.ReviewCancelled;
            case Completed -> decision.outcome().map(ReviewStatusReport::reason).orElse(Reason.ApprovalDenied);
        };
    }

    private static Reason reason(Outcome outcome) {
        return switch (outcome) {
            case Approved -> Reason.Approved;
            case Denied -> Reason.ApprovalDenied;
            case Kept -> Reason.BreakGlassKept;
            case Revoked -> Reason.BreakGlassHeld;
        };
    }

    private static Condition condition(
            ConditionType type, boolean yes, Reason reason, String message, ReviewFacts facts, Instant now) {
        return new Condition(
                type.name(),
                yes ? ConditionStatus.True : ConditionStatus.False,
                reason.name(),
                StatusText.fit(message, StatusText.MESSAGE),
                facts.generation(),
                now.truncatedTo(ChronoUnit.SECONDS));
    }
}
