package dev.lapse.review.verdict;

import dev.lapse.access.Entitlement;
import dev.lapse.api.v1alpha1.AccountName;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import dev.lapse.api.v1alpha1.EligibleEntry.Person;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.guard.NameProof;
import dev.lapse.review.Aliases;
import dev.lapse.review.IdentityVerb;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewerRights;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What must hold of a verdict so that it counts, in the order in which it is looked at. */
public final class VerdictChecks {
    private static final String PRINCIPALS = AccountName.PREFIX + Lapse.PRINCIPALS_NAMESPACE + ":";

    private VerdictChecks() {}

    /** What came of looking at a verdict. */
    public sealed interface Judgement permits Judged, NotYet, Unasked {}

    public record Judged(VerdictReason reason, String message) implements Judgement {}

    /** The guard does not stand, or the API server could not be asked: look again. */
    public record NotYet(String why) implements Judgement {}

    /** The API server has to be asked about the rights of whoever gave it. */
    public record Unasked() implements Judgement {}

    @FunctionalInterface
    interface Check {
        Optional<Judgement> of(ReviewFacts facts, Decision decision, Aliases aliases, Instant now);
    }

    private static final List<Check> IN_ORDER = List.of(
            VerdictChecks::itemIsThere,
            VerdictChecks::isInTime,
            VerdictChecks::sawWhatIsAsked,
            VerdictChecks::nameIsProved,
            VerdictChecks::isNotTheirOwnRequest,
            VerdictChecks::isNotTheIdentity,
            VerdictChecks::isAReviewer,
            VerdictChecks::isAPersonOrIsNamed,
            VerdictChecks::holdsTheVerb,
            VerdictChecks::couldBindIt,
            VerdictChecks::isNoInsider,
            WhenAsked::wasNoInsider);

    public static Judgement first(ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        return IN_ORDER.stream()
                .flatMap(check -> check.of(facts, decision, aliases, now).stream())
                .findFirst()
                .orElse(new Judged(VerdictReason.Counts, decision.verdict() + " by " + decision.by()));
    }

    private static Optional<Judgement> itemIsThere(ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        return refuseIf(
                !facts.spec().itemHashes().containsKey(decision.item()),
                VerdictReason.NoSuchItem,
                "the items of this review are named "
                        + String.join(", ", facts.spec().itemHashes().keySet()));
    }

    private static Optional<Judgement> isInTime(ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        return refuseIf(
                // What is owed after the fact stays owed, so an answer is never too late.
                !facts.spec().type().afterwards() && !now.isBefore(facts.spec().dueAt()),
                VerdictReason.Late,
                "the review was due at " + facts.spec().dueAt());
    }

    private static Optional<Judgement> sawWhatIsAsked(
            ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        return refuseIf(
                !decision.itemHash().equals(facts.spec().itemHashes().get(decision.item())),
                VerdictReason.OtherHash,
                "the verdict names another itemHash than "
                        + facts.spec().itemHashes().get(decision.item())
                        + ": look at the item again and name its hash");
    }

    private static Optional<Judgement> nameIsProved(
            ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        return switch (facts.proofs().getOrDefault(ReviewFacts.key(decision), NameProof.Answer.UNKNOWN)) {
            case PROVED -> Optional.empty();
            case UNPROVED ->
                refuse(
                        VerdictReason.NameUnproved,
                        "it was written while the guard did not stand: " + decision.by()
                                + " must write it again, changed");
            case UNKNOWN -> Optional.of(new NotYet("the guard does not stand, so the name beside it is not proved"));
        };
    }

    private static Optional<Judgement> isNotTheirOwnRequest(
            ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        ReviewedRequest request = facts.spec().request();
        String requester = request == null ? "" : request.requestedBy();
        return refuseIf(
                request != null && aliases.same(decision.by(), requester),
                VerdictReason.OwnRequest,
                decision.by()
                        + (decision.by().equals(requester) ? " asked for it" : " is the same person as " + requester)
                        + ": somebody else must decide");
    }

    private static Optional<Judgement> isNotTheIdentity(
            ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        boolean itself = facts.subjectName().filter(decision.by()::equals).isPresent()
                || decision.by().startsWith(PRINCIPALS);
        if (facts.appliers().contains(decision.by())) {
            return refuse(VerdictReason.OwnIdentity, decision.by() + " is not a person: an applier decides nothing");
        }
        return refuseIf(
                itself, VerdictReason.OwnIdentity, decision.by() + " is not a person: an identity decides nothing");
    }

