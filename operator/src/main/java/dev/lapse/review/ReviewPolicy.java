package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.AccessReviewStatusSeenVerdictBuilder;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.api.v1alpha1.StatusText;
import dev.lapse.guard.NameProof;
import dev.lapse.review.kind.ApprovalVerdicts;
import dev.lapse.review.verdict.VerdictChecks;
import dev.lapse.review.verdict.VerdictChecks.Judged;
import dev.lapse.review.verdict.VerdictChecks.Judgement;
import dev.lapse.review.verdict.VerdictChecks.NotYet;
import dev.lapse.review.verdict.VerdictReason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides what a review has come to. A verdict is judged once, when it is first seen as it is written; who writes it
 * again, changed, is judged again. What was decided stays decided.
 */
public final class ReviewPolicy {
    private ReviewPolicy() {}

    public static ReviewDecision decide(ReviewFacts facts, Aliases aliases, Instant now) {
        if (facts.phase().ended()) {
            return ApprovalVerdicts.ended(
                    facts.phase(), facts.outcome(), facts.decidedAt(), facts.recorded(), aliases, "");
        }
        // What counted stays, whatever becomes of the words.
        List<SeenVerdict> verdicts = new ArrayList<>(
                facts.recorded().stream().filter(SeenVerdict::counts).toList());
        List<String> notYet = new ArrayList<>();
        for (Decision decision : facts.decisions()) {
            if (verdicts.stream()
                    .anyMatch(verdict ->
                            ReviewFacts.key(verdict.item(), verdict.by()).equals(ReviewFacts.key(decision)))) {
                continue;
            }
            Optional<SeenVerdict> known = facts.recorded(decision);
            if (known.isPresent()) {
                verdicts.add(known.get());
                continue;
            }
            Judgement judgement = VerdictChecks.first(facts, decision, aliases, now);
            if (judgement instanceof VerdictChecks.Unasked) {
                return asking(facts, decision);
            }
            if (judgement instanceof NotYet reason) {
                notYet.add(decision.verdict() + " by " + decision.by() + " (" + reason.why() + ")");
            } else if (judgement instanceof Judged judged) {
                verdicts.add(seen(facts, decision, onlyOnce(facts, judged, decision, verdicts, aliases), now));
            }
        }
        boolean open = !notYet.isEmpty();
        ReviewDecision decision = facts.terms().sum(facts, verdicts, open, aliases, now);
        return open && !decision.phase().ended() ? decision.withMessage(told(decision, notYet)) : decision;
    }

    /** A verdict that is not judged is not among the verdicts: whoever gave it, and whoever waits for it, read here why. */
    private static String told(ReviewDecision decision, List<String> notYet) {
        return decision.message() + "; not judged yet, and looked at again every "
                + ReviewDecision.AFTER_A_FAILED_LOOKUP.toSeconds() + " s: " + String.join(", ", notYet);
    }

    private static ReviewDecision asking(ReviewFacts facts, Decision decision) {
        return new ReviewDecision(
                Optional.of(decision),
                facts.phase(),
                Optional.empty(),
                Optional.empty(),
                facts.recorded(),
                0,
                "",
                Optional.empty());
    }

    /** A second name adds no second person, and nobody lifts what they did themselves. */
    private static Judged onlyOnce(
            ReviewFacts facts, Judged judged, Decision decision, List<SeenVerdict> before, Aliases aliases) {
        if (judged.reason() != VerdictReason.Counts) {
            return judged;
        }
        List<SeenVerdict> counting = before.stream()
                .filter(verdict -> verdict.counts() && verdict.item().equals(decision.item()))
                .toList();
        if (facts.terms().firstVerdictStands() && !counting.isEmpty()) {
            SeenVerdict first = counting.get(0);
            return new Judged(
                    VerdictReason.AlreadyDecided,
                    first.by() + " has decided it: " + first.verdict() + ". Another "
                            + (facts.spec().partOf() == null ? "review" : "campaign") + " may decide otherwise");
        }
        if (decision.verdict() == Verdict.Keep) {
            Optional<String> revokedBy = Stream.concat(
                            counting.stream()
                                    .filter(verdict -> verdict.verdict() == Verdict.Revoke)
                                    .map(SeenVerdict::by),
                            facts.revokedBefore().getOrDefault(decision.item(), List.of()).stream())
                    .filter(who -> aliases.same(who, decision.by()))
                    .findFirst();
            return revokedBy.isEmpty()
                    ? judged
                    : new Judged(
                            VerdictReason.SamePerson,
                            decision.by() + " has said Revoke"
                                    + (revokedBy.get().equals(decision.by()) ? "" : " under another name")
                                    + ": somebody else must lift that");
        }
        boolean again = decision.verdict() == Verdict.Approve
                && counting.stream()
                        .anyMatch(verdict ->
                                verdict.verdict() == Verdict.Approve && aliases.same(verdict.by(), decision.by()));
        return again
                ? new Judged(VerdictReason.SamePerson, decision.by() + " has approved under another name")
                : judged;
    }

    private static SeenVerdict seen(ReviewFacts facts, Decision decision, Judged judged, Instant now) {
        return AccessReviewStatusSeenVerdictBuilder.stagedBuilder()
                .item(decision.item())
                .by(decision.by())
                .byAs(decision.byAs() == null ? List.of() : decision.byAs())
                .verdict(decision.verdict())
                .seenAt(now.truncatedTo(ChronoUnit.MILLIS))
                .hash(DecisionHash.of(decision))
                .nameProved(facts.proofs().get(ReviewFacts.key(decision)) == NameProof.Answer.PROVED)
                .counts(judged.reason() == VerdictReason.Counts)
                .reason(judged.reason().name())
                .message(StatusText.fit(judged.message(), StatusText.MESSAGE))
                .build();
    }
}
