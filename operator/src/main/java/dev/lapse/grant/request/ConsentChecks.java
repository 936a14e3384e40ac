package dev.lapse.grant.request;

import static dev.lapse.grant.Obstacle.refuse;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.review.Consent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What must hold of the people who have to agree to a request. */
final class ConsentChecks {
    private static final Duration AFTER_IT_WAS_DUE = Duration.ofSeconds(10);

    private ConsentChecks() {}

    static Optional<Obstacle> enoughPeopleApproved(GrantFacts facts, Instant now) {
        Optional<RequestReview> review = RequestReview.of(facts, now);
        if (review.isEmpty()) {
            return Optional.empty();
        }
        if (facts.consent().isEmpty()) {
            return Optional.of(
                    waiting(facts, "a review is being opened", facts.request().notAfter()));
        }
        Consent consent = facts.consent().get();
        if (!review.get().isWhatWasAsked(consent)) {
            return refuse(
                    Reason.ApprovalVoid,
                    "AccessReview " + consent.name()
                            + " was not opened by the operator as it is: create a new PrivilegeGrant");
        }
        return switch (consent.phase()) {
            // The last two are of break-glass, which asks nobody beforehand.
            case Open, Overdue, Held ->
                Optional.of(waiting(
                        facts,
                        consent.approvals() + " approvals; AccessReview " + consent.name() + " can be decided until "
                                + consent.spec().dueAt(),
                        Optional.of(onceDue(consent.spec().dueAt(), now))));
            case Completed ->
                consent.approved()
                        ? Optional.empty()
                        : refuse(Reason.ApprovalDenied, consent.denial() + " (AccessReview " + consent.name() + ")");
            case Expired ->
                refuse(
                        Reason.ReviewExpired,
                        "nobody decided AccessReview " + consent.name() + " until "
                                + consent.spec().dueAt() + ", and silence is a no: create a new PrivilegeGrant");
            case Cancelled ->
                refuse(
                        Reason.ApprovalVoid,
                        "AccessReview " + consent.name()
                                + " was closed when what it was about changed, and now it is as before: create a new"
                                + " PrivilegeGrant");
        };
    }

    /** When to look again at a review that should be over by then; at least 10 s ahead, so that a late one makes no loop. */
    static Instant onceDue(Instant dueAt, Instant now) {
        Instant soon = now.plus(AFTER_IT_WAS_DUE);
        return dueAt.isAfter(soon) ? dueAt : soon;
    }

    private static Waiting waiting(GrantFacts facts, String message, Optional<Instant> lookAgainAt) {
        return facts.request().claimed()
                ? new Waiting(
                        GrantPhase.AwaitingApproval,
                        Reason.ClaimedRequest,
                        "an applier wrote this request, so nobody knows whether "
                                + facts.request().requestedBy() + " asks: " + message,
                        lookAgainAt)
                : new Waiting(GrantPhase.AwaitingApproval, Reason.ApprovalRequired, message, lookAgainAt);
    }
}
