package dev.lapse.grant.begin;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.condition.Reason;
import dev.lapse.grant.BreakGlass;
import dev.lapse.grant.ClaimMemory;
import dev.lapse.grant.Ending;
import dev.lapse.grant.GrantAction;
import dev.lapse.grant.GrantAction.Bind;
import dev.lapse.grant.GrantAction.ClearAway;
import dev.lapse.grant.GrantAction.CreateAccount;
import dev.lapse.grant.GrantAction.DeliverToken;
import dev.lapse.grant.GrantAction.IssueToken;
import dev.lapse.grant.GrantAction.Note;
import dev.lapse.grant.GrantAction.Remove;
import dev.lapse.grant.GrantAction.ReserveSecret;
import dev.lapse.grant.GrantDecision;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantPolicy;
import dev.lapse.grant.GrantRecord;
import dev.lapse.grant.ObservedObject;
import dev.lapse.grant.ObservedObject.Found;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Refused;
import dev.lapse.grant.Obstacle.Unasked;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.identity.IdentityFacts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Decides what is missing of a grant whose end is announced, in the order in which it is made. */
public final class GrantBuilding {
    private GrantBuilding() {}

    /**
     * The end is announced: make what is missing, as long as nothing has come in the way since. An activation that was
     * cut off is another activation: the guard, the names and the author's rights count again.
     *
     * @param obstacle what has come in the way, if it does not {@linkplain #failure end} the grant
     */
    public static GrantDecision activate(GrantFacts facts, Optional<Obstacle> obstacle, Instant now) {
        Instant end = facts.record().expiresAt().orElseThrow();
        if (obstacle.isPresent()) {
            return interrupted(facts, obstacle.get(), now);
        }
        Optional<GrantAction> debt = BreakGlass.unwritten(facts, now);
        if (debt.isPresent()) {
            return BreakGlass.writingDown(debt.get());
        }
        return missing(facts, now)
                .map(step -> step(facts, step, now))
                .orElseGet(() -> GrantDecision.todo(
                        GrantPhase.Active,
                        Reason.Active,
                        "active until " + end,
                        new Note(facts.record()
                                .withWaivers(GrantPolicy.waived(facts))
                                .withActivatedAt(now.truncatedTo(ChronoUnit.MILLIS)))));
    }

    private static GrantDecision step(GrantFacts facts, GrantAction next, Instant now) {
        return next instanceof ClearAway
                ? GrantDecision.todo(GrantPhase.Pending, Reason.Activating, takenAway(now), next)
                : GrantPolicy.activating(facts, next);
    }

    /**
     * With the time in it, so that each write changes the status: the API server then refuses another instance that has
     * read the version before. A write that changes nothing keeps the resourceVersion.
     */
    private static String takenAway(Instant now) {
        return "what an attempt that was cut off has left is taken away, at " + now;
    }

    private static GrantDecision interrupted(GrantFacts facts, Obstacle obstacle, Instant now) {
        if (obstacle instanceof Unasked unasked) {
            return GrantPolicy.activating(facts, unasked.ask());
        }
        Waiting waiting = (Waiting) obstacle;
        Optional<ObservedObject> left = leftByAnAttempt(facts);
        if (left.isPresent()) {
            return GrantDecision.todo(
                    waiting.phase(),
                    waiting.reason(),
                    waiting.message() + "; " + takenAway(now),
                    new ClearAway(left.get()));
        }
        Instant end = facts.record().expiresAt().orElseThrow();
        return GrantDecision.settled(
                waiting.phase(),
                waiting.reason(),
                waiting.message(),
                waiting.lookAgainAt().filter(end::isAfter).or(() -> Optional.of(end)));
    }

    /** What cannot be activated any more, or only after people have decided anew, ends. */
    public static Optional<Ending> failure(Obstacle obstacle, Instant now) {
        if (obstacle instanceof Refused refused) {
            return Optional.of(failure(refused.message(), now));
        }
        return obstacle instanceof Waiting waiting && waiting.phase() != GrantPhase.Pending
                ? Optional.of(failure(waiting.message(), now))
                : Optional.empty();
    }

    private static Ending failure(String why, Instant now) {
        return new Ending(EndCause.EligibilityLost, Optional.empty(), now, "it could not be activated: " + why);
    }

    /**
     * An attempt that was cut off may have got as far as giving access. While the grant has to wait again, it gives none:
     * bindings first, then what carries a token.
     */
    private static Optional<ObservedObject> leftByAnAttempt(GrantFacts facts) {
        return facts.objects().stream()
                .filter(object -> object.found() == Found.Correct
                        || object.found() == Found.Changed
                        || (object.found() == Found.Hidden && object.object().kind() == carrier(facts)))
                .min(Comparator.comparingInt(ObservedObject::order));
    }

