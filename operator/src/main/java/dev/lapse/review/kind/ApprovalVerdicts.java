package dev.lapse.review.kind;

import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.condition.Reason;
import dev.lapse.review.Aliases;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides what a question that is asked beforehand has come to: one no ends it, enough people say yes, and silence is a no. */
public final class ApprovalVerdicts {
    private ApprovalVerdicts() {}

    /**
     * @param waiting whether a verdict could not be judged yet
     * @param notWanted why it is cancelled, if nobody asks for it any more
     */
    static ReviewDecision sum(
            ReviewFacts facts,
            List<SeenVerdict> verdicts,
            boolean waiting,
            Aliases aliases,
            String notWanted,
            Instant now) {
        Optional<Instant> at = Optional.of(now.truncatedTo(ChronoUnit.SECONDS));
        if (!facts.wanted()) {
            return ended(ReviewPhase.Cancelled, Optional.empty(), at, verdicts, aliases, notWanted);
        }
        Optional<SeenVerdict> denial = verdicts.stream()
                .filter(verdict -> verdict.counts() && verdict.verdict() == Verdict.Deny)
                .findFirst();
        if (denial.isPresent()) {
            return ended(
                    ReviewPhase.Completed,
                    Optional.of(Outcome.Denied),
                    at,
                    verdicts,
                    aliases,
                    "denied by " + denial.get().by());
        }
        if (approvals(verdicts, aliases) >= facts.spec().required()) {
            return ended(
                    ReviewPhase.Completed,
                    Optional.of(Outcome.Approved),
                    at,
                    verdicts,
                    aliases,
                    "approved by " + String.join(", ", approvers(verdicts)));
        }
        if (!now.isBefore(facts.spec().dueAt())) {
            return ended(
                    ReviewPhase.Expired,
                    Optional.empty(),
                    at,
                    verdicts,
                    aliases,
                    "it was due at " + facts.spec().dueAt() + ", and silence is a no");
        }
        Instant next = waiting
                ? now.plus(ReviewDecision.AFTER_A_FAILED_LOOKUP)
                : facts.spec().dueAt();
        return new ReviewDecision(
                Optional.empty(),
                ReviewPhase.Open,
                Optional.empty(),
                Optional.empty(),
                List.copyOf(verdicts),
                approvals(verdicts, aliases),
                "waits for " + (facts.spec().required() - approvals(verdicts, aliases)) + " more of "
                        + facts.spec().required() + " approvals until "
                        + facts.spec().dueAt(),
                Optional.of(
                        next.isBefore(facts.spec().dueAt())
                                ? next
                                : facts.spec().dueAt()));
    }

    /** Of a review that has ended. */
    public static ReviewDecision ended(
            ReviewPhase phase,
            Optional<Outcome> outcome,
            Optional<Instant> decidedAt,
            List<SeenVerdict> verdicts,
            Aliases aliases,
            String message) {
        return new ReviewDecision(
                Optional.empty(),
                phase,
                outcome,
                decidedAt,
                List.copyOf(verdicts),
                approvals(verdicts, aliases),
                message,
                Optional.empty());
    }

    static Reason reason(Outcome outcome) {
        return switch (outcome) {
            case Approved, Kept -> Reason.Approved;
            case Denied, Revoked -> Reason.ApprovalDenied;
        };
    }

    private static int approvals(List<SeenVerdict> verdicts, Aliases aliases) {
        Set<String> people = new LinkedHashSet<>();
        approvers(verdicts).forEach(name -> people.add(aliases.person(name)));
        return people.size();
    }

    private static List<String> approvers(List<SeenVerdict> verdicts) {
        return verdicts.stream()
                .filter(verdict -> verdict.counts() && verdict.verdict() == Verdict.Approve)
                .map(SeenVerdict::by)
                .toList();
    }
}
