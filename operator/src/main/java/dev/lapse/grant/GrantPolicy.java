package dev.lapse.grant;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.UsedWaiver;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.condition.Reason;
import dev.lapse.grant.GrantAction.AddFinalizer;
import dev.lapse.grant.GrantAction.AskInsiders;
import dev.lapse.grant.GrantAction.ConfirmFreshness;
import dev.lapse.grant.GrantAction.Note;
import dev.lapse.grant.GrantAction.OpenReview;
import dev.lapse.grant.GrantAction.WriteStatus;
import dev.lapse.grant.Obstacle.Refused;
import dev.lapse.grant.Obstacle.Unasked;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.grant.begin.GrantBuilding;
import dev.lapse.grant.end.Endings;
import dev.lapse.grant.end.GrantRemoval;
import dev.lapse.grant.request.RequestChecks;
import dev.lapse.grant.request.RequestReview;
import dev.lapse.guard.NameProof;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Decides what a grant is and what is to be done next: taking away before giving, intent before access. */
public final class GrantPolicy {
    /** The informer's own event comes earlier, most likely. */
    private static final Duration UNTIL_SEEN = Duration.ofSeconds(1);

    private GrantPolicy() {}

    static GrantDecision decide(GrantFacts facts, Instant now) {
        if (facts.record().phase().ended()) {
            return GrantRemoval.afterTheEnd(facts, now);
        }
        Optional<Ending> ending = Endings.first(facts, now);
        if (ending.isPresent()) {
            return GrantRemoval.end(facts, ending.get(), now);
        }
        if (!facts.record().announced()) {
            return consider(facts, now);
        }
        return facts.record().activatedAt().isPresent() ? GrantBuilding.keep(facts, now) : begin(facts, now);
    }

    /** Its end is announced: that it may begin is asked again. */
    private static GrantDecision begin(GrantFacts facts, Instant now) {
        Optional<Obstacle> obstacle = RequestChecks.first(facts, now);
        return obstacle.flatMap(why -> GrantBuilding.failure(why, now))
                .map(ending -> GrantRemoval.end(facts, ending, now))
                .orElseGet(() -> GrantBuilding.activate(facts, obstacle, now));
    }

    /** A request: refuse it, let it wait, or announce its end and begin. */
    private static GrantDecision consider(GrantFacts facts, Instant now) {
        Optional<Obstacle> obstacle = RequestChecks.first(facts, now);
        if (obstacle.isPresent()) {
            return hindered(facts, obstacle.get(), now);
        }
        Optional<GrantAction> claim = ClaimMemory.begins(facts, now);
        if (claim.isPresent()) {
            return activating(facts, claim.get());
        }
        if (!facts.request().held()) {
            return activating(facts, new AddFinalizer());
        }
        Optional<GrantAction> debt = BreakGlass.unwritten(facts, now);
        if (debt.isPresent()) {
            return BreakGlass.writingDown(debt.get());
        }
        IdentityFacts identity = facts.identity().orElseThrow();
        EntryFacts entry = identity.entry(facts.request().privilege()).orElseThrow();
        Instant end = GrantPlan.expiresAt(facts, now);
        GrantRecord intent = proved(facts, now)
                .withIntent(GrantPlan.resolve(facts, identity, entry), end, GrantPlan.objects(facts.request(), entry))
                .withWaivers(waived(facts));
        return activating(
                facts,
                new WriteStatus(BreakGlass.onRecord(facts, now)
                        .map(owed -> intent.withReview(owed.review()))
                        .orElse(intent)));
    }

    /** What it rests on now; once its end is announced that is asked again. */
    public static List<UsedWaiver> waived(GrantFacts facts) {
        return facts.duties().map(DutyFinding::onRecord).orElse(List.of());
    }

