package dev.lapse.grant.end;

import dev.lapse.access.Widening;
import dev.lapse.api.v1alpha1.AssuredName;
import dev.lapse.api.v1alpha1.EligibleEntry.Risk;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.IdentityState;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.grant.BreakGlass;
import dev.lapse.grant.Ending;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.grant.GrantNames;
import dev.lapse.grant.GrantRecord;
import dev.lapse.grant.GrantRequest;
import dev.lapse.grant.ObservedObject;
import dev.lapse.grant.SeenNamespace;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.AcceptedRisks;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The reasons for which a grant has to end, the strongest first. */
public final class Endings {
    @FunctionalInterface
    private interface Check {
        Optional<Ending> of(GrantFacts facts, Instant now);
    }

    @FunctionalInterface
    private interface OwnCheck {
        Optional<Ending> of(GrantRequest request, GrantRecord record, GuardState guard, Instant now);
    }

    /** These hold for a request as well as for a grant that has begun. */
    private static final List<OwnCheck> ALWAYS = List.of(Endings::begun, Endings::revoked, Endings::deleted);

    /** These hold once objects may exist. The informers tell them: nothing has to be asked. */
    private static final List<Check> TOLD_BY_INFORMERS = List.of(
            Endings::reviewedAway,
            Endings::identityChanged,
            Endings::identityStopped,
            HoldEndings::heldSince,
            HoldEndings::revokedSince,
            Endings::nobodyAnswers,
            Endings::subjectChanged,
            Endings::eligibilityLost,
            Endings::reachWithdrawn,
            Endings::roleChanged,
            Endings::namespaceGone,
            Endings::nameTaken,
            Endings::principalGone);

    /** So do these. For them the rules of its role have to be known, which the API server may have to be asked for. */
    private static final List<Check> TOLD_BY_RULES = List.of(Endings::riskWithdrawn, Endings::roleWidened);

    private Endings() {}

    public static Optional<Ending> first(GrantFacts facts, Instant now) {
        Optional<Ending> itself = ofItself(facts.request(), facts.record(), facts.guard(), now);
        return itself.or(() -> toldByInformers(facts, now)).or(() -> toldByRules(facts, now));
    }

    /** What ends it whatever the rules of its role are, and although nobody may know them. */
    static Optional<Ending> toldByInformers(GrantFacts facts, Instant now) {
        return onceAnnounced(TOLD_BY_INFORMERS, facts, now);
    }

    /** What ends it for the rules of its role, if nothing else does. */
    static Optional<Ending> toldByRules(GrantFacts facts, Instant now) {
        return onceAnnounced(TOLD_BY_RULES, facts, now);
    }

    private static Optional<Ending> onceAnnounced(List<Check> checks, GrantFacts facts, Instant now) {
        return checks.stream()
                .filter(check -> facts.record().announced())
                .flatMap(check -> check.of(facts, now).stream())
                .findFirst();
    }

    /**
     * What the grant says of itself; nothing else need be known for it.
     *
     * @param guard tells only how far the name of whoever revoked it is known
     */
    static Optional<Ending> ofItself(GrantRequest request, GrantRecord record, GuardState guard, Instant now) {
        return ALWAYS.stream()
                .flatMap(check -> check.of(request, record, guard, now).stream())
                .findFirst()
                .or(() -> timeIsOver(record, now));
    }

    /** When the grant ends if nothing happens: at its own end, or with its identity. Absent before its end is announced. */
    public static Optional<Instant> atTheLatest(GrantFacts facts, Instant now) {
        if (!facts.record().announced()) {
            return Optional.empty();
        }
        return Stream.concat(
                        facts.record().expiresAt().stream(),
                        facts.identity().flatMap(IdentityFacts::validUntil).filter(now::isBefore).stream())
                .min(Comparator.naturalOrder());
    }

    /** An end that has begun goes on, with the cause it began with. */
    private static Optional<Ending> begun(GrantRequest request, GrantRecord record, GuardState guard, Instant now) {
        return record.end()
                .map(end -> new Ending(end.cause(), Optional.ofNullable(end.by()), end.dueAt(), end.message()));
    }

    private static Optional<Ending> revoked(GrantRequest request, GrantRecord record, GuardState guard, Instant now) {
        if (!request.revoked()) {
            return Optional.empty();
        }
        Optional<String> by = GrantNames.revoker(request, record, guard, now).map(AssuredName::toString);
        return Optional.of(new Ending(
                EndCause.Revoked,
                by,
                due(record, now),
                "revoked by " + by.orElse("somebody")
                        + request.revokeReason().map(why -> ": " + why).orElse("")));
    }