    private static Optional<Judgement> isAReviewer(ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        List<Person> reviewers = facts.spec().listedReviewers();
        boolean listed = reviewers.isEmpty() || reviewers.stream().anyMatch(person -> names(person, decision));
        boolean onceDue = facts.terms().everybodyDecidesOnceDue();
        boolean everybodyMay = onceDue && !now.isBefore(facts.spec().dueAt());
        return refuseIf(
                !listed && !everybodyMay,
                VerdictReason.NotAReviewer,
                decision.by() + " is not among the reviewers; whoever is one through a group names that group in byAs"
                        + (onceDue
                                ? "; from " + facts.spec().dueAt() + " on everybody decides who holds the verb"
                                : ""));
    }

    /** An editor of an account's namespace can act as the account, so its approval identifies no person. */
    private static Optional<Judgement> isAPersonOrIsNamed(
            ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        List<Person> reviewers = facts.spec().listedReviewers();
        boolean named = reviewers.stream().anyMatch(person -> decision.by().equals(person.user()));
        if (!isAYes(decision) || !AccountName.isOne(decision.by())) {
            return Optional.empty();
        }
        if (!named) {
            return refuse(
                    VerdictReason.NotAReviewer,
                    decision.by() + " is an account, and others may act as it: its yes counts only where the entry"
                            + " names it by its user name among the approvers");
        }
        // Whoever asked may be in groups that nobody stated, or may have taken a token before: unknown never counts.
        return refuseIf(
                facts.spec().insiders() != Insiders.Allow,
                VerdictReason.Insider,
                decision.by() + " is an account, and nobody knows whether whoever asked could act as it: a person must"
                        + " say so, or " + whatNames(facts) + " may say insiders: Allow");
    }

    static String whatNames(ReviewFacts facts) {
        return facts.terms().author(facts.spec());
    }

    static boolean isAYes(Decision decision) {
        return decision.verdict() == Verdict.Approve || decision.verdict() == Verdict.Keep;
    }

    private static boolean names(Person person, Decision decision) {
        return person.user() == null
                ? decision.byAs() != null && decision.byAs().contains(person.group())
                : person.user().equals(decision.by());
    }

    private static Optional<Judgement> holdsTheVerb(
            ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        ReviewerRights rights = facts.rights().get(ReviewFacts.key(decision));
        if (rights == null) {
            return Optional.of(new Unasked());
        }
        return switch (rights.decides()) {
            case Allowed -> Optional.empty();
            case Denied ->
                refuse(
                        VerdictReason.NotAllowed,
                        decision.by() + " does not hold the verb "
                                + IdentityVerb.toDecide(facts.spec().type()).text() + " on ServiceIdentity "
                                + facts.spec().identity()
                                + "; whose right comes from a group names that group in byAs");
            case Unknown -> Optional.of(new NotYet(rights.why()));
        };
    }

    /** Whoever says yes to an entry takes the place of its author, and gives no more than an author could. */
    private static Optional<Judgement> couldBindIt(ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        ReviewerRights rights = facts.rights().get(ReviewFacts.key(decision));
        if (rights == null || !isAYes(decision) || rights.binds() instanceof Entitlement.Entitled) {
            return Optional.empty();
        }
        return rights.binds() instanceof Entitlement.NotEntitled refusal
                ? refuse(
                        VerdictReason.NotEntitled,
                        refusal.denial() + ": somebody must approve who could bind it there; whose right comes from a"
                                + " group names that group in byAs")
                : Optional.of(new NotYet(
                        rights.binds() instanceof Entitlement.Undecided open
                                ? open.why()
                                : "whether " + decision.by() + " could bind the role is not known"));
    }

    /** Whoever could act as the account may say no to it. */
    private static Optional<Judgement> isNoInsider(ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        ReviewerRights rights = facts.rights().get(ReviewFacts.key(decision));
        if (rights == null || !isAYes(decision)) {
            return Optional.empty();
        }
        return switch (rights.insider()) {
            case Denied -> Optional.empty();
            case Allowed ->
                refuse(
                        VerdictReason.Insider,
                        rights.why() + ": somebody else must say so, or " + whatNames(facts)
                                + " may say insiders: Allow");
            case Unknown -> Optional.of(new NotYet(rights.why()));
        };
    }

    static Optional<Judgement> refuse(VerdictReason reason, String message) {
        return Optional.of(new Judged(reason, message));
    }

    private static Optional<Judgement> refuseIf(boolean refused, VerdictReason reason, String message) {
        return refused ? refuse(reason, message) : Optional.empty();
    }
}
