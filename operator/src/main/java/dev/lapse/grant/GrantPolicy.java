package dev.lapse.grant;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.condition.Reason;
import dev.lapse.credential.TokenSchedule;
import dev.lapse.grant.GrantAction.Bind;
import dev.lapse.grant.GrantAction.CreateAccount;
import dev.lapse.grant.GrantAction.DeliverToken;
import dev.lapse.grant.GrantAction.Hold;
import dev.lapse.grant.GrantAction.IssueToken;
import dev.lapse.grant.GrantAction.Note;
import dev.lapse.grant.GrantAction.Release;
import dev.lapse.grant.GrantAction.Remove;
import dev.lapse.grant.GrantAction.ReserveSecret;
import dev.lapse.grant.GrantAction.VerifyRemoval;
import dev.lapse.grant.GrantAction.WriteStatus;
import dev.lapse.grant.ObservedObject.Sight;
import dev.lapse.grant.RequestCheck.Obstacle;
import dev.lapse.grant.RequestCheck.Refused;
import dev.lapse.grant.RequestCheck.Waiting;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Decides what a grant is and what is to be done next: taking away before giving, intent before access. */
final class GrantPolicy {
    private GrantPolicy() {}

    static GrantDecision decide(GrantFacts facts, Instant now) {
        if (facts.record().phase().ended()) {
            return afterTheEnd(facts, now);
        }
        Optional<Ending> ending = Endings.first(facts, now);
        if (ending.isPresent()) {
            return end(facts, ending.get(), now);
        }
        return facts.record().announced() ? build(facts, now) : consider(facts, now);
    }

    /** A request: refuse it, let it wait, or announce its end and begin. */
    private static GrantDecision consider(GrantFacts facts, Instant now) {
        Optional<Obstacle> obstacle = RequestChecks.first(facts, now);
        if (obstacle.isPresent()) {
            return hindered(facts, obstacle.get(), now);
        }
        if (!facts.request().held()) {
            return activating(facts, new Hold());
        }
        IdentityFacts identity = facts.identity().orElseThrow();
        EntryFacts entry = identity.entry(facts.request().privilege()).orElseThrow();
        Instant end = GrantPlan.expiresAt(facts, now);
        GrantRecord intent = proved(facts, now)
                .withIntent(GrantPlan.resolve(facts, identity, entry), end, GrantPlan.objects(facts.request(), entry));
        return activating(facts, new WriteStatus(intent));
    }

    private static GrantDecision hindered(GrantFacts facts, Obstacle obstacle, Instant now) {
        if (obstacle instanceof Refused refused) {
            End end = End.begun(EndCause.Denied, null, refused.message(), now.truncatedTo(ChronoUnit.SECONDS));
            return GrantDecision.todo(
                    GrantPhase.Denied,
                    refused.reason(),
                    refused.message(),
                    new WriteStatus(facts.record().withEnd(end).withPhase(GrantPhase.Denied)));
        }
        if (obstacle instanceof Waiting waiting) {
            boolean provable = waiting.reason() == Reason.ApprovalRequired
                    || waiting.reason() == Reason.ClaimedRequest
                    || waiting.reason() == Reason.NotYet;
            if (provable && facts.record().proof().isEmpty()) {
                return GrantDecision.todo(
                        waiting.phase(), waiting.reason(), waiting.message(), new Note(proved(facts, now)));
            }
            return GrantDecision.settled(waiting.phase(), waiting.reason(), waiting.message(), waiting.lookAgainAt());
        }
        return activating(facts, new GrantAction.AskEntitlement());
    }

    /** The guard stood when the names were written: that stays true whatever becomes of the guard. */
    private static GrantRecord proved(GrantFacts facts, Instant now) {
        return facts.record().proof().isPresent()
                ? facts.record()
                : facts.record()
                        .withProof(new Proof(
                                facts.guard().epoch(),
                                facts.request().generation(),
                                now.truncatedTo(ChronoUnit.SECONDS)));
    }

    /** The end is announced: make what is missing, in order, and keep it as it should be until then. */
    private static GrantDecision build(GrantFacts facts, Instant now) {
        for (ObservedObject observed : facts.objects()) {
            Optional<GrantAction> step = switch (observed.object().kind()) {
                case ServiceAccount -> account(observed);
                case Secret -> secret(facts, observed, now);
                case RoleBinding, ClusterRoleBinding -> binding(observed);
            };
            if (step.isPresent()) {
                return activating(facts, step.get());
            }
        }
        Instant end = facts.record().expiresAt().orElseThrow();
        if (facts.record().activatedAt().isEmpty()) {
            return GrantDecision.todo(
                    GrantPhase.Active,
                    Reason.Active,
                    "active until " + end,
                    new Note(facts.record().withActivatedAt(now.truncatedTo(ChronoUnit.MILLIS))));
        }
        Optional<Instant> validUntil = facts.identity().flatMap(IdentityFacts::validUntil);
        Optional<Instant> wake = Stream.of(Optional.of(end), renewal(facts), validUntil)
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
        return GrantDecision.settled(GrantPhase.Active, Reason.Active, "active until " + end, wake);
    }

    private static Optional<GrantAction> account(ObservedObject account) {
        if (account.object().state() == ObjectState.Present) {
            return Optional.empty();
        }
        // Announced, and there, but not in the record: an attempt was cut off after it. Its token may be in somebody's
        // hands under an id nobody wrote down, so the account goes, and all its tokens with it.
        return Optional.of(account.sight() == Sight.Absent ? new CreateAccount(account.object()) : new Remove(account));
    }

