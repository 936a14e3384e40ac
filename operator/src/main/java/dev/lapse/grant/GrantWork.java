package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.grant.PassQueue.Desk;
import dev.lapse.grant.end.EndingNotes;
import dev.lapse.grant.end.Endings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What a desk does with a grant: observes it, passes over it, and sees to it that it is looked at again in time. */
final class GrantWork {
    private final KubernetesGrantObserver observer;
    private final KubernetesKnownGrants known;
    private final BiFunction<PrivilegeGrant, Desk, GrantEffects> effects;
    private final EndingNotes notes;
    private final GrantLane lane;
    private final WakeUps<GrantKey> wakeUps;
    private final GrantPasses passes;
    private final InstantSource clock;

    GrantWork(
            KubernetesGrantObserver observer,
            KubernetesKnownGrants known,
            BiFunction<PrivilegeGrant, Desk, GrantEffects> effects,
            EndingNotes notes,
            GrantLane lane,
            WakeUps<GrantKey> wakeUps,
            GrantPasses passes,
            InstantSource clock) {
        this.observer = observer;
        this.known = known;
        this.effects = effects;
        this.notes = notes;
        this.lane = lane;
        this.wakeUps = wakeUps;
        this.passes = passes;
        this.clock = clock;
    }

    /** Throws if a step failed; the pass is then repeated. What fails for one grant of the name holds up no other one. */
    void over(GrantKey key, Desk desk) {
        List<RuntimeException> failed = new ArrayList<>();
        for (PrivilegeGrant gone : known.torn(key)) {
            attempt(failed, () -> {
                if (over(gone, true, desk)) {
                    known.forgetTorn(gone);
                }
            });
        }
        known.find(key).ifPresent(grant -> attempt(failed, () -> over(grant, false, desk)));
        if (!failed.isEmpty()) {
            RuntimeException first = failed.get(0);
            failed.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    private static void attempt(List<RuntimeException> failed, Runnable pass) {
        try {
            pass.run();
        } catch (RuntimeException thrown) {
            failed.add(thrown);
        }
    }

    /** @return whether the pass went through, and is not left to the lane */
    private boolean over(PrivilegeGrant grant, boolean gone, Desk desk) {
        String uid = grant.getMetadata().getUid();
        GrantKey key = GrantGlance.key(grant);
        if (lane.takes(uid, key)) {
            return false;
        }
        Instant now = clock.instant();
        GrantFacts facts = observer.observe(grant, gone, now);
        if (isTheLanes(facts, now)) {
            // Time has ended it, or an event was lost.
            lane.suspect(uid, key);
            return false;
        }
        GrantPass pass = new GrantPass(effects.apply(grant, desk), clock, this::announced, () -> notes.ending(uid));
        GrantPass.Settled settled = pass.over(facts, now);
        boolean through = settled.decision().next().isEmpty();
        if (through) {
            settled(settled.facts(), settled.decision());
        }
        return through;
    }

    /** It gives access, it is over, and the lane does not know of it. */
    private static boolean isTheLanes(GrantFacts facts, Instant now) {
        return facts.record().announced()
                && !facts.record().phase().ended()
                && facts.record().end().isEmpty()
                && Endings.first(facts, now).isPresent();
    }

    /** The end of a grant is known: from now on the lane sees to it. */
    private void announced(GrantFacts facts) {
        if (!facts.record().phase().ended() && facts.record().end().isEmpty()) {
            known.begun(facts.request());
            Endings.atTheLatest(facts, clock.instant())
                    .ifPresent(end -> lane.schedule(facts.request().uid(), key(facts), end));
        }
    }

    private void settled(GrantFacts facts, GrantDecision decision) {
        GrantKey key = key(facts);
        if (decision.phase().ended()) {
            lane.forget(facts.request().uid());
            notes.forget(facts.request().uid());
            known.ended(facts.request().uid());
        }
        if (facts.verification()
                .filter(dev.lapse.access.ResidualAccess::postponed)
                .isPresent()) {
            passes.add(key, Desk.Prove);
        }
        Optional<Instant> wake = decision.lookAgainAt();
        boolean laneWakes =
                decision.phase() == GrantPhase.Active && wake.equals(Endings.atTheLatest(facts, Instant.MIN));
        if (laneWakes) {
            wakeUps.forget(key);
        } else {
            wake.ifPresentOrElse(at -> wakeUps.at(at, key), () -> wakeUps.forget(key));
        }
    }

    private static GrantKey key(GrantFacts facts) {
        return new GrantKey(facts.request().namespace(), facts.request().name());
    }
}
