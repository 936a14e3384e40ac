package dev.lapse.review.kind;

import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.memory.RevokedPrivilege;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewItems;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Decides what a certification has come to: owed until somebody has said Keep or Revoke to each item, however late. */
public final class CertificationVerdicts {
    private CertificationVerdicts() {}

    /** The items that nobody has decided. */
    static List<String> undecided(ReviewFacts facts, List<SeenVerdict> verdicts) {
        return facts.spec().itemHashes().keySet().stream()
                .filter(item -> ReviewItems.decided(item, verdicts).isEmpty())
                .toList();
    }

    /** What is revoked here is not lifted here: a Keep to another entry that gives the same is no second look at it. */
    public static boolean revokedHere(AccessReviewSpec spec, List<SeenVerdict> verdicts, RevokedPrivilege revoked) {
        return verdicts.stream()
                .filter(verdict -> verdict.counts() && verdict.verdict() == Verdict.Revoke)
                .flatMap(verdict ->
                        spec.pinned().stream().filter(entry -> entry.name().equals(verdict.item())))
                .anyMatch(entry -> revoked.isOf(entry.role(), entry.namespaces()));
    }

    /** @param waiting whether a verdict could not be judged yet: what is there counts before silence does */
    public static ReviewDecision sum(ReviewFacts facts, List<SeenVerdict> verdicts, boolean waiting, Instant now) {
        if (!facts.wanted()) {
            return decision(
                    facts,
                    ReviewPhase.Cancelled,
                    Optional.empty(),
                    verdicts,
                    "the operator did not open this review as it is, and nothing is owed for it",
                    Optional.empty(),
                    now);
        }
        List<String> undecided = undecided(facts, verdicts);
        List<SeenVerdict> revoked = verdicts.stream()
                .filter(verdict -> verdict.counts() && verdict.verdict() == Verdict.Revoke)
                .toList();
        if (undecided.isEmpty()) {
            return decision(
                    facts,
                    ReviewPhase.Completed,
                    Optional.of(revoked.isEmpty() ? Outcome.Kept : Outcome.Revoked),
                    verdicts,
                    revoked.isEmpty()
                            ? "all is kept"
                            : String.join(
                                            ", ",
                                            revoked.stream()
                                                    .map(verdict -> verdict.item() + " by " + verdict.by())
                                                    .toList())
                                    + " revoked, the rest kept",
                    Optional.empty(),
                    now);
        }
        String waits = "Keep or Revoke is owed for " + String.join(", ", undecided);
        boolean due = !now.isBefore(facts.spec().dueAt());
        boolean overdue = facts.phase() == ReviewPhase.Overdue || (due && !waiting);
        return overdue
                ? decision(
                        facts,
                        ReviewPhase.Overdue,
                        Optional.empty(),
                        verdicts,
                        "it was due at " + facts.spec().dueAt() + ": " + missed(facts) + ", and " + waits,
                        waiting ? Optional.of(now.plus(ReviewDecision.AFTER_A_FAILED_LOOKUP)) : Optional.empty(),
                        now)
                : decision(
                        facts,
                        ReviewPhase.Open,
                        Optional.empty(),
                        verdicts,
                        waits + " until " + facts.spec().dueAt(),
                        Optional.of(
                                waiting
                                        ? now.plus(ReviewDecision.AFTER_A_FAILED_LOOKUP)
                                        : facts.spec().dueAt()),
                        now);
    }

    private static String missed(ReviewFacts facts) {
        return switch (Objects.requireNonNull(facts.spec().onMissed(), "every certification says so")) {
            case Report -> "nothing is done about it but this";
            case Suspend -> "the identity is held until it is decided";
            case Revoke -> "what nobody decided is revoked";
        };
    }

    private static ReviewDecision decision(
            ReviewFacts facts,
            ReviewPhase phase,
            Optional<Outcome> outcome,
            List<SeenVerdict> verdicts,
            String message,
            Optional<Instant> lookAgainAt,
            Instant now) {
        int items = facts.spec().itemHashes().size();
        return new ReviewDecision(
                Optional.empty(),
                phase,
                outcome,
                phase.ended() ? Optional.of(now.truncatedTo(ChronoUnit.SECONDS)) : Optional.empty(),
                List.copyOf(verdicts),
                items - undecided(facts, verdicts).size(),
                message,
                lookAgainAt);
    }
}
