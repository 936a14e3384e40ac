package dev.lapse.grant.request;

import static dev.lapse.grant.Obstacle.refuse;
import static dev.lapse.grant.Obstacle.refuseIf;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.condition.Refusal;
import dev.lapse.grant.BreakGlass;
import dev.lapse.grant.ClaimMemory;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.identity.EntryFacts;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.review.BreakGlassRules;
import java.time.Instant;
import java.util.Optional;

/** What must hold so that a privilege is given without approval: the entry allows it, and nothing older is owed for it. */
final class BreakGlassChecks {
    private BreakGlassChecks() {}

    static Optional<Obstacle> entryAllowsIt(GrantFacts facts, EntryFacts entry, Instant now) {
        if (!facts.request().breakGlass()) {
            return Optional.empty();
        }
        return refuseIf(
                entry.breakGlass().isEmpty() || facts.request().claimed(),
                Reason.BreakGlassNotAllowed,
                facts.request().claimed()
                        ? "break-glass is never claimed: whoever needs it creates the grant with their own name"
                        : "entry " + entry.name()
                                + " has no breakGlass: leave spec.breakGlass out and ask for approval, or let the entry's"
                                + " author allow it beforehand");
    }

    static Optional<Obstacle> nothingOlderIsOwed(GrantFacts facts, EntryFacts entry, Instant now) {
        if (!facts.request().breakGlass()) {
            return Optional.empty();
        }
        BreakGlassDebt debt = BreakGlass.debt(facts, now).orElseThrow();
        if (!facts.memory().readable()) {
            return waiting(
                    Reason.MemoryUnreadable,
                    "what is owed for earlier break-glass is not known: "
                            + facts.memory().problem(),
                    now);
        }
        Optional<Refusal> refusal = BreakGlassRules.of(facts.memory(), debt, BreakGlass.maxTotal(entry), now);
        if (refusal.isPresent()) {
            return refuse(refusal.get().reason(), refusal.get().message());
        }
        return facts.memory().hasRoomFor(debt, now)
                ? Optional.empty()
                : waiting(Reason.MemoryFull, facts.memory().full(debt), now);
    }

    private static Optional<Obstacle> waiting(Reason reason, String message, Instant now) {
        return Optional.of(
                new Waiting(GrantPhase.Pending, reason, message, Optional.of(now.plus(ClaimMemory.LOOK_AGAIN))));
    }
}