    /** The grant is active: keep it as it should be until its end. */
    public static GrantDecision keep(GrantFacts facts, Instant now) {
        Instant end = facts.record().expiresAt().orElseThrow();
        if (facts.request().breakGlass() && !facts.memory().readable()) {
            return unchanged(facts, end, now);
        }
        Optional<GrantAction> step = missing(facts, now);
        if (step.isPresent()) {
            return GrantPolicy.activating(facts, step.get());
        }
        Optional<Instant> validUntil = facts.identity().flatMap(IdentityFacts::validUntil);
        Optional<Instant> wake = Stream.of(Optional.of(end), renewal(facts), validUntil)
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
        return GrantDecision.settled(GrantPhase.Active, Reason.Active, "active until " + end, wake);
    }

    /** Somebody may have said Revoke: what there is stays until that is known, and nothing is made anew. */
    private static GrantDecision unchanged(GrantFacts facts, Instant end, Instant now) {
        Instant again = now.plus(ClaimMemory.LOOK_AGAIN);
        return GrantDecision.settled(
                GrantPhase.Active,
                Reason.Active,
                "active until " + end + "; whether somebody has revoked it is not known: "
                        + facts.memory().problem(),
                Optional.of(again.isBefore(end) ? again : end));
    }

    /** The first thing that is not as it should be, in the order in which things are made: access comes last. */
    private static Optional<GrantAction> missing(GrantFacts facts, Instant now) {
        if (astray(facts)) {
            return facts.objects().stream()
                    .filter(object -> object.object().kind() == carrier(facts))
                    .findFirst()
                    .map(ClearAway::new);
        }
        for (ObservedObject observed : facts.objects()) {
            Optional<GrantAction> step = switch (observed.object().kind()) {
                case ServiceAccount -> account(observed);
                case Secret -> secret(facts, observed, now);
                case Role, RoleBinding, ClusterRoleBinding -> giving(observed);
            };
            if (step.isPresent()) {
                return step;
            }
        }
        return Optional.empty();
    }

    /**
     * A token was issued before this pass, and whether it was delivered nobody knows. What it hangs on goes, and the token
     * with it, before there is any access.
     */
    private static boolean astray(GrantFacts facts) {
        return facts.record().activatedAt().isEmpty()
                && !facts.record().credentials().isEmpty()
                && facts.token().isEmpty()
                && facts.record()
                        .secret()
                        .filter(secret -> secret.state() != ObjectState.Present)
                        .isPresent();
    }

    /** What the grant's tokens live and die with. */
    static ObjectKind carrier(GrantFacts facts) {
        return facts.record().resolved().orElseThrow().principal() == PrincipalType.Dedicated
                ? ObjectKind.ServiceAccount
                : ObjectKind.Secret;
    }

    /** The record without what would carry a token: whatever it carries, the next attempt takes it away. */
    public static GrantRecord withoutCarrier(GrantFacts facts) {
        return facts.record().objects().stream()
                .filter(object -> object.kind() == carrier(facts))
                .findFirst()
                .map(object -> facts.record().withObject(object.with(null, ObjectState.Creating)))
                .orElseThrow();
    }

    private static Optional<GrantAction> account(ObservedObject account) {
        if (account.object().state() == ObjectState.Present) {
            return Optional.empty();
        }
        // Announced, and there, but not in the record: an attempt was cut off after it. Its token may be in somebody's
        // hands under an id nobody wrote down, so the account goes, and all its tokens with it.
        return Optional.of(
                account.found() == Found.Absent ? new CreateAccount(account.object()) : new ClearAway(account));
    }

    private static Optional<GrantAction> secret(GrantFacts facts, ObservedObject secret, Instant now) {
        boolean bound = facts.record().resolved().orElseThrow().principal() == PrincipalType.Subject;
        if (secret.object().state() == ObjectState.Present) {
            return renewal(facts).filter(at -> !now.isBefore(at)).isPresent()
                    ? Optional.of(issueOrDeliver(facts, secret, now))
                    : Optional.empty();
        }
        if (secret.found() == Found.Left) {
            // A token may be bound to it that nobody wrote down.
            return Optional.of(new ClearAway(secret));
        }
        if (bound && secret.object().uid() == null) {
            return Optional.of(new ReserveSecret(secret.object()));
        }
        return Optional.of(issueOrDeliver(facts, secret, now));
    }

    private static GrantAction issueOrDeliver(GrantFacts facts, ObservedObject secret, Instant now) {
        return facts.token().isPresent()
                ? new DeliverToken(secret.object())
                : new IssueToken(facts.request()
                        .issuer()
                        .delivery()
                        .orElseThrow()
                        .lifetime(
                                facts.request().audiences(),
                                now,
                                facts.record().expiresAt().orElseThrow()));
    }

    private static Optional<GrantAction> giving(ObservedObject binding) {
        return switch (binding.found()) {
            case Correct ->
                binding.object().state() == ObjectState.Present
                        ? Optional.empty()
                        // It was made just before an attempt was cut off: binding again finds it.
                        : Optional.of(new Bind(binding.object()));
            case Changed -> Optional.of(new Remove(binding, List.of()));
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
        return facts.request()
                .issuer()
                .delivery()
                .flatMap(delivery ->
                        delivery.renewAt(last, facts.record().expiresAt().orElseThrow()));
    }
}