    private static Optional<Ending> deleted(GrantRequest request, GrantRecord record, GuardState guard, Instant now) {
        return endIf(request.deleting(), EndCause.Deleted, due(record, now), "the PrivilegeGrant was deleted");
    }

    private static Optional<Ending> timeIsOver(GrantRecord record, Instant now) {
        return record.expiresAt()
                .filter(end -> !now.isBefore(end))
                .flatMap(end -> end(EndCause.Expired, end, "its time was over at " + end));
    }

    private static Optional<Ending> reviewedAway(GrantFacts facts, Instant now) {
        return BreakGlass.onRecord(facts, now)
                .flatMap(debt -> Optional.ofNullable(debt.revokedBy()))
                .map(by -> new Ending(
                        EndCause.ReviewRevoked,
                        Optional.of(by),
                        now,
                        by + " reviewed this break-glass and said Revoke"));
    }

    private static Optional<Ending> identityChanged(GrantFacts facts, Instant now) {
        boolean same = facts.identity()
                .filter(identity -> identity.uid().equals(resolved(facts).identityUID()))
                .filter(identity -> !identity.deleting())
                .isPresent();
        return endIf(
                !same,
                EndCause.IdentityGone,
                now,
                "ServiceIdentity " + facts.request().identity() + " is gone");
    }

    private static Optional<Ending> identityStopped(GrantFacts facts, Instant now) {
        IdentityFacts identity = facts.identity().orElseThrow();
        if (identity.state() == IdentityState.Suspended) {
            return end(EndCause.IdentitySuspended, now, "ServiceIdentity " + identity.name() + " is suspended");
        }
        if (identity.state() == IdentityState.Retired) {
            return end(EndCause.IdentityRetired, now, "ServiceIdentity " + identity.name() + " is retired");
        }
        return endIf(
                identity.expired(now) || identity.lacksEnd(),
                EndCause.IdentityExpired,
                identity.validUntil().filter(until -> !until.isAfter(now)).orElse(now),
                "ServiceIdentity " + identity.name() + " is not valid any more");
    }

    private static Optional<Ending> nobodyAnswers(GrantFacts facts, Instant now) {
        return endIf(
                facts.identity().orElseThrow().owner().isEmpty(),
                EndCause.OwnerLost,
                now,
                "nobody answers for ServiceIdentity " + facts.request().identity() + " any more");
    }

    private static Optional<Ending> subjectChanged(GrantFacts facts, Instant now) {
        IdentityFacts identity = facts.identity().orElseThrow();
        Optional<String> then = Optional.ofNullable(resolved(facts).subjectUID());
        return endIf(
                !identity.subject().bound() || !identity.subject().uid().equals(then),
                EndCause.SubjectGone,
                now,
                "the account of ServiceIdentity " + identity.name() + " is not the one it was");
    }

    private static Optional<Ending> eligibilityLost(GrantFacts facts, Instant now) {
        Optional<EntryFacts> entry =
                facts.identity().orElseThrow().entry(facts.request().privilege());
        boolean covered = entry.filter(entryNow -> entryNow.role()
                        .kind()
                        .name()
                        .concat("/" + entryNow.role().name())
                        .equals(resolved(facts).role()))
                .filter(entryNow -> entryNow.principal() == resolved(facts).principal())
                .filter(entryNow -> covers(entryNow, resolved(facts).namespaces()))
                .filter(entryNow ->
                        !facts.request().breakGlass() || entryNow.breakGlass().isPresent())
                .isPresent();
        return endIf(
                !covered,
                EndCause.EligibilityLost,
                now,
                "the eligible entry " + facts.request().privilege() + " does not allow this any more");
    }

    private static boolean covers(EntryFacts entry, List<String> namespaces) {
        return entry.clusterWide() == namespaces.isEmpty() && entry.namespaces().containsAll(namespaces);
    }

    private static Optional<Ending> roleChanged(GrantFacts facts, Instant now) {
        return endIf(
                !facts.role().missing().isEmpty()
                        || !facts.role().uids().equals(resolved(facts).roleUIDs()),
                EndCause.RoleGone,
                now,
                resolved(facts).role() + " is gone, or another one took its name");
    }

    /** What was taken by name and is not any more: the entry could not be granted again as it is. */
    private static Optional<Ending> riskWithdrawn(GrantFacts facts, Instant now) {
        List<String> withdrawn = AcceptedRisks.missing(
                        entry(facts), facts.role().allRules())
                .stream()
                .map(Enum::name)
                .filter(resolved(facts).risks()::contains)
                .toList();
        return withdrawn(facts, withdrawn, now);
    }

