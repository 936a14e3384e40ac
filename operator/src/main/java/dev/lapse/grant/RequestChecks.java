package dev.lapse.grant;

import dev.lapse.access.Entitlement;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.EligibleEntry;
import dev.lapse.api.v1alpha1.EligibleEntry.Risk;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.IdentityState;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import dev.lapse.condition.Reason;
import dev.lapse.credential.TokenEnvelope;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.grant.RequestCheck.Obstacle;
import dev.lapse.grant.RequestCheck.Refused;
import dev.lapse.grant.RequestCheck.Unasked;
import dev.lapse.grant.RequestCheck.Waiting;
import dev.lapse.guard.NameProof;
import dev.lapse.identity.ApplierReach;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** What must hold before a grant may become active, in the order in which a person would want to be told. */
final class RequestChecks {
    /** A tool may apply a grant before its identity; after so long it is a mistake. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration AFTER_FAILED_LOOKUP = Duration.ofSeconds(10);

    private static final List<RequestCheck> IN_ORDER = List.of(
            RequestChecks::identityIsKnown,
            identity(RequestChecks::identityIsActive),
            identity(RequestChecks::identityHasNotEnded),
            identity(RequestChecks::somebodyAnswers),
            RequestChecks::subjectIsBound,
            RequestChecks::privilegeIsEligible,
            entry(RequestChecks::requesterIsAllowed),
            entry(RequestChecks::namespacesAreEligible),
            entry(RequestChecks::durationIsAllowed),
            RequestChecks::notAfterIsAhead,
            entry(RequestChecks::credentialIsPossible),
            entry(RequestChecks::roleExists),
            RequestChecks::namespacesAreLive,
            entry(RequestChecks::reachIsAccepted),
            // Before the guard was looked at, appliers and their limits are not known.
            RequestChecks::guardStands,
            entry(RequestChecks::applierStaysInItsLimits),
            RequestChecks::requesterIsProved,
            entry(RequestChecks::authorIsProved),
            entry(RequestChecks::nobodyNeedsToApprove),
            RequestChecks::notBeforeHasCome,
            entry(RequestChecks::authorIsEntitled));

    private RequestChecks() {}

    /** The first obstacle. */
    static Optional<Obstacle> first(GrantFacts facts, Instant now) {
        return IN_ORDER.stream().flatMap(check -> check.of(facts, now).stream()).findFirst();
    }

