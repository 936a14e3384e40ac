package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.grant.begin.GrantBuilding;
import dev.lapse.grant.request.RequestReview;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.memory.Remembered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** One step. It carries itself out and returns the facts as they then stand. */
public sealed interface GrantAction {
    GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now);

    /** What of the facts is certain while nobody knows whether this was carried out. */
    default GrantFacts unanswered(GrantFacts facts) {
        return facts;
    }

    /** Puts the finalizer on, so that the grant cannot go before what it gave. */
    record AddFinalizer() implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.addFinalizer(facts);
        }
    }

    /** Asks whether the entry's author could bind the role. */
    record AskEntitlement() implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.askEntitlement(facts);
        }
    }

    /** Finds out what else is held by whom the grant is for. */
    record AskDuties() implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.askDuties(facts, now);
        }
    }

    /** Asks the API server whether what the informers show is the newest: nothing is refused for good on less. */
    record ConfirmFreshness() implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.confirmFreshness(facts);
        }
    }

    /** Remembers what must outlive the grant's object. */
    record Remember(Remembered what) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.remember(facts, what, now);
        }
    }

    /** Takes something down that is known now; {@link WriteStatus} makes it durable. */
    record Note(GrantRecord record) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return facts.withRecord(record);
        }
    }

    /** Writes {@code record} as the status before going on. */
    record WriteStatus(GrantRecord record) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.writeStatus(facts.withRecord(record), decision, now);
        }
    }

    /** Finds out who could act as these accounts, and writes it and the review's name down before anybody is asked to decide. */
    record AskInsiders(List<String> accounts, String review) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            GrantFacts asked = effects.askInsiders(facts, accounts, now);
            return effects.writeStatus(asked.withRecord(asked.record().withReview(review)), decision, now);
        }
    }

    /** Opens the review in which people decide the request. */
    record OpenReview(RequestReview review) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.openReview(facts, review);
        }
    }

    /** Writes down what will be owed for a break-glass. */
    record TakeOnDebt(BreakGlassDebt debt, Duration maxTotal) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.takeOnDebt(facts, debt, maxTotal, now);
        }
    }

    record CreateAccount(GrantObject account) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.createAccount(facts, account);
        }
    }

    /** Makes the empty Secret that a token of the identity's own account is bound to. */
    record ReserveSecret(GrantObject secret) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.reserveSecret(facts, secret);
        }
    }

    /**
     * Issues a token. A renewed token is recorded before it is delivered. The first one has no rights until the bindings
     * exist; if its record is lost, the account or Secret that carries it is made anew.
     */
    record IssueToken(Duration lifetime) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            GrantFacts issued = effects.issueToken(facts, lifetime, now);
            boolean renewed =
                    issued.token().isPresent() && issued.record().activatedAt().isPresent();
            return renewed ? effects.writeStatus(issued, decision, now) : issued;
        }

        /** There may be a token that nobody knows of: what would carry it is not on record, so it is replaced. */
        @Override
        public GrantFacts unanswered(GrantFacts facts) {
            return facts.record().activatedAt().isPresent()
                    ? facts
                    : facts.withRecord(GrantBuilding.withoutCarrier(facts));
        }
    }

    record DeliverToken(GrantObject secret) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.deliverToken(facts, secret);
        }
    }

    /** Makes a binding, or the Role that one refers to. */
    record Bind(GrantObject binding) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.bind(facts, binding);
        }
    }

    /**
     * Removes an object of ours, by its UID where that is known.
     *
     * @param others what is tried all the same if this one cannot be removed: each that goes takes access away
     */
    record Remove(ObservedObject object, List<ObservedObject> others) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            try {
                return effects.remove(facts, object);
            } catch (RuntimeException refused) {
                GrantFacts left = facts;
                for (ObservedObject other : others) {
                    try {
                        left = effects.remove(left, other);
                    } catch (RuntimeException too) {
                        refused.addSuppressed(too);
                    }
                }
                throw new DoneInPart(left, refused);
            }
        }
    }

    /** A step of several writes, of which some failed. */
    final class DoneInPart extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient GrantFacts facts;
        private final RuntimeException refused;

        DoneInPart(GrantFacts facts, RuntimeException refused) {
            super(refused);
            this.facts = facts;
            this.refused = refused;
        }

        /** As they stand after what was done. */
        GrantFacts facts() {
            return facts;
        }

        RuntimeException refused() {
            return refused;
        }
    }

    /**
     * Deletes an object that the status does not explain. Where two instances think that they lead, the other one may
     * just have made it. So the status is written first: one of the two is refused with 409.
     */
    record ClearAway(ObservedObject object) implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            GrantFacts noted = facts.withObject(
                    object.object().with(object.seenUid().orElse(null), ObjectState.Creating), object.found());
            return effects.remove(effects.fence(noted, decision, now), object);
        }
    }

    /** Asks the API server what access is left. */
    record VerifyRemoval() implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.verifyRemoval(facts);
        }
    }

    /** Takes the finalizer off: nothing is left that this grant gave. */
    record Release() implements GrantAction {
        @Override
        public GrantFacts carryOut(GrantEffects effects, GrantFacts facts, GrantDecision decision, Instant now) {
            return effects.release(facts);
        }
    }
}
