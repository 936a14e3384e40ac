package dev.lapse.grant.request;

import static dev.lapse.grant.Obstacle.refuse;
import static dev.lapse.grant.Obstacle.refuseIf;

import dev.lapse.access.Entitlement;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.grant.GrantAction;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantPlan;
import dev.lapse.grant.GrantRequest;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Unasked;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.guard.NameProof;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.OutOfReachReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What must hold of the people behind a request: their names are proved, their consent and their rights are there. */
final class TrustChecks {
    private static final Duration FURTHEST_BEGINNING = Duration.ofDays(90);

    private TrustChecks() {}

    private static final Duration AFTER_FAILED_LOOKUP = Duration.ofSeconds(10);
    private static final Duration UNTIL_RIGHTS_ARE_NOTICED = Duration.ofSeconds(3);

    static Optional<Obstacle> guardStands(GrantFacts facts, Instant now) {
        return facts.guard().ready()
                ? Optional.empty()
                : Optional.of(new Waiting(
                        GrantPhase.Pending,
                        Reason.GuardNotReady,
                        "nothing is granted while the guard does not stand: "
                                + facts.guard().problem(),
                        Optional.empty()));
    }

    /** What it may bind is asked of the API server later; where it gives nothing is known before anybody is asked. */
    static Optional<Obstacle> operatorReachesThere(GrantFacts facts, EntryFacts entry, Instant now) {
        return facts.bounds()
                .refusal(GrantPlan.namespaces(facts.request(), entry))
                .flatMap(why -> stillBeingInstalled(facts, Reason.PlaceNotGrantable, why, now));
    }

    /** Before anything is denied by the time: what is not known well enough waits. */
    static Optional<Obstacle> timeIsKnown(GrantFacts facts, Instant now) {
        return facts.clockProblem()
                .map(problem -> new Waiting(
                        GrantPhase.Pending,
                        Reason.ClockUnsure,
                        "nothing is granted while " + problem + "; see the runbook clock",
                        Optional.of(now.plus(AFTER_FAILED_LOOKUP))));
    }

    static Optional<Obstacle> requesterIsProved(GrantFacts facts, Instant now) {
        return refuseIf(
                !NameProof.grantProved(
                        facts.guard(), facts.record().proof(), facts.request().createdAt()),
                Reason.NameUnproved,
                "this PrivilegeGrant was created while the guard did not stand, so nobody knows who asked: create it again"
                        + ", not before " + facts.guard().settledAt());
    }

    static Optional<Obstacle> authorIsProved(GrantFacts facts, EntryFacts entry, Instant now) {
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

    /** Seen from its creation, so that it does not become right by waiting: nobody approves for a day they cannot think of. */
    static Optional<Obstacle> notBeforeIsNear(GrantFacts facts, Instant now) {
        GrantRequest request = facts.request();
        return Obstacle.refuseIf(
                request.notBefore()
                        .filter(begin -> begin.isAfter(request.createdAt().plus(FURTHEST_BEGINNING)))
                        .isPresent(),
                Reason.NotBeforeTooFar,
                "spec.notBefore " + request.notBefore().map(Instant::toString).orElse("") + " is more than "
                        + FURTHEST_BEGINNING.toDays()
                        + " days ahead: ask again when it is nearer, of people who know by then what they approve");
    }

    static Optional<Obstacle> notBeforeHasCome(GrantFacts facts, Instant now) {
        Optional<Instant> notBefore = facts.request().notBefore();
        return notBefore.isPresent() && now.isBefore(notBefore.get())
                ? Optional.of(
                        new Waiting(GrantPhase.Scheduled, Reason.NotYet, "begins at " + notBefore.get(), notBefore))
                : Optional.empty();
    }

    static Optional<Obstacle> everybodyIsEntitled(GrantFacts facts, EntryFacts entry, Instant now) {
        if (facts.entitlement().isEmpty()) {
            return Optional.of(new Unasked(new GrantAction.AskEntitlement()));
        }
        Entitlement.Outcome outcome = facts.entitlement().get();
        if (outcome instanceof Entitlement.NotEntitled refusal) {
            return onceNoticed(facts, Reason.AuthorNotEntitled, refusal.why(), now);
        }
        if (outcome instanceof Entitlement.Withdrawn withdrawn) {
            return onceNoticed(
                    facts,
                    withdrawn.who() == Entitlement.Withdrawn.Who.Requester
                            ? Reason.RequesterNotEntitled
                            : Reason.ApprovalVoid,
                    withdrawn.why(),
                    now);
        }
        if (outcome instanceof Entitlement.OutOfReach limit) {
            return stillBeingInstalled(facts, OutOfReachReason.of(limit), limit.why(), now);
        }
        if (outcome instanceof Entitlement.Undecided open) {
            return Optional.of(new Waiting(
                    GrantPhase.Pending, Reason.LookupFailed, open.why(), Optional.of(now.plus(AFTER_FAILED_LOOKUP))));
        }
        return Optional.empty();
    }

    /** What the API server decides by follows a binding that was made just before the grant a moment later. */
    private static Optional<Obstacle> onceNoticed(GrantFacts facts, Reason reason, String why, Instant now) {
        Instant noticed = facts.request().createdAt().plus(UNTIL_RIGHTS_ARE_NOTICED);
        // Of what has begun something may give access already.
        return now.isBefore(noticed) && !facts.record().announced()
                ? Optional.of(new Waiting(GrantPhase.Pending, reason, why, Optional.of(noticed)))
                : refuse(reason, why);
    }

    /** Roles and accounts may be listed a moment after the grant that needs them was created. */
    private static Optional<Obstacle> stillBeingInstalled(GrantFacts facts, Reason reason, String why, Instant now) {
        return now.isBefore(facts.request().createdAt().plus(RequestChecks.PATIENCE))
                ? Optional.of(new Waiting(GrantPhase.Pending, reason, why, Optional.of(now.plus(AFTER_FAILED_LOOKUP))))
                : refuse(reason, why + " (waited " + Durations.format(RequestChecks.PATIENCE) + ")");
    }
}