    private static Optional<Obstacle> identityIsKnown(GrantFacts facts, Instant now) {
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

    private static Optional<Obstacle> identityIsActive(GrantFacts facts, IdentityFacts identity, Instant now) {
        return refuseIf(
                identity.state() != IdentityState.Active || identity.deleting(),
                Reason.IdentityNotActive,
                "ServiceIdentity " + identity.name() + " is "
                        + (identity.deleting()
                                ? "being deleted"
                                : identity.state().name())
                        + ": only an Active identity is granted anything");
    }

    private static Optional<Obstacle> identityHasNotEnded(GrantFacts facts, IdentityFacts identity, Instant now) {
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

    private static Optional<Obstacle> somebodyAnswers(GrantFacts facts, IdentityFacts identity, Instant now) {
        return refuseIf(
                identity.owner().isEmpty(),
                Reason.OwnerMissing,
                "nobody answers for ServiceIdentity " + identity.name() + ": set spec.owner, then ask again");
    }

    private static Optional<Obstacle> subjectIsBound(GrantFacts facts, Instant now) {
        IdentityFacts identity = facts.identity().orElseThrow();
        if (!identity.subject().allowed()) {
            return refuse(
                    Reason.SubjectNotAllowed,
                    "the user name " + identity.subject().userName() + " is not allowed in namespace "
                            + identity.namespace() + ": an administrator may add it to the operator's subjectUsers");
        }
        if (identity.subject().claimedBy().isPresent()) {
            return refuse(
                    Reason.SubjectClaimed,
                    "the subject of ServiceIdentity " + identity.name() + " belongs to the older ServiceIdentity "
                            + identity.subject().claimedBy().get());
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

    private static Optional<Obstacle> privilegeIsEligible(GrantFacts facts, Instant now) {
        IdentityFacts identity = facts.identity().orElseThrow();
        return refuseIf(
                identity.entry(facts.request().privilege()).isEmpty(),
                Reason.PrivilegeUnknown,
                "ServiceIdentity " + identity.name() + " has no eligible entry "
                        + facts.request().privilege()
                        + "; it has: "
                        + (identity.entries().isEmpty()
                                ? "none"
                                : String.join(
                                        ", ",
                                        identity.entries().stream()
                                                .map(EntryFacts::name)
                                                .toList())));
    }

    private static Optional<Obstacle> requesterIsAllowed(GrantFacts facts, EntryFacts entry, Instant now) {
        GrantRequest request = facts.request();
        boolean named = entry.requesters().stream().anyMatch(person -> names(person, request));
        return refuseIf(
                !entry.requesters().isEmpty() && !named,
                Reason.RequesterNotAllowed,
                request.requestedBy() + " is not among the requesters of " + entry.name()
                        + ": ask one of them, or name in requestedByAs the group that is listed");
    }

    private static boolean names(EligibleEntry.Person person, GrantRequest request) {
        return person.user() == null
                ? request.requestedByAs().contains(person.group())
                : person.user().equals(request.requestedBy());
    }

    private static Optional<Obstacle> namespacesAreEligible(GrantFacts facts, EntryFacts entry, Instant now) {
        List<String> outside = facts.request().namespaces().stream()
                .filter(namespace -> !entry.namespaces().contains(namespace))
                .toList();
        return refuseIf(
                !outside.isEmpty(),
                Reason.NamespaceNotEligible,
                "spec.namespaces names " + String.join(", ", outside) + ", which " + entry.name()
                        + (entry.clusterWide()
                                ? " does not list: it is cluster-wide, leave spec.namespaces out"
                                : " does not list; it lists " + String.join(", ", entry.namespaces())));
    }

    private static Optional<Obstacle> durationIsAllowed(GrantFacts facts, EntryFacts entry, Instant now) {
        return refuseIf(
                facts.request().duration().compareTo(entry.maxDuration()) > 0
                        || facts.request().duration().isZero(),
                Reason.DurationTooLong,
                "spec.duration " + Durations.format(facts.request().duration()) + " is above the ceiling of "
                        + entry.name() + ", " + Durations.format(entry.maxDuration()) + ": ask for less");
    }

    private static Optional<Obstacle> notAfterIsAhead(GrantFacts facts, Instant now) {
        Optional<Instant> notAfter = facts.request().notAfter();
        return refuseIf(
                notAfter.isPresent() && !now.isBefore(notAfter.get()),
                Reason.NotAfterPassed,
                "spec.notAfter " + notAfter.map(Instant::toString).orElse("")
                        + " has passed: create a new PrivilegeGrant with a later one");
    }

    private static Optional<Obstacle> credentialIsPossible(GrantFacts facts, EntryFacts entry, Instant now) {
        boolean token = facts.request().credential() == CredentialType.Token;
        Optional<String> unusable = facts.request().encryptTo().flatMap(TokenEnvelope::unusable);
        if (unusable.isPresent()) {
            return refuse(
                    Reason.CredentialNotPossible,
                    "spec.credential.encryptTo cannot be sealed to: " + unusable.get()
                            + "; give the PEM of an RSA or elliptic curve certificate");
        }
        if (entry.principal() == PrincipalType.Dedicated) {
            return refuseIf(
                    !token,
                    Reason.CredentialNotPossible,
                    "credential type None leaves nobody able to use a Dedicated principal: ask for Token");
        }
        return refuseIf(
                token
                        && facts.identity()
                                .orElseThrow()
                                .subject()
                                .serviceAccount()
                                .isEmpty(),
                Reason.CredentialNotPossible,
                "no token can be issued for a user name: ask for credential type None");
    }

    private static Optional<Obstacle> roleExists(GrantFacts facts, EntryFacts entry, Instant now) {
        List<String> missing = facts.role().missing();
        return refuseIf(
                !missing.isEmpty(),
                Reason.RoleNotFound,
                "there is no " + entry.role().kind() + " " + entry.role().name()
                        + (missing.equals(List.of("")) ? "" : " in namespace " + String.join(", ", missing))
                        + ": create it, or correct the entry's role");
    }

    private static Optional<Obstacle> namespacesAreLive(GrantFacts facts, Instant now) {
        for (Map.Entry<String, NamespaceState> namespace : new java.util.TreeMap<>(facts.namespaces()).entrySet()) {
            if (namespace.getValue() == NamespaceState.Terminating) {
                return refuse(
                        Reason.NamespaceTerminating,
                        "namespace " + namespace.getKey() + " is being deleted: nothing can be granted there");
            }
            if (namespace.getValue() == NamespaceState.Absent) {
                return refuse(
                        Reason.NamespaceNotFound,
                        "there is no namespace " + namespace.getKey()
                                + ": create it, or leave it out with spec.namespaces");
            }
        }
        return Optional.empty();
    }

    private static Optional<Obstacle> reachIsAccepted(GrantFacts facts, EntryFacts entry, Instant now) {
        boolean reaches = entry.principal() == PrincipalType.Subject
                && (entry.clusterWide()
                        || GrantPlan.namespaces(facts.request(), entry).stream()
                                .anyMatch(namespace ->
                                        !namespace.equals(facts.request().namespace())));
        return refuseIf(
                reaches && !entry.accepted().contains(Risk.SubjectReach),
                Reason.RiskNotAccepted,
                "entry " + entry.name()
                        + " gives the identity's own account rights outside its namespace, where editors "
                        + "of that namespace may act as it: use principal Dedicated, or add SubjectReach with a reason to accepts");
    }

    private static Optional<Obstacle> applierStaysInItsLimits(GrantFacts facts, EntryFacts entry, Instant now) {
        if (entry.author().isEmpty()) {
            return refuse(
                    Reason.AuthorMissing,
                    "entry " + entry.name()
                            + " has no author: add entitledBy with the user name of a person who may bind "
                            + entry.role().kind() + "/" + entry.role().name());
        }
        if (entry.via().isEmpty()) {
            return Optional.empty();
        }
        boolean within = facts.applierLimit()
                .filter(limit ->
                        ApplierReach.covers(limit, entry, facts.request().namespace()))
                .isPresent();
        return refuseIf(
                !within,
                Reason.BeyondApplierLimits,
                "entry " + entry.name() + " was written by the applier "
                        + entry.via().get()
                        + " and goes beyond its limits: let a person who may bind "
                        + entry.role().kind() + "/" + entry.role().name() + " write it, or widen applierLimits");
    }

    private static Optional<Obstacle> guardStands(GrantFacts facts, Instant now) {
        return facts.guard().ready()
                ? Optional.empty()
                : Optional.of(new Waiting(
                        GrantPhase.Pending,
                        Reason.GuardNotReady,
                        "nothing is granted while the guard does not stand: "
                                + facts.guard().problem(),
                        Optional.empty()));
    }

    private static Optional<Obstacle> requesterIsProved(GrantFacts facts, Instant now) {
        return refuseIf(
                !NameProof.grantProved(
                        facts.guard(), facts.record().proof(), facts.request().createdAt()),
                Reason.NameUnproved,
                "this PrivilegeGrant was created while the guard did not stand, so nobody knows who asked: create it again"
                        + ", not before " + facts.guard().settledAt());
    }

    private static Optional<Obstacle> authorIsProved(GrantFacts facts, EntryFacts entry, Instant now) {
        return facts.entryNameProved()
                ? Optional.empty()
                : Optional.of(new Waiting(
                        GrantPhase.Pending,
                        Reason.NameUnproved,
                        "entry " + entry.name()
                                + " was written while the guard did not stand, so nobody knows who wrote it: "
                                + "its author must change it once more",
                        Optional.empty()));
    }

    private static Optional<Obstacle> nobodyNeedsToApprove(GrantFacts facts, EntryFacts entry, Instant now) {
        if (facts.request().claimed()) {
            return Optional.of(new Waiting(
                    GrantPhase.AwaitingApproval,
                    Reason.ClaimedRequest,
                    "a request that an applier wrote names " + facts.request().requestedBy()
                            + " without proof: people must approve it",
                    facts.request().notAfter()));
        }
        return entry.approvals() == 0
                ? Optional.empty()
                : Optional.of(new Waiting(
                        GrantPhase.AwaitingApproval,
                        Reason.ApprovalRequired,
                        "entry " + entry.name() + " needs " + entry.approvals() + " approval"
                                + (entry.approvals() == 1 ? "" : "s"),
                        facts.request().notAfter()));
    }

    private static Optional<Obstacle> notBeforeHasCome(GrantFacts facts, Instant now) {
        Optional<Instant> notBefore = facts.request().notBefore();
        return notBefore.isPresent() && now.isBefore(notBefore.get())
                ? Optional.of(
                        new Waiting(GrantPhase.Scheduled, Reason.NotYet, "begins at " + notBefore.get(), notBefore))
                : Optional.empty();
    }

    private static Optional<Obstacle> authorIsEntitled(GrantFacts facts, EntryFacts entry, Instant now) {
        if (facts.entitlement().isEmpty()) {
            return Optional.of(new Unasked());
        }
        Entitlement.Outcome outcome = facts.entitlement().get();
        if (outcome instanceof Entitlement.NotEntitled refusal) {
            return refuse(Reason.AuthorNotEntitled, refusal.why());
        }
        if (outcome instanceof Entitlement.Undecided open) {
            return Optional.of(new Waiting(
                    GrantPhase.Pending, Reason.LookupFailed, open.why(), Optional.of(now.plus(AFTER_FAILED_LOOKUP))));
        }
        return Optional.empty();
    }

    private static Optional<Obstacle> waitAWhile(GrantFacts facts, Instant now, Reason reason, String message) {
        Instant until = facts.request().createdAt().plus(PATIENCE);
        return now.isBefore(until)
                ? Optional.of(new Waiting(GrantPhase.Pending, reason, message, Optional.of(until)))
                : refuse(reason, message + " (waited " + Durations.format(PATIENCE) + ")");
    }

    private static Optional<Obstacle> refuse(Reason reason, String message) {
        return Optional.of(new Refused(reason, message));
    }

    private static Optional<Obstacle> refuseIf(boolean refused, Reason reason, String message) {
        return refused ? refuse(reason, message) : Optional.empty();
    }

    /** A check that needs the identity, which an earlier check found. */
    private static RequestCheck identity(IdentityCheck check) {
        return (facts, now) -> facts.identity().flatMap(identity -> check.of(facts, identity, now));
    }

    /** A check that needs the entry, which an earlier check found. */
    private static RequestCheck entry(EntryCheck check) {
        BiFunction<GrantFacts, Instant, Optional<Obstacle>> withEntry = (facts, now) -> facts.identity()
                .flatMap(identity -> identity.entry(facts.request().privilege()))
                .flatMap(entry -> check.of(facts, entry, now));
        return withEntry::apply;
    }

    private interface IdentityCheck {
        Optional<Obstacle> of(GrantFacts facts, IdentityFacts identity, Instant now);
    }

    private interface EntryCheck {
        Optional<Obstacle> of(GrantFacts facts, EntryFacts entry, Instant now);
    }
}
