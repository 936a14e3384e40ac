package dev.lapse.grant.request;

import dev.lapse.grant.ClaimMemory;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.Obstacle;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What must hold before a grant may become active, in the order in which a person would want to be told. */
public final class RequestChecks {
    /** A tool may apply a grant before its identity; after so long it is a mistake. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final List<RequestCheck> IN_ORDER = List.of(
            TrustChecks::timeIsKnown,
            ClaimMemory::nameIsNotSpent,
            IdentityChecks::identityIsKnown,
            identity(IdentityChecks::identityIsActive),
            identity(HoldChecks::identityIsNotHeld),
            identity(IdentityChecks::identityHasNotEnded),
            identity(IdentityChecks::somebodyAnswers),
            IdentityChecks::subjectIsBound,
            IdentityChecks::privilegeIsEligible,
            entry(EntryChecks::requesterIsAllowed),
            entry(BreakGlassChecks::entryAllowsIt),
            entry(EntryChecks::namespacesAreEligible),
            entry(HoldChecks::privilegeIsNotRevoked),
            entry(EntryChecks::durationIsAllowed),
            EntryChecks::notAfterIsAhead,
            TrustChecks::notBeforeIsNear,
            entry(EntryChecks::credentialIsPossible),
            entry(EntryChecks::roleExists),
            EntryChecks::namespacesAreLive,
            entry(EntryChecks::reachIsAccepted),
            entry(EntryChecks::risksAreAccepted),
            // Before people are asked: they would approve what cannot begin.
            CrowdChecks::leavesRoom,
            // Before the guard was looked at, appliers and their limits are not known.
            TrustChecks::guardStands,
            entry(TrustChecks::operatorReachesThere),
            entry(EntryChecks::applierStaysInItsLimits),
            TrustChecks::requesterIsProved,
            entry(TrustChecks::authorIsProved),
            // Before people are asked, and again before each activation.
            DutyChecks::dutiesAreSeparate,
            ConsentChecks::enoughPeopleApproved,
            entry(BreakGlassChecks::nothingOlderIsOwed),
            TrustChecks::notBeforeHasCome,
            entry(TrustChecks::everybodyIsEntitled));

    private RequestChecks() {}

    /** The first obstacle. */
    public static Optional<Obstacle> first(GrantFacts facts, Instant now) {
        return IN_ORDER.stream().flatMap(check -> check.of(facts, now).stream()).findFirst();
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