    private static GrantDecision hindered(GrantFacts facts, Obstacle obstacle, Instant now) {
        if (obstacle instanceof Refused refused) {
            return refused(facts, refused, now);
        }
        if (obstacle instanceof Waiting waiting) {
            // It may wait for long, and the guard may change meanwhile: what it proves now stays proved.
            if (facts.record().proof().isEmpty()
                    && NameProof.grantProved(
                            facts.guard(), Optional.empty(), facts.request().createdAt())) {
                return GrantDecision.todo(
                        waiting.phase(), waiting.reason(), waiting.message(), new Note(proved(facts, now)));
            }
            return review(facts, waiting, now)
                    .map(step -> GrantDecision.todo(waiting.phase(), waiting.reason(), waiting.message(), step))
                    .orElseGet(() -> GrantDecision.settled(
                            waiting.phase(), waiting.reason(), waiting.message(), waiting.lookAgainAt()));
        }
        return activating(facts, ((Unasked) obstacle).ask());
    }

    /**
     * An informer may not have seen yet what was applied a moment before the request, and nothing brings a refused
     * request back: so what it shows is compared with the API server first.
     */
    private static GrantDecision refused(GrantFacts facts, Refused refused, Instant now) {
        if (facts.upToDate().isEmpty()) {
            return activating(facts, new ConfirmFreshness());
        }
        if (!facts.upToDate().get()) {
            return GrantDecision.settled(
                    facts.record().phase(),
                    Reason.Activating,
                    "what it is about has just changed, and is looked at again",
                    Optional.of(now.plus(UNTIL_SEEN)));
        }
        Optional<GrantAction> claim = ClaimMemory.ends(facts, EndCause.Denied, now);
        if (claim.isPresent()) {
            return GrantDecision.todo(GrantPhase.Pending, refused.reason(), refused.message(), claim.get());
        }
        End end = End.begun(EndCause.Denied, null, refused.message(), now.truncatedTo(ChronoUnit.SECONDS));
        return GrantDecision.todo(
                GrantPhase.Denied,
                refused.reason(),
                refused.message(),
                new WriteStatus(facts.record().withEnd(end).withPhase(GrantPhase.Denied)));
    }

    /** A request that people have to decide has a review: its name is written down before it is opened. */
    private static Optional<GrantAction> review(GrantFacts facts, Waiting waiting, Instant now) {
        if (waiting.phase() != GrantPhase.AwaitingApproval || facts.consent().isPresent()) {
            return Optional.empty();
        }
        RequestReview review = RequestReview.of(facts, now).orElseThrow();
        List<String> unasked = review.accountsToAskAbout().stream()
                .filter(account -> facts.record()
                        .insiders()
                        .filter(known -> known.covers(List.of(account)))
                        .isEmpty())
                .toList();
        // What there is no room for is never known: the review opens, and no approval of it counts.
        boolean room = !facts.record().insiders().map(InsidersWhenAsked::full).orElse(false);
        if (room && !unasked.isEmpty()) {
            return Optional.of(new AskInsiders(unasked, review.name()));
        }
        return Optional.of(
                facts.record().review().filter(review.name()::equals).isPresent()
                        ? new OpenReview(review)
                        : new WriteStatus(facts.record().withReview(review.name())));
    }

    /** The guard stood when the names were written: that stays true whatever becomes of the guard. */
    private static GrantRecord proved(GrantFacts facts, Instant now) {
        return facts.record().proof().isPresent()
                ? facts.record()
                : facts.record()
                        .withProof(new Proof(
                                facts.guard().epoch(),
                                facts.request().generation(),
                                now.truncatedTo(ChronoUnit.SECONDS)));
    }

    /** A step on the way in, or one that keeps what is active as it should be. */
    public static GrantDecision activating(GrantFacts facts, GrantAction next) {
        boolean active = facts.record().activatedAt().isPresent();
        return GrantDecision.todo(
                active ? GrantPhase.Active : GrantPhase.Pending,
                active ? Reason.Active : Reason.Activating,
                active ? "active until " + facts.record().expiresAt().orElseThrow() : "being activated",
                next);
    }
}
