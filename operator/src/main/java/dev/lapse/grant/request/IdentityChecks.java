package dev.lapse.grant.request;

import static dev.lapse.grant.Obstacle.refuse;
import static dev.lapse.grant.Obstacle.refuseIf;

import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.IdentityState;
import dev.lapse.condition.Reason;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What must hold of the identity: it is there, active, answered for, and its account is its own. */
final class IdentityChecks {
    private IdentityChecks() {}

    static Optional<Obstacle> identityIsKnown(GrantFacts facts, Instant now) {
        if (facts.identity().isPresent()) {
            return Optional.empty();
        }
        return waitAWhile(
                facts,
                now,
                Reason.IdentityNotFound,
                "there is no ServiceIdentity " + facts.request().identity() + " in namespace "
                        + facts.request().namespace() + ": create it, or correct spec.identityRef.name");
    }

    static Optional<Obstacle> identityIsActive(GrantFacts facts, IdentityFacts identity, Instant now) {
        if (identity.deleting()) {
            return refuse(
                    Reason.IdentityNotActive,
                    "ServiceIdentity " + identity.name()
                            + " is being deleted: name another in spec.identityRef, or wait until it is made anew");
        }
        return refuseIf(
                identity.state() != IdentityState.Active,
                Reason.IdentityNotActive,
                "ServiceIdentity " + identity.name() + " is " + identity.state()
                        + ": only an Active identity is granted anything; its owner may set spec.state");
    }

    static Optional<Obstacle> identityHasNotEnded(GrantFacts facts, IdentityFacts identity, Instant now) {
        if (identity.expired(now)) {
            return refuse(
                    Reason.IdentityExpired,
                    "ServiceIdentity " + identity.name() + " was valid until "
                            + identity.validUntil().orElseThrow() + ": its owner may set a later spec.validUntil");
        }
        return refuseIf(
                identity.lacksEnd(),
                Reason.ValidUntilRequired,
                "identities of type " + identity.type() + " need an end: set spec.validUntil of ServiceIdentity "
                        + identity.name());
    }

    static Optional<Obstacle> somebodyAnswers(GrantFacts facts, IdentityFacts identity, Instant now) {
        return refuseIf(
                identity.owner().isEmpty(),
                Reason.OwnerMissing,
                "nobody answers for ServiceIdentity " + identity.name() + ": set spec.owner, then ask again");
    }

    static Optional<Obstacle> subjectIsBound(GrantFacts facts, IdentityFacts identity, Instant now) {
        if (!identity.subject().allowed()) {
            return refuse(
                    Reason.SubjectNotAllowed,
                    "the user name " + identity.subject().userName() + " is not allowed in namespace "
                            + identity.namespace()
                            + ": an administrator may add it to the operator's setting subject-users");
        }
        if (identity.subject().claimedBy().isPresent()) {
            return refuse(
                    Reason.SubjectTaken,
                    "the subject of ServiceIdentity " + identity.name() + " belongs to the older ServiceIdentity "
                            + identity.subject().claimedBy().get()
                            + ": ask for a grant of that one, or create an identity with an account of its own");
        }
        if (!identity.subject().bound()) {
            return waitAWhile(
                    facts,
                    now,
                    Reason.SubjectNotFound,
                    "there is no ServiceAccount "
                            + identity.subject().serviceAccount().orElse("") + " in namespace " + identity.namespace()
                            + ": create it, or set spec.subject.serviceAccount.create");
        }
        return Optional.empty();
    }

    static Optional<Obstacle> privilegeIsEligible(GrantFacts facts, IdentityFacts identity, Instant now) {
        List<String> names = identity.entries().stream().map(EntryFacts::name).toList();
        return refuseIf(
                !names.contains(facts.request().privilege()),
                Reason.PrivilegeUnknown,
                "ServiceIdentity " + identity.name() + " has no eligible entry "
                        + facts.request().privilege() + "; it has: "
                        + (names.isEmpty() ? "none" : String.join(", ", names))
                        + ". Name one of them in spec.privilege, or let somebody who may bind the role add the entry");
    }

    private static Optional<Obstacle> waitAWhile(GrantFacts facts, Instant now, Reason reason, String message) {
        Instant until = facts.request().createdAt().plus(RequestChecks.PATIENCE);
        return now.isBefore(until)
                ? Optional.of(new Waiting(GrantPhase.Pending, reason, message, Optional.of(until)))
                : refuse(reason, message + " (waited " + Durations.format(RequestChecks.PATIENCE) + ")");
    }
}
