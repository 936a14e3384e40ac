package dev.lapse.review.campaign;

import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus.CampaignCount;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.condition.Reason;
import dev.lapse.condition.Refusal;
import dev.lapse.guard.NameProof;
import dev.lapse.review.IdentityVerb;
import dev.lapse.review.ReviewDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Decides what a campaign is: refused, or to be opened, which is a review for each identity of its scope, or running until
 * each of them is decided.
 */
public final class CampaignPolicy {
    private CampaignPolicy() {}

    /**
     * @param opened how many reviews it has, once they are opened
     * @param undecided how many of them nobody has decided
     * @param memory why what is remembered is not known; empty if it is
     * @param right whether whoever opened it may, as the API server says; empty as long as it was not asked
     */
    record Facts(
            AccessReviewSpec spec,
            String namespace,
            Instant createdAt,
            Optional<CampaignCount> opened,
            int undecided,
            NameProof.Answer proof,
            String memory,
            Optional<Answer> right) {
        Facts withRight(Answer said) {
            return new Facts(spec, namespace, createdAt, opened, undecided, proof, memory, Optional.of(said));
        }
    }

    /** What is to be done before anything more can be said. */
    enum Next {
        Nothing,
        /** Whether whoever opened it may. */
        AskRight,
        OpenReviews
    }

    /** @param lookAgainAt when this could change without anybody doing anything */
    public record Decided(ReviewPhase phase, Reason reason, String message, Next next, Optional<Instant> lookAgainAt) {
        boolean open() {
            return next == Next.OpenReviews;
        }
    }

    /** @param notice how long people have at least */
    static Decided decide(Facts facts, Duration notice, Instant now) {
        return facts.opened().isPresent() ? running(facts, facts.opened().get(), now) : beginning(facts, notice, now);
    }

    private static Decided running(Facts facts, CampaignCount opened, Instant now) {
        int decided = opened.reviews() - facts.undecided();
        Instant dueAt = facts.spec().dueAt();
        if (facts.undecided() == 0) {
            return new Decided(
                    ReviewPhase.Completed,
                    Reason.CampaignDone,
                    opened.reviews() == 0
                            ? "no identity of its scope was there when it was opened, or none with an eligible entry"
                            : "each of its " + opened.reviews() + " reviews is decided",
                    Next.Nothing,
                    Optional.empty());
        }
        boolean overdue = !now.isBefore(dueAt);
        String message = decided + " of its " + opened.reviews() + " reviews are decided, due at " + dueAt;
        return overdue
                ? new Decided(ReviewPhase.Overdue, Reason.ReviewOverdue, message, Next.Nothing, Optional.empty())
                : new Decided(ReviewPhase.Open, Reason.CampaignRuns, message, Next.Nothing, Optional.of(dueAt));
    }

    private static Decided beginning(Facts facts, Duration notice, Instant now) {
        if (facts.spec().dueAt().isBefore(facts.createdAt().plus(notice))) {
            return refused(
                    Reason.DueTooSoon,
                    "spec.dueAt is sooner than " + Durations.format(notice)
                            + " after it was created: open another campaign that gives people at least that long");
        }
        if (facts.proof() == NameProof.Answer.UNPROVED) {
            return refused(Reason.NameUnproved, "it was written while the guard did not stand: open another campaign");
        }
        if (facts.proof() == NameProof.Answer.UNKNOWN) {
            return waiting(
                    Reason.GuardNotReady,
                    "the guard does not stand, so the name in spec.openedBy is not proved",
                    Optional.empty());
        }
        if (!facts.memory().isEmpty()) {
            return waiting(
                    Reason.MemoryUnreadable,
                    facts.memory(),
                    Optional.of(now.plus(ReviewDecision.AFTER_A_FAILED_LOOKUP)));
        }
        if (facts.right().isEmpty()) {
            return opening(Next.AskRight);
        }
        Answer right = facts.right().get();
        return switch (right.verdict()) {
            case Allowed -> opening(Next.OpenReviews);
            case Denied -> refused(Reason.CampaignNotAllowed, notAllowed(facts));
            case Unknown ->
                waiting(
                        Reason.LookupFailed,
                        right.reason(),
                        Optional.of(now.plus(ReviewDecision.AFTER_A_FAILED_LOOKUP)));
        };
    }

    private static Decided opening(Next next) {
        return new Decided(ReviewPhase.Open, Reason.CampaignRuns, "is being opened", next, Optional.empty());
    }

    /** What came of opening the reviews: one identity that hinders hinders no other. */
    record Opening(int reviews, List<Refusal> refusals) {}

    /** The rest is open already, and this is tried again. */
    static Decided notAllOpened(Opening opening, Instant now) {
        Refusal first = opening.refusals().get(0);
        return waiting(
                first.reason(),
                opening.refusals().size() + " of its " + opening.reviews()
                        + " reviews are not open yet, and are tried again; the first: " + first.message(),
                Optional.of(now.plus(ReviewDecision.AFTER_A_FAILED_LOOKUP)));
    }

    private static String notAllowed(Facts facts) {
        return facts.spec().opener() + " does not hold the verb " + IdentityVerb.CAMPAIGN.text()
                + " on the ServiceIdentities of "
                + (everywhere(facts.spec(), facts.namespace()) ? "every namespace" : "namespace " + facts.namespace())
                + "; whose right comes from a group names that group in openedByAs";
    }

    /** Whether it is about identities of every namespace. */
    static boolean everywhere(AccessReviewSpec spec, String namespace) {
        return spec.scope() != null && spec.scope().allNamespaces() && namespace.equals(Lapse.SYSTEM_NAMESPACE);
    }

    private static Decided refused(Reason reason, String message) {
        return new Decided(ReviewPhase.Cancelled, reason, message, Next.Nothing, Optional.empty());
    }

    private static Decided waiting(Reason reason, String message, Optional<Instant> lookAgainAt) {
        return new Decided(ReviewPhase.Open, reason, message, Next.Nothing, lookAgainAt);
    }
}
