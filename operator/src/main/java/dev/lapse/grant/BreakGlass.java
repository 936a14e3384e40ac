package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.grant.request.RequestReview;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.memory.BreakGlassDebt;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What is owed for a grant that is taken without approval: it is on record before anything gives access. */
public final class BreakGlass {
    private BreakGlass() {}

    /** Nothing if the grant is none, or if what it would give is not known. */
    public static Optional<BreakGlassDebt> debt(GrantFacts facts, Instant now) {
        return RequestReview.afterwards(facts, now)
                .map(review -> new BreakGlassDebt(
                        facts.request().namespace(),
                        facts.identity()
                                .map(IdentityFacts::subject)
                                .map(subject -> subject.userName())
                                .orElse(""),
                        review.name(),
                        review.spec(),
                        null));
    }

    public static Duration maxTotal(EntryFacts entry) {
        return entry.breakGlass().map(EntryFacts.BreakGlass::maxTotal).orElse(Duration.ZERO);
    }

    /** What is on record for this very grant. */
    public static Optional<BreakGlassDebt> onRecord(GrantFacts facts, Instant now) {
        return facts.memory().all(BreakGlassDebt.class, now).stream()
                .filter(debt -> debt.grantUid().equals(facts.request().uid()))
                .findFirst();
    }

    /** The step that writes down what will be owed, as long as that is not done. */
    public static Optional<GrantAction> unwritten(GrantFacts facts, Instant now) {
        Optional<BreakGlassDebt> owed = debt(facts, now);
        return owed.filter(debt -> onRecord(facts, now)
                        .filter(known ->
                                facts.record().announced() || known.review().equals(debt.review()))
                        .isEmpty())
                .map(debt -> new GrantAction.TakeOnDebt(
                        debt,
                        facts.identity()
                                .flatMap(identity ->
                                        identity.entry(facts.request().privilege()))
                                .map(BreakGlass::maxTotal)
                                .orElse(Duration.ZERO)));
    }

    public static GrantDecision writingDown(GrantAction step) {
        return GrantDecision.todo(
                GrantPhase.Pending,
                Reason.Activating,
                "being activated: what will be owed for it is written down first, and nothing is given without",
                step);
    }
}
