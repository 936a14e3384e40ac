package dev.lapse.review.verdict;

import dev.lapse.access.Insiders;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.EligibleEntry;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Insider;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Kind;
import dev.lapse.api.v1alpha1.PeoplesText;
import dev.lapse.review.Aliases;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewerRights;
import dev.lapse.review.verdict.VerdictChecks.Judgement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether somebody who approves a request could act as its account when it was made: taking the right away since does not help. */
public final class WhenAsked {
    private static final String REMEDY =
            ": somebody else must approve, or a new PrivilegeGrant must ask anew, or the entry may say insiders: Allow";

    private WhenAsked() {}

    /**
     * Groups that could, and of whose members nobody knows: while they can by the very same bindings, the guard refuses their
     * members, as it knows all groups of whoever writes.
     */
    static List<Insider> toAskAbout(ReviewFacts facts, Decision decision) {
        return concerned(facts, decision)
                ? facts.whenAsked().map(InsidersWhenAsked::insiders).stream()
                        .flatMap(List::stream)
                        .filter(insider -> insider.kind() == Kind.Group && !isIn(insider, decision))
                        .toList()
                : List.of();
    }

    static Optional<Judgement> wasNoInsider(ReviewFacts facts, Decision decision, Aliases aliases, Instant now) {
        ReviewerRights rights = facts.rights().get(ReviewFacts.key(decision));
        if (rights == null || !concerned(facts, decision)) {
            return Optional.empty();
        }
        Optional<InsidersWhenAsked> known = facts.whenAsked()
                .filter(record -> record.covers(facts.spec().requested().accounts()));
        if (known.isEmpty()) {
            return VerdictChecks.refuse(
                    VerdictReason.NotKnownWhenAsked,
                    "who could act as the account when this was asked was not written down then: a new PrivilegeGrant must"
                            + " ask anew, or the entry may say insiders: Allow");
        }
        return known.get().insiders().stream()
                .filter(insider -> is(insider, decision, aliases))
                .findFirst()
                .map(insider -> new VerdictChecks.Judged(
                        VerdictReason.InsiderWhenAsked,
                        decision.by() + " could act as " + insider.account() + " when this was asked"
                                + (insider.kind() == Kind.Group
                                                || !insider.name().equals(decision.by())
                                        ? " as " + shown(insider)
                                        : "")
                                + " (" + insider.by() + "), and taking that away since does not help" + REMEDY))
                .map(Judgement.class::cast)
                .or(() -> unknown(known.get(), rights, decision));
    }

    /** Of what a group holds by now the bindings tell nothing, as they cannot all be listed. */
    public static String notKnownNow(Insider group) {
        return "whether " + shown(group) + ", which could act as " + group.account()
                + " when this was asked, holds what it held then is not known: there are more bindings or roles than Lapse"
                + " reads, or one is too large to judge: take such away, or the entry may say insiders: Allow";
    }

    private static Optional<Judgement> unknown(InsidersWhenAsked known, ReviewerRights rights, Decision decision) {
        if (!known.complete()) {
            return VerdictChecks.refuse(
                    VerdictReason.NotKnownWhenAsked,
                    "more could act as the account when this was asked than Lapse can keep track of ("
                            + InsidersWhenAsked.MOST
                            + " users and groups), or a binding or role was too large to judge: take such rights away and"
                            + " ask anew, or the entry may say insiders: Allow");
        }
        return rights.changed().stream()
                .findFirst()
                .flatMap(group -> VerdictChecks.refuse(
                        VerdictReason.NotKnownWhenAsked,
                        shown(group) + " could act as " + group.account() + " when this was asked (" + group.by()
                                + "), that has changed since, and whether " + decision.by()
                                + " was a member is not known: a new PrivilegeGrant must ask anew, or the entry may say"
                                + " insiders: Allow"));
    }

    private static boolean concerned(ReviewFacts facts, Decision decision) {
        return facts.terms().countsInsidersWhenAsked()
                && facts.spec().insiders() != EligibleEntry.Insiders.Allow
                && VerdictChecks.isAYes(decision);
    }

    private static boolean is(Insider insider, Decision decision, Aliases aliases) {
        return insider.kind() == Kind.User ? aliases.same(insider.name(), decision.by()) : isIn(insider, decision);
    }

    private static boolean isIn(Insider group, Decision decision) {
        return Insiders.everybody(group)
                || (decision.byAs() != null && decision.byAs().contains(group.name()));
    }

    private static String shown(Insider insider) {
        return (insider.kind() == Kind.Group ? "group " : "user ") + PeoplesText.oneLine(insider.name());
    }
}
