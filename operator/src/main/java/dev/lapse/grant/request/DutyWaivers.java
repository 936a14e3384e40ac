package dev.lapse.grant.request;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.api.v1alpha1.AssuredName;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.grant.DutyFinding;
import dev.lapse.grant.DutyFinding.Clash;
import dev.lapse.grant.DutyFinding.Waived;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantPlan;
import dev.lapse.grant.GrantRequest;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.WaiverFacts;
import dev.lapse.identity.WaiverPolicy;
import dev.lapse.identity.WaiverProofs;
import dev.lapse.review.Aliases;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides whether a grant may begin in spite of conflicting duties: each conflict that is found needs a waiver of its
 * identity that holds, for this grant, now.
 */
final class DutyWaivers {
    private final AccessOracle oracle;
    private final Aliases aliases;
    private final Duration longest;

    /**
     * @param aliases which names are one person, accounts with whoever answers for them included
     * @param longest how far ahead the end of a waiver may be
     */
    DutyWaivers(AccessOracle oracle, Aliases aliases, Duration longest) {
        this.oracle = oracle;
        this.aliases = aliases;
        this.longest = longest;
    }

    /** @param looks where conflicts are looked for, in order, until there is one that nobody waived */
    DutyFinding judge(GrantFacts facts, List<Supplier<List<Clash>>> looks, Instant now) {
        boolean announced = facts.record().announced();
        List<Waived> waived = new ArrayList<>();
        for (Supplier<List<Clash>> look : looks) {
            for (Clash clash : look.get()) {
                if (!clash.known()) {
                    return new DutyFinding(DutyFinding.Answer.Unknown, clash.why(), announced);
                }
                Answer answer = alreadyWaived(waived, clash).orElseGet(() -> waiver(facts, clash.conflict(), now));
                if (answer.waiver().isEmpty()) {
                    return new DutyFinding(
                            answer.unknown() ? DutyFinding.Answer.Unknown : DutyFinding.Answer.Conflict,
                            clash.why() + answer.why(),
                            announced);
                }
                waived.add(new Waived(clash, answer.waiver().get()));
            }
        }
        return new DutyFinding(DutyFinding.Answer.Separate, "", announced, List.copyOf(waived));
    }

    /** Whether it may count for this request as far as nobody has to be asked: approvers see which may. */
    boolean mayCount(GrantRequest request, IdentityFacts identity, WaiverFacts waiver, Instant now) {
        return now.isBefore(waiver.until())
                && !waiver.until().isAfter(now.plus(longest))
                && theirOwn(request, identity, waiver).isEmpty();
    }

    /** @param unknown whether one might hold, and it could not be found out */
    private record Answer(Optional<WaiverFacts> waiver, boolean unknown, String why) {}

    private static Optional<Answer> alreadyWaived(List<Waived> waived, Clash clash) {
        return waived.stream()
                .map(Waived::waiver)
                .filter(waiver ->
                        waiver.covers(clash.conflict().one(), clash.conflict().other()))
                .findFirst()
                .map(waiver -> new Answer(Optional.of(waiver), false, ""));
    }

    private Answer waiver(GrantFacts facts, Conflict conflict, Instant now) {
        IdentityFacts identity = facts.identity().orElseThrow();
        boolean unknown = false;
        StringBuilder problems = new StringBuilder();
        for (WaiverFacts waiver : identity.waivers()) {
            if (waiver.covers(conflict.one(), conflict.other())) {
                Problem problem = problem(facts, identity, waiver, now);
                if (problem == NONE) {
                    return new Answer(Optional.of(waiver), false, "");
                }
                unknown |= problem.unknown();
                problems.append(". It is waived there, but ").append(problem.why());
            }
        }
        return new Answer(
                Optional.empty(),
                unknown,
                problems.isEmpty()
                        ? ". Or a person who holds the verb " + WaiverFacts.VERB + " on ServiceIdentity "
                                + identity.name() + " waives it in spec.waivers"
                        : problems.toString());
    }

    private record Problem(boolean unknown, String why) {}

    private static final Problem NONE = new Problem(false, "");

    private Problem problem(GrantFacts facts, IdentityFacts identity, WaiverFacts waiver, Instant now) {
        Optional<String> theirOwn = theirOwn(facts.request(), identity, waiver);
        if (theirOwn.isPresent()) {
            return new Problem(false, theirOwn.get());
        }
        WaiverPolicy.Judgement found = WaiverPolicy.judge(
                waiver,
                WaiverProofs.of(identity, waiver, facts.guard(), now),
                longest,
                WaiverPolicy.asking(oracle, identity, waiver),
                now);
        if (!found.holds()) {
            return switch (found.state()) {
                case Unknown -> new Problem(true, found.message());
                case Refused, Valid -> new Problem(false, found.message());
            };
        }
        return outlivesIt(facts, waiver, now)
                .map(why -> new Problem(false, why))
                .orElse(NONE);
    }

    /** Nobody waives for themselves, under whichever of their names, and no identity for itself. */
    private Optional<String> theirOwn(GrantRequest request, IdentityFacts identity, WaiverFacts waiver) {
        if (waiver.waivedBy().equals(identity.subject().userName())) {
            return Optional.of(waiver.waivedBy() + " is the identity itself, which waives nothing");
        }
        if (!aliases.same(waiver.waivedBy(), request.requestedBy())) {
            return Optional.empty();
        }
        return Optional.of(waiver.waivedBy()
                + (waiver.waivedBy().equals(request.requestedBy())
                        ? " asks for this grant"
                        : " is the same person as "
                                + AssuredName.of(
                                        request.requestedBy(),
                                        request.requestedByVia().orElse(null),
                                        true)
                                + ", who asks for this grant")
                + ": somebody else must waive it");
    }

    private static Optional<String> outlivesIt(GrantFacts facts, WaiverFacts waiver, Instant now) {
        Instant begin = facts.request().notBefore().filter(now::isBefore).orElse(now);
        Instant end = facts.record().expiresAt().orElseGet(() -> GrantPlan.expiresAt(facts, begin));
        if (!end.isAfter(waiver.until())) {
            return Optional.empty();
        }
        String until = "the waiver by " + waiver.waivedBy() + " ends at " + waiver.until()
                + ", and this grant would end at " + end + ": ";
        Duration left = Duration.between(begin, waiver.until());
        if (left.compareTo(Duration.ofSeconds(1)) < 0) {
            return Optional.of(until + "ask for one that begins earlier, or have the waiver written anew");
        }
        // Whoever asks again does so later: to the minute, as far as there are any.
        Duration most = left.truncatedTo(left.toMinutes() > 0 ? ChronoUnit.MINUTES : ChronoUnit.SECONDS);
        return Optional.of(
                until + "ask for at most " + Durations.format(most) + ", or with notAfter: " + waiver.until());
    }
}
