package dev.lapse.cli;

import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why a grant is as it is, what is next, and who can do it.
 *
 * @param review of its request, where there is one that the caller may read
 * @param mayApprove whether the caller holds the verb approve on the identity
 * @param mayRead whether the caller may read the delivered Secret
 * @param readers of the delivered Secret; nothing if there is none
 */
record GrantExplanation(
        PrivilegeGrant grant,
        Optional<RequestToDecide> review,
        Person me,
        boolean mayApprove,
        boolean mayRead,
        Optional<SecretReaders> readers,
        Instant now) {

    Explanation told() {
        PrivilegeGrantSpec spec = grant.getSpec();
        Explanation told = Explanation.of(grant, ": " + state())
                .line("asks for", spec.privilege() + " of " + spec.identityRef().name() + ", for " + spec.duration())
                .line("asked by", asker(spec))
                .line("because", spec.reason() + (spec.ticket() == null ? "" : " (" + spec.ticket() + ")"))
                .line("incident", incident(spec));
        waivers().forEach(waiver -> told.line("waived", waiver));
        told.line("why", why()).lines("next", NextStep.of(grant, review));
        review.filter(RequestToDecide::isBreakGlass).ifPresent(owed -> told.lines("owed", owed(owed)));
        if (isAwaiting()) {
            review.ifPresent(open -> told.line("who", open.deciders()));
            told.line("you", you());
        }
        review.ifPresent(open -> open.verdicts().forEach(seen -> told.line("verdict", open.verdict(seen))));
        told.line("until", until()).line("left", left());
        readers.ifPresent(known -> told.line("token", "in Secret " + NextStep.secret(grant))
                .lines("who may read it", known.told(mayRead ? "you, " : "not you; ")));
        return told;
    }

    private String state() {
        return GrantWait.phase(grant)
                .map(phase -> phase
                        + GrantWait.ready(grant.getStatus())
                                .map(ready -> " (" + ready.reason() + ")")
                                .orElse(""))
                .orElse("not looked at yet");
    }

    private static String asker(PrivilegeGrantSpec spec) {
        return spec.requestedBy()
                + (spec.requestedByVia() == null
                        ? ""
                        : " (claimed: " + spec.requestedByVia() + " wrote it, nobody knows for whom)");
    }

    private static Optional<String> incident(PrivilegeGrantSpec spec) {
        return Optional.ofNullable(spec.breakGlass())
                .map(taken -> taken.incident() + " (break-glass: without approval)");
    }

    /** What is owed for a break-glass, and who can pay it. */
    static List<String> owed(RequestToDecide review) {
        String name = "AccessReview " + review.name() + " is " + review.phase();
        return review.closed().isPresent()
                ? List.of(name + ": " + review.outcome())
                : List.of(
                        name + ", due " + review.review().getSpec().dueAt() + ": " + review.outcome(),
                        review.deciders() + ": kubectl lapse review keep " + review.name() + review.itemToName()
                                + " -n " + review.review().getMetadata().getNamespace());
    }

    /** What it rests on; before it has begun, what it may rest on. */
    private List<String> waivers() {
        List<PrivilegeGrantStatus.UsedWaiver> used =
                grant.getStatus() == null ? null : grant.getStatus().waivers();
        return used == null
                ? review.map(RequestToDecide::waivers).orElse(List.of())
                : used.stream()
                        .map(waiver -> new ReviewedRequest.Waiver(
                                        waiver.duties(), waiver.waivedBy(), waiver.until(), waiver.reason())
                                .describe())
                        .toList();
    }

    private Optional<String> why() {
        return Optional.ofNullable(grant.getStatus()).flatMap(GrantWait::ready).map(Condition::message);
    }

    private boolean isAwaiting() {
        return GrantWait.phase(grant)
                .filter(GrantPhase.AwaitingApproval::equals)
                .isPresent();
    }

    private String you() {
        if (me.user().equals(grant.getSpec().requestedBy())) {
            return "you (" + me.user() + ") asked for it, so somebody else must decide";
        }
        return mayApprove
                ? "you (" + me.user() + ") hold the verb approve"
                        + (isReviewer() ? "" : ", but are none of the reviewers")
                : "you (" + me.user() + ") do not hold the verb approve on ServiceIdentity "
                        + grant.getSpec().identityRef().name();
    }

    private boolean isReviewer() {
        return review.map(open -> open.review().getSpec().reviewers())
                .map(people -> people.isEmpty()
                        || people.stream()
                                .anyMatch(person -> me.user().equals(person.user())
                                        || (person.group() != null
                                                && me.groups().contains(person.group()))))
                .orElse(true);
    }

    private Optional<String> until() {
        return Optional.ofNullable(grant.getStatus())
                .filter(status -> status.phase() != null && !status.phase().ended())
                .map(PrivilegeGrantStatus::expiresAt)
                .map(at -> Spans.untilTold(at, now));
    }

    /** Of an ended grant: whether the access that it gave is really gone. */
    private Optional<String> left() {
        return Optional.ofNullable(grant.getStatus())
                .filter(status -> status.phase() != null && status.phase().ended())
                .filter(status -> status.conditions() != null)
                .flatMap(status -> status.conditions().stream()
                        .filter(condition -> condition.type().equals("AccessRemoved"))
                        .findFirst())
                .map(removed -> (removed.status() == ConditionStatus.True ? "nothing: " : "") + removed.message());
    }
}