    private static Optional<GrantAction> secret(GrantFacts facts, ObservedObject secret, Instant now) {
        boolean bound = facts.record().resolved().orElseThrow().principal() == PrincipalType.Subject;
        if (secret.object().state() == ObjectState.Present) {
            return renewal(facts).filter(at -> !now.isBefore(at)).isPresent()
                    ? Optional.of(issueOrDeliver(facts, secret, now))
                    : Optional.empty();
        }
        if (bound && secret.object().uid() == null) {
            return Optional.of(new ReserveSecret(secret.object()));
        }
        return Optional.of(issueOrDeliver(facts, secret, now));
    }

    private static GrantAction issueOrDeliver(GrantFacts facts, ObservedObject secret, Instant now) {
        return facts.token().isPresent()
                ? new DeliverToken(secret.object())
                : new IssueToken(TokenSchedule.lifetime(
                        facts.request().audiences(),
                        now,
                        facts.record().expiresAt().orElseThrow()));
    }

    private static Optional<GrantAction> binding(ObservedObject binding) {
        return switch (binding.sight()) {
            case Correct ->
                binding.object().state() == ObjectState.Present
                        ? Optional.empty()
                        // It was made just before an attempt was cut off: binding again finds it.
                        : Optional.of(new Bind(binding.object()));
            case Changed -> Optional.of(new Remove(binding));
            default -> Optional.of(new Bind(binding.object()));
        };
    }

    /** When the token must be renewed, if the API server gave a shorter one than the grant needs. */
    private static Optional<Instant> renewal(GrantFacts facts) {
        List<IssuedCredential> issued = facts.record().credentials();
        if (issued.isEmpty() || facts.record().activatedAt().isEmpty()) {
            return Optional.empty();
        }
        IssuedCredential last = issued.get(issued.size() - 1);
        return TokenSchedule.endsTooEarly(
                        last.expiresAt(), facts.record().expiresAt().orElseThrow())
                ? Optional.of(TokenSchedule.renewAt(last.issuedAt(), last.expiresAt()))
                : Optional.empty();
    }

    /** Take away: bindings first, then the account, then the rest; then ask what is left; then say so. */
    private static GrantDecision end(GrantFacts facts, Ending ending, Instant now) {
        GrantPhase last = lastPhase(facts, ending);
        if (!facts.record().announced()) {
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
        Optional<ObservedObject> next = facts.objects().stream()
                .filter(object -> object.object().state() != ObjectState.Gone)
                .min((one, other) -> Integer.compare(removalOrder(one), removalOrder(other)));
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
            return ending(ending, takeAway(facts, next.get()));
        }
        if (facts.verification().isEmpty()) {
            return ending(ending, new VerifyRemoval());
        }
        return GrantDecision.todo(
                last,
                whyItIsOver(ending.cause()),
                ending.message(),
                new WriteStatus(facts.record()
                        .withEnd(EndProof.of(facts, end, facts.verification().get(), now))
                        .withPhase(last)));
    }

    private static GrantAction takeAway(GrantFacts facts, ObservedObject object) {
        GrantObject gone = new GrantObject(
                object.object().kind(),
                object.object().namespace(),
                object.object().name(),
                object.object().uid(),
                ObjectState.Gone);
        return switch (object.sight()) {
            // Somebody else's object was never ours to remove.
            case Absent, Foreign -> new Note(facts.record().withObject(gone));
            case Correct, Changed, Hidden -> new Remove(object);
        };
    }

    private static int removalOrder(ObservedObject object) {
        return switch (object.object().kind()) {
            case ClusterRoleBinding, RoleBinding -> 0;
            case ServiceAccount -> 1;
            case Secret -> 2;
        };
    }

    /** The one thing for which a grant that has begun fails is a name that somebody else's object has. */
    private static Reason whyItIsOver(EndCause cause) {
        return cause == EndCause.Failed ? Reason.NameTaken : Reason.Ended;
    }

    private static GrantPhase lastPhase(GrantFacts facts, Ending ending) {
        return switch (ending.cause()) {
            case Expired -> GrantPhase.Expired;
            case Failed -> GrantPhase.Failed;
            default -> GrantPhase.Revoked;
        };
    }

    private static End begun(Ending ending) {
        return End.begun(
                ending.cause(),
                ending.by().orElse(null),
                ending.message(),
                ending.dueAt().truncatedTo(ChronoUnit.MILLIS));
    }

    private static GrantDecision ending(Ending ending, GrantAction next) {
        return GrantDecision.todo(GrantPhase.Revoking, Reason.Revoking, ending.message(), next);
    }

    private static GrantDecision activating(GrantFacts facts, GrantAction next) {
        boolean active = facts.record().activatedAt().isPresent();
        return GrantDecision.todo(
                active ? GrantPhase.Active : GrantPhase.Pending,
                active ? Reason.Active : Reason.Activating,
                active ? "active until " + facts.record().expiresAt().orElseThrow() : "being activated",
                next);
    }

    /** Ended phases never reopen; what rises again is taken away again, and an open question is asked again. */
    private static GrantDecision afterTheEnd(GrantFacts facts, Instant now) {
        GrantPhase phase = facts.record().phase();
        Reason reason = Reason.Ended;
        Optional<ObservedObject> risen = facts.objects().stream()
                .filter(object -> object.sight() == Sight.Correct || object.sight() == Sight.Changed)
                .findFirst();
        if (risen.isPresent()) {
            return GrantDecision.todo(phase, reason, "", new Remove(risen.get()));
        }
        Optional<End> open = facts.record()
                .end()
                .filter(end -> facts.record().announced() && end.verifiedAt() == null)
                .filter(end -> !facts.request().deleting());
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
        if (facts.request().held()) {
            return GrantDecision.todo(phase, reason, "", new Release());
        }
        return GrantDecision.settled(phase, reason, "", open.map(end -> EndProof.askAgainAt(end, now)));
    }
}
