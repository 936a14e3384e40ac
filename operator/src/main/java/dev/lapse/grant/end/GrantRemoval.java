package dev.lapse.grant.end;

import dev.lapse.access.ResidualAccess;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.condition.Reason;
import dev.lapse.grant.ClaimMemory;
import dev.lapse.grant.Ending;
import dev.lapse.grant.GrantAction;
import dev.lapse.grant.GrantAction.Note;
import dev.lapse.grant.GrantAction.Release;
import dev.lapse.grant.GrantAction.Remove;
import dev.lapse.grant.GrantAction.VerifyRemoval;
import dev.lapse.grant.GrantAction.WriteStatus;
import dev.lapse.grant.GrantDecision;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.ObservedObject;
import dev.lapse.grant.ObservedObject.Found;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Decides what is to be taken away, in which order, and when nothing is left. */
public final class GrantRemoval {
    private GrantRemoval() {}

    /** Take away: bindings first, then the account, then the rest; then ask what is left; then say so. */
    public static GrantDecision end(GrantFacts facts, Ending ending, Instant now) {
        GrantPhase last = lastPhase(facts, ending);
        Optional<GrantAction> claim = ClaimMemory.ends(facts, ending.cause(), now);
        if (!facts.record().announced()) {
            if (claim.isPresent()) {
                return GrantDecision.todo(facts.record().phase(), Reason.NeverActive, ending.message(), claim.get());
            }
            End end = begun(ending);
            return GrantDecision.todo(
                    last,
                    Reason.NeverActive,
                    ending.message(),
                    new WriteStatus(facts.record().withEnd(end).withPhase(last)));
        }
        if (facts.record().end().isEmpty()) {
            return ending(ending, new Note(facts.record().withEnd(begun(ending))));
        }
        List<ObservedObject> left = facts.objects().stream()
                .filter(object -> object.object().state() != ObjectState.Gone)
                .sorted(Comparator.comparingInt(ObservedObject::order))
                .toList();
        Optional<ObservedObject> next = left.stream().findFirst();
        boolean bindingsGone =
                next.filter(object -> object.object().kind().binding()).isEmpty();
        End end = facts.record().end().orElseThrow();
        if (bindingsGone && end.effectiveAt() == null) {
            Instant effective = facts.bindingsGoneAt().orElse(now);
            return ending(
                    ending,
                    new Note(facts.record().withEnd(end.withEffectiveAt(effective.truncatedTo(ChronoUnit.MILLIS)))));
        }
        if (next.isPresent()) {
            return ending(ending, takeAway(facts, left));
        }
        if (facts.verification().isEmpty()) {
            return ending(ending, new VerifyRemoval());
        }
        if (claim.isPresent()) {
            return ending(ending, claim.get());
        }
        return GrantDecision.todo(
                last,
                whyItIsOver(ending.cause()),
                ending.message(),
                new WriteStatus(facts.record()
                        .withEnd(EndProof.of(facts, end, facts.verification().get(), now))
                        .withPhase(last)));
    }

    private static GrantAction takeAway(GrantFacts facts, List<ObservedObject> left) {
        ObservedObject object = left.get(0);
        boolean seenToGo = object.found() == Found.Absent
                && object.object().kind().binding()
                && facts.bindingsGoneAt().isPresent();
        // Somebody else's object was never ours to remove. What the informer does not show may be there all the
        // same: it shows nothing without our label, and is behind a creation whose answer was lost.
        return seenToGo || object.neverOurs()
                ? new Note(facts.record()
                        .withObject(object.object().with(object.object().uid(), ObjectState.Gone)))
                : new Remove(
                        object,
                        left.stream()
                                .skip(1)
                                .filter(other -> !other.neverOurs())
                                .toList());
    }

    private static GrantPhase lastPhase(GrantFacts facts, Ending ending) {
        return switch (ending.cause()) {
            case Expired -> GrantPhase.Expired;
            case Failed -> GrantPhase.Failed;
            default -> GrantPhase.Revoked;
        };
    }

    static End begun(Ending ending) {
        return End.begun(
                ending.cause(),
                ending.by().orElse(null),
                ending.message(),
                ending.dueAt().truncatedTo(ChronoUnit.MILLIS));
    }

    /** The one thing for which a grant that has begun fails is a name that somebody else's object has. */
    private static Reason whyItIsOver(EndCause cause) {
        return cause == EndCause.Failed ? Reason.NameTaken : Reason.Ended;
    }

    private static GrantDecision ending(Ending ending, GrantAction next) {
        return GrantDecision.todo(GrantPhase.Revoking, Reason.Revoking, ending.message(), next);
    }

    /** Ended phases never reopen; what rises again is taken away again, and an open question is asked again. */
    public static GrantDecision afterTheEnd(GrantFacts facts, Instant now) {
        GrantPhase phase = facts.record().phase();
        Reason reason = Reason.Ended;
        Optional<ObservedObject> risen = facts.objects().stream()
                .filter(object -> object.found() == Found.Correct || object.found() == Found.Changed)
                .findFirst();
        if (risen.isPresent()) {
            return GrantDecision.todo(phase, reason, "", new Remove(risen.get(), List.of()));
        }
        boolean postponed =
                facts.verification().filter(ResidualAccess::postponed).isPresent();
        boolean asked = facts.verification().isPresent() && !postponed;
        // Of a grant that is to be deleted the question is asked once: a missing answer does not hold up the deletion.
        Optional<End> open = facts.record()
                .end()
                .filter(end -> facts.record().announced() && end.verifiedAt() == null)
                .filter(end -> !(facts.request().deleting() && asked));
        if (open.isPresent()) {
            if (facts.verification().isEmpty()) {
                return GrantDecision.todo(phase, reason, "", new VerifyRemoval());
            }
            End proved = EndProof.of(facts, open.get(), facts.verification().get(), now);
            if (proved.verifiedAt() != null) {
                return GrantDecision.todo(
                        phase,
                        whyItIsOver(proved.cause()),
                        proved.message(),
                        new WriteStatus(facts.record().withEnd(proved)));
            }
        }
        Optional<GrantAction> claim = facts.record().end().flatMap(end -> ClaimMemory.ends(facts, end.cause(), now));
        if (claim.isPresent()) {
            return GrantDecision.todo(phase, reason, "", claim.get());
        }
        Optional<Instant> askAgainAt = open.map(end -> EndProof.askAgainAt(end, now));
        if (ClaimMemory.forgetful(facts, now)) {
            return GrantDecision.settled(
                    phase, reason, "", askAgainAt.or(() -> Optional.of(now.plus(ClaimMemory.LOOK_AGAIN))));
        }
        if (facts.request().held() && !postponed) {
            return GrantDecision.todo(phase, reason, "", new Release());
        }
        return GrantDecision.settled(phase, reason, "", askAgainAt);
    }
}