    private static Optional<Ending> reachWithdrawn(GrantFacts facts, Instant now) {
        boolean accepted = entry(facts).accepted().contains(Risk.SubjectReach);
        return withdrawn(
                facts, reachesFurther(facts) && !accepted ? List.of(Risk.SubjectReach.name()) : List.of(), now);
    }

    private static Optional<Ending> withdrawn(GrantFacts facts, List<String> risks, Instant now) {
        return endIf(
                !risks.isEmpty(),
                EndCause.EligibilityLost,
                now,
                "the eligible entry " + entry(facts).name() + " does not accept " + String.join(", ", risks)
                        + " any more");
    }

    private static boolean reachesFurther(GrantFacts facts) {
        List<String> namespaces = resolved(facts).namespaces();
        return resolved(facts).principal() == PrincipalType.Subject
                && (namespaces.isEmpty()
                        || !namespaces.stream().allMatch(facts.request().namespace()::equals));
    }

    /** What an entry accepted from the beginning ends nothing; what was added to it since was approved by nobody. */
    private static Optional<Ending> roleWidened(GrantFacts facts, Instant now) {
        if (!facts.role().tooLarge().isEmpty()) {
            return endIf(
                    true,
                    EndCause.RoleWidened,
                    now,
                    resolved(facts).role() + " has more rules by now than anybody could judge");
        }
        var gained = Widening.gained(
                Set.copyOf(resolved(facts).risks()), facts.role().allRules());
        EntryFacts entry = entry(facts);
        if (entry.reachHash().equals(resolved(facts).entryHash())) {
            gained.retainAll(AcceptedRisks.missing(entry, facts.role().allRules()));
        }
        return endIf(
                !gained.isEmpty(),
                EndCause.RoleWidened,
                now,
                resolved(facts).role() + " gained " + gained + " while the grant was active");
    }

    private static EntryFacts entry(GrantFacts facts) {
        return facts.identity().orElseThrow().entry(facts.request().privilege()).orElseThrow();
    }

    private static Optional<Ending> namespaceGone(GrantFacts facts, Instant now) {
        Optional<String> going = facts.namespaces().entrySet().stream()
                .filter(namespace -> namespace.getValue().state() != NamespaceState.Live)
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst();
        return going.map(namespace -> "namespace " + namespace + " is going away")
                .or(() -> recreated(facts))
                .flatMap(why -> end(EndCause.NamespaceGone, now, why));
    }

    /** Whoever made it anew is asked by nobody: the author of the entry could bind the role in the one before. */
    private static Optional<String> recreated(GrantFacts facts) {
        List<String> names = resolved(facts).namespaces();
        List<String> uids = Optional.ofNullable(resolved(facts).namespaceUIDs()).orElse(List.of());
        return IntStream.range(0, Math.min(names.size(), uids.size()))
                .filter(at -> !uids.get(at)
                        .equals(facts.namespaces()
                                .getOrDefault(names.get(at), SeenNamespace.ABSENT)
                                .uid()))
                .mapToObj(at -> "namespace " + names.get(at)
                        + " was deleted and created again: the grant was for the one before, ask again")
                .findFirst();
    }

    private static Optional<Ending> nameTaken(GrantFacts facts, Instant now) {
        return facts.objects().stream()
                .filter(ObservedObject::isForeign)
                .findFirst()
                .map(object -> new Ending(
                        EndCause.Failed,
                        Optional.empty(),
                        now,
                        "somebody else's " + object.object().kind() + " has the name "
                                + object.object().name() + ": it is left alone; remove it and ask again"));
    }

    /** The dedicated account was deleted: its tokens are dead, and another account would be another grant. */
    private static Optional<Ending> principalGone(GrantFacts facts, Instant now) {
        boolean gone = facts.objects().stream()
                .filter(object -> object.object().kind() == ObjectKind.ServiceAccount)
                .filter(object -> object.object().state() == ObjectState.Present)
                .anyMatch(object -> object.found() != ObservedObject.Found.Correct);
        return endIf(gone, EndCause.SubjectGone, now, "the dedicated account of the grant was deleted");
    }

    /** Whatever ends a grant, it was due at its expiry at the latest. */
    private static Instant due(GrantRecord record, Instant now) {
        return record.expiresAt().filter(end -> end.isBefore(now)).orElse(now);
    }

    private static Resolved resolved(GrantFacts facts) {
        return facts.record().resolved().orElseThrow();
    }

    private static Optional<Ending> end(EndCause cause, Instant dueAt, String message) {
        return Optional.of(new Ending(cause, Optional.empty(), dueAt, message));
    }

    private static Optional<Ending> endIf(boolean ended, EndCause cause, Instant dueAt, String message) {
        return ended ? end(cause, dueAt, message) : Optional.empty();
    }
}
