package dev.lapse.grant.end;

import dev.lapse.api.v1alpha1.AssuredName;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.grant.BreakGlass;
import dev.lapse.grant.Ending;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantNames;
import dev.lapse.grant.GrantRecord;
import dev.lapse.grant.GrantRequest;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.IdentityFacts;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
            IdentityEndings::identityChanged,
            IdentityEndings::identityStopped,
            HoldEndings::heldSince,
            HoldEndings::revokedSince,
            IdentityEndings::nobodyAnswers,
            IdentityEndings::subjectChanged,
            EntryEndings::eligibilityLost,
            EntryEndings::reachWithdrawn,
            ObjectEndings::roleChanged,
            ObjectEndings::namespaceGone,
            ObjectEndings::nameTaken,
            ObjectEndings::principalGone);

    /** So do these. For them the rules of its role have to be known, which the API server may have to be asked for. */
    private static final List<Check> TOLD_BY_RULES = List.of(EntryEndings::riskWithdrawn, EntryEndings::roleWidened);

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
        return Ending.when(request.deleting(), EndCause.Deleted, due(record, now), "the PrivilegeGrant was deleted");
    }

    private static Optional<Ending> timeIsOver(GrantRecord record, Instant now) {
        return record.expiresAt()
                .filter(end -> !now.isBefore(end))
                .flatMap(end -> Ending.of(EndCause.Expired, end, "its time was over at " + end));
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

    /** Whatever ends a grant, it was due at its expiry at the latest. */
    private static Instant due(GrantRecord record, Instant now) {
        return record.expiresAt().filter(end -> end.isBefore(now)).orElse(now);
    }
}
