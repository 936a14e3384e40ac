package dev.lapse.grant;

import dev.lapse.grant.begin.GrantBuilding;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One pass over one grant: decides and carries out until the facts are settled, then reports. */
public final class GrantPass {
    /** More steps than the largest grant has; a policy that never settles must not turn forever. */
    private static final int MOST_STEPS = 200;

    private final GrantEffects effects;
    private final InstantSource clock;
    private final Consumer<GrantFacts> announced;
    private final BooleanSupplier overtaken;

    /**
     * @param announced is told whenever the end of the grant is known
     * @param overtaken whether the lane has begun to end the grant: from then on nothing more is given
     */
    GrantPass(GrantEffects effects, InstantSource clock, Consumer<GrantFacts> announced, BooleanSupplier overtaken) {
        this.effects = effects;
        this.clock = clock;
        this.announced = announced;
        this.overtaken = overtaken;
    }

    /** Where a pass came to rest. */
    public record Settled(GrantFacts facts, GrantDecision decision) {}

    Settled over(GrantFacts observed, Instant begun) {
        GrantFacts facts = observed;
        Instant now = begun;
        GrantDecision decision = GrantPolicy.decide(facts, now);
        for (int step = 0; decision.next().isPresent(); step++) {
            if (facts.record().end().isEmpty() && overtaken.getAsBoolean()) {
                // As if it were cut off here: the pass that ends the grant takes away what there is.
                return new Settled(facts, decision);
            }
            if (step == MOST_STEPS) {
                throw new IllegalStateException("no settled state after " + MOST_STEPS + " steps, at " + decision);
            }
            try {
                facts = decision.next().get().carryOut(effects, facts, decision, now);
            } catch (GrantAction.DoneInPart failed) {
                tellOf(failed.refused(), failed.facts(), decision, now);
                throw failed.refused();
            } catch (RuntimeException failed) {
                tellOf(failed, facts, decision, now);
                throw failed;
            }
            if (facts.record().announced()) {
                announced.accept(facts);
            }
            now = clock.instant();
            decision = GrantPolicy.decide(facts, now);
        }
        if (!facts.record().phase().ended()) {
            facts = effects.writeStatus(facts, decision, now);
        }
        return new Settled(facts, decision);
    }

    /** A step that fails is tried again without end; meanwhile status says what fails. */
    private void tellOf(RuntimeException failed, GrantFacts facts, GrantDecision decision, Instant now) {
        Optional<String> why = effects.explain(failed);
        if (why.isEmpty() || facts.record().phase().ended() || decision.phase().ended()) {
            return;
        }
        // The record still says what is certain: a step that failed may or may not have happened.
        try {
            GrantFacts certain = effects.answered(failed)
                    ? facts
                    : decision.next().orElseThrow().unanswered(facts);
            effects.writeStatus(beforeAnyToken(certain), decision.failing(why.get()), now);
        } catch (RuntimeException again) {
            failed.addSuppressed(again);
        }
    }

    /**
     * The next attempt may be cut off after its first token and before its status, and then no status names the token. So
     * the record forgets the account or the Secret that carries tokens: the attempt after that makes it anew, and an
     * unknown token dies with the old one.
     */
    private static GrantFacts beforeAnyToken(GrantFacts facts) {
        boolean none = facts.record().announced()
                && facts.record().activatedAt().isEmpty()
                && facts.record().credentials().isEmpty()
                && facts.request().issuer().delivery().isPresent();
        return none ? facts.withRecord(GrantBuilding.withoutCarrier(facts)) : facts;
    }
}
