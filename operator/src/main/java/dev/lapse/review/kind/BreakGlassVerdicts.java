package dev.lapse.review.kind;

import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides what a break-glass has come to: owed until somebody says Keep or Revoke, however late; and after a Revoke held
 * until somebody else says Keep.
 */
public final class BreakGlassVerdicts {
    private static final Duration FOR_THE_GRANT_TO_END = Duration.ofSeconds(1);

    private BreakGlassVerdicts() {}

    /** Who said Revoke, if anybody did. */
    static Optional<String> revokedBy(List<SeenVerdict> verdicts) {
        return verdicts.stream()
                .filter(verdict -> verdict.counts() && verdict.verdict() == Verdict.Revoke)
                .map(SeenVerdict::by)
                .findFirst();
    }

    /** @param waiting whether a verdict could not be judged yet */
    public static ReviewDecision sum(ReviewFacts facts, List<SeenVerdict> verdicts, boolean waiting, Instant now) {
        List<SeenVerdict> counting =
                verdicts.stream().filter(SeenVerdict::counts).toList();
        Optional<String> revoked = revokedBy(counting);
        // One that was said before the Revoke, at the latest in the same breath, has lifted nothing.
        Optional<String> kept = counting.stream()
                .dropWhile(verdict -> revoked.isPresent() && verdict.verdict() != Verdict.Revoke)
                .filter(verdict -> verdict.verdict() == Verdict.Keep)
                .map(SeenVerdict::by)
                .findFirst();
        boolean told = revokedBy(facts.recorded()).isPresent();
        if (!facts.wanted()) {
            return decided(
                    facts,
                    ReviewPhase.Cancelled,
                    Optional.empty(),
                    verdicts,
                    "the operator did not open this review as it is, and owes nothing for it",
                    Optional.empty(),
                    now);
        }
        if (kept.isPresent() && (revoked.isEmpty() || told)) {
            return decided(
                    facts,
                    ReviewPhase.Completed,
                    Optional.of(Outcome.Kept),
                    verdicts,
                    "kept by " + kept.get()
                            + revoked.map(who -> ", after " + who + " had said Revoke")
                                    .orElse(""),
                    Optional.empty(),
                    now);
        }
        Optional<Instant> unjudged =
                waiting ? Optional.of(now.plus(ReviewDecision.AFTER_A_FAILED_LOOKUP)) : Optional.empty();
        if (revoked.isPresent()) {
            return decided(
                    facts,
                    ReviewPhase.Held,
                    Optional.of(Outcome.Revoked),
                    verdicts,
                    "revoked by " + revoked.get() + ": break-glass to the same is held until somebody else says Keep",
                    kept.map(who -> now.plus(FOR_THE_GRANT_TO_END)).or(() -> unjudged),
                    now);
        }
        boolean overdue = !now.isBefore(facts.spec().dueAt());
        return decided(
                facts,
                overdue ? ReviewPhase.Overdue : ReviewPhase.Open,
                Optional.empty(),
                verdicts,
                overdue
                        ? "it was due at " + facts.spec().dueAt() + " and is owed still: somebody says Keep or Revoke"
                        : "waits for somebody to say Keep or Revoke until "
                                + facts.spec().dueAt(),
                Stream.concat(
                                unjudged.stream(),
                                overdue
                                        ? Stream.empty()
                                        : Stream.of(facts.spec().dueAt()))
                        .min(Instant::compareTo),
                now);
    }

    private static ReviewDecision decided(
            ReviewFacts facts,
            ReviewPhase phase,
            Optional<Outcome> outcome,
            List<SeenVerdict> verdicts,
            String message,
            Optional<Instant> lookAgainAt,
            Instant now) {
        boolean settled = phase.ended() || phase == ReviewPhase.Held;
        return new ReviewDecision(
                Optional.empty(),
                phase,
                outcome,
                settled ? Optional.of(decidedAt(facts, phase, now)) : Optional.empty(),
                List.copyOf(verdicts),
                (int) verdicts.stream()
                        .filter(verdict -> verdict.counts() && verdict.verdict() == Verdict.Keep)
                        .count(),
                message,
                lookAgainAt);
    }

    private static Instant decidedAt(ReviewFacts facts, ReviewPhase phase, Instant now) {
        return facts.phase() == phase
                ? facts.decidedAt().orElse(now.truncatedTo(ChronoUnit.SECONDS))
                : now.truncatedTo(ChronoUnit.SECONDS);
    }
}
