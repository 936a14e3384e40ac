package dev.lapse.grant.request;

import static dev.lapse.grant.Obstacle.refuse;
import static dev.lapse.grant.Obstacle.refuseIf;

import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.EligibleEntry;
import dev.lapse.api.v1alpha1.EligibleEntry.Risk;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.condition.Reason;
import dev.lapse.credential.CredentialIssuer.Holder;
import dev.lapse.credential.TokenEnvelope;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.grant.GrantNames;
import dev.lapse.grant.GrantPlan;
import dev.lapse.grant.GrantRequest;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.grant.SeenNamespace;
import dev.lapse.identity.AcceptedRisks;
import dev.lapse.identity.ApplierReach;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.Vouching;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What must hold of the request beside the eligible entry it names: who, where, how long, with what credential. */
final class EntryChecks {
    private EntryChecks() {}

    static Optional<Obstacle> requesterIsAllowed(GrantFacts facts, EntryFacts entry, Instant now) {
        GrantRequest request = facts.request();
        boolean named = entry.requesters().stream().anyMatch(person -> names(person, request));
        return refuseIf(
                !entry.requesters().isEmpty() && !named,
                Reason.RequesterNotAllowed,
                GrantNames.requester(facts) + " is not among the requesters of " + entry.name()
                        + ": ask one of them, or name in requestedByAs the group that is listed");
    }

    private static boolean names(EligibleEntry.Person person, GrantRequest request) {
        return person.user() == null
                ? request.requestedByAs().contains(person.group())
                : person.user().equals(request.requestedBy());
    }

    static Optional<Obstacle> namespacesAreEligible(GrantFacts facts, EntryFacts entry, Instant now) {
        if (entry.namespaces().isEmpty() && !entry.clusterWide()) {
            return refuse(
                    Reason.NamespaceNotEligible,
                    "entry " + entry.name()
                            + " names neither namespaces nor clusterWide: it reaches nothing until it names one of them");
        }
        List<String> outside = facts.request().namespaces().stream()
                .filter(namespace -> !entry.namespaces().contains(namespace))
                .toList();
        return refuseIf(
                !outside.isEmpty(),
                Reason.NamespaceNotEligible,
                "spec.namespaces names " + String.join(", ", outside) + ", which " + entry.name()
                        + (entry.clusterWide()
                                ? " does not list: it is cluster-wide, leave spec.namespaces out"
                                : " does not list: leave that out; it lists " + String.join(", ", entry.namespaces())));
    }

    static Optional<Obstacle> durationIsAllowed(GrantFacts facts, EntryFacts entry, Instant now) {
        Duration ceiling = entry.breakGlass()
                .filter(allowed -> facts.request().breakGlass())
                .map(EntryFacts.BreakGlass::maxDuration)
                .orElse(entry.maxDuration());
        return refuseIf(
                facts.request().duration().compareTo(ceiling) > 0
                        || facts.request().duration().isZero(),
                Reason.DurationTooLong,
                "spec.duration " + Durations.format(facts.request().duration()) + " is above the ceiling of "
                        + entry.name() + (facts.request().breakGlass() ? " for break-glass, " : ", ")
                        + Durations.format(ceiling) + ": ask for less");
    }

    static Optional<Obstacle> notAfterIsAhead(GrantFacts facts, Instant now) {
        Optional<Instant> notAfter = facts.request().notAfter();
        return refuseIf(
                notAfter.isPresent() && !now.isBefore(notAfter.get()),
                Reason.NotAfterPassed,
                "spec.notAfter " + notAfter.map(Instant::toString).orElse("")
                        + " has passed: create a new PrivilegeGrant with a later one");
    }

    static Optional<Obstacle> credentialIsPossible(GrantFacts facts, EntryFacts entry, Instant now) {
        Optional<String> unusable = facts.request().encryptTo().flatMap(TokenEnvelope::unusable);
        if (unusable.isPresent()) {
            return refuse(
                    Reason.CredentialNotPossible,
                    "spec.credential.encryptTo cannot be sealed to: " + unusable.get()
                            + "; give the PEM of an RSA or elliptic curve certificate");
        }
        boolean serviceAccount = facts.identity()
                .flatMap(identity -> identity.subject().serviceAccount())
                .isPresent();
        return facts.request()
                .issuer()
                .impossible(new Holder(entry.name(), entry.principal(), serviceAccount))
                .flatMap(why -> refuse(Reason.CredentialNotPossible, why));
    }

