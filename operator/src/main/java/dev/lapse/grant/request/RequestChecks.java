package dev.lapse.grant.request;

import dev.lapse.api.v1alpha1.StatusText;
import dev.lapse.grant.ClaimMemory;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Refused;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must hold before a grant may become active, in the order in which a person would want to be told. */
public final class RequestChecks {
    /** A tool may apply a grant before its identity; after so long it is a mistake. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    /** What is told of a request that has more against it: whoever mends it reads the rest then. */
    private static final int MOST_REASONS = 5;

    private static final List<RequestCheck> OF_THE_REQUEST = List.of(
            TrustChecks::timeIsKnown,
            ClaimMemory::nameIsNotSpent,
            IdentityChecks::identityIsKnown,
            identity(IdentityChecks::identityIsActive),
            identity(HoldChecks::identityIsNotHeld),
            identity(IdentityChecks::identityHasNotEnded),
            identity(IdentityChecks::somebodyAnswers),
            identity(IdentityChecks::subjectIsBound),
            identity(IdentityChecks::privilegeIsEligible),
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
            entry(EntryChecks::risksAreAccepted));

    private static final List<RequestCheck> OF_THE_MOMENT = List.of(
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

    /**
     * The first obstacle. If that is a refusal, its message says what else the request would be refused for: one try is
     * enough to learn all of it.
     */
    public static Optional<Obstacle> first(GrantFacts facts, Instant now) {
        return Stream.concat(OF_THE_REQUEST.stream(), OF_THE_MOMENT.stream())
                .flatMap(check -> check.of(facts, now).stream())
                .findFirst()
                .map(obstacle -> obstacle instanceof Refused refused ? withTheRest(refused, facts, now) : obstacle);
    }

    private static Refused withTheRest(Refused first, GrantFacts facts, Instant now) {
        String rest = OF_THE_REQUEST.stream()
                .flatMap(check -> check.of(facts, now).stream())
                .filter(Refused.class::isInstance)
                .map(Refused.class::cast)
                .filter(refused -> !refused.equals(first))
                .limit(MOST_REASONS - 1)
                .map(refused -> "; also " + refused.reason() + ": " + refused.message())
                .collect(Collectors.joining());
        return rest.isEmpty()
                ? first
                : new Refused(first.reason(), StatusText.fit(first.message() + rest, StatusText.MESSAGE));
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