    static Optional<Obstacle> roleExists(GrantFacts facts, EntryFacts entry, Instant now) {
        List<String> missing = facts.role().missing();
        if (!facts.role().tooLarge().isEmpty()) {
            return refuse(
                    Reason.RoleTooLarge,
                    entry.role().kind() + " " + entry.role().name()
                            + " has more rules than anybody could judge: let the entry name a role of less than 128 KiB");
        }
        return refuseIf(
                !missing.isEmpty(),
                Reason.RoleNotFound,
                "there is no " + entry.role().kind() + " " + entry.role().name()
                        + (missing.equals(List.of("")) ? "" : " in namespace " + String.join(", ", missing))
                        + ": create it, or correct the entry's role");
    }

    static Optional<Obstacle> namespacesAreLive(GrantFacts facts, Instant now) {
        for (Map.Entry<String, SeenNamespace> namespace : new java.util.TreeMap<>(facts.namespaces()).entrySet()) {
            if (namespace.getValue().state() == NamespaceState.Terminating) {
                return refuse(
                        Reason.NamespaceTerminating,
                        "namespace " + namespace.getKey()
                                + " is being deleted, nothing can be granted there: leave it out with spec.namespaces");
            }
            if (namespace.getValue().state() == NamespaceState.Absent) {
                return refuse(
                        Reason.NamespaceNotFound,
                        "there is no namespace " + namespace.getKey()
                                + ": create it, or leave it out with spec.namespaces");
            }
        }
        return Optional.empty();
    }

    static Optional<Obstacle> reachIsAccepted(GrantFacts facts, EntryFacts entry, Instant now) {
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

    /** Looked at in each pass until the grant begins: roles gain rules, and aggregated ones do so by themselves. */
    static Optional<Obstacle> risksAreAccepted(GrantFacts facts, EntryFacts entry, Instant now) {
        return AcceptedRisks.refusal(entry, facts.role().allRules())
                .flatMap(why -> refuse(Reason.RiskNotAccepted, "entry " + entry.name() + ": " + why));
    }

    static Optional<Obstacle> applierStaysInItsLimits(GrantFacts facts, EntryFacts entry, Instant now) {
        if (entry.author().isEmpty()) {
            return refuse(
                    Reason.AuthorMissing,
                    "entry " + entry.name()
                            + " has no author: add entitledBy with the user name of a person who may bind "
                            + entry.role().text());
        }
        if (entry.via().isEmpty()) {
            return Optional.empty();
        }
        boolean within = facts.applierLimit()
                .filter(limit ->
                        ApplierReach.covers(limit, entry, facts.request().namespace()))
                .isPresent();
        return within ? Optional.empty() : somebodyVouches(facts, entry, now);
    }

    /** Beyond the limits a person takes the place of the claimed author, or nobody does. */
    private static Optional<Obstacle> somebodyVouches(GrantFacts facts, EntryFacts entry, Instant now) {
        Vouching vouching = facts.vouching().orElse(Vouching.UNASKED);
        if (vouching instanceof Vouching.Given) {
            return Optional.empty();
        }
        if (vouching instanceof Vouching.Refused refusal) {
            return refuse(refusal.reason(), "entry " + entry.name() + ": " + refusal.why());
        }
        if (vouching instanceof Vouching.Asked asked) {
            return Optional.of(new Waiting(
                    GrantPhase.Pending,
                    Reason.BeyondApplierLimits,
                    "entry " + entry.name() + ": " + asked.waits(entry),
                    Optional.of(ConsentChecks.onceDue(asked.dueAt(), now))));
        }
        String why = "entry " + entry.name() + " was written by the applier "
                + entry.via().orElse("")
                + " and goes beyond its limits: let a person who may bind "
                + entry.role().text() + " write it, or widen applierLimits";
        // Judged as it is, and yet nobody is asked: something else is wrong with it.
        boolean nobodyWillBe = facts.identity().stream()
                .flatMap(identity -> identity.recordedEntries().stream())
                .anyMatch(known -> known.name().equals(entry.name())
                        && known.hash().equals(entry.contentHash())
                        && !known.reason().equals(Reason.BeyondApplierLimits.name()));
        Instant patience = facts.request().createdAt().plus(RequestChecks.PATIENCE);
        return nobodyWillBe && !now.isBefore(patience)
                ? refuse(Reason.BeyondApplierLimits, why)
                : Optional.of(new Waiting(
                        GrantPhase.Pending,
                        Reason.BeyondApplierLimits,
                        why,
                        nobodyWillBe ? Optional.of(patience) : Optional.empty()));
    }
}
