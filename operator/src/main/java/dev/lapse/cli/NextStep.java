package dev.lapse.cli;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec;
import dev.lapse.condition.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What has to happen next with a grant, and the command for it. */
final class NextStep {
    /** What those reasons take that the condition's own message does not say. */
    private static final Map<Reason, String> WHILE_IT_WAITS = Map.ofEntries(
            Map.entry(
                    Reason.ClockUnsure,
                    "nothing from you: the administrators set the operator's clock (docs/runbooks/clock.md)"),
            Map.entry(
                    Reason.GuardNotReady,
                    "nothing from you: it goes on once the guard stands; if that takes longer than a minute, the administrators"
                            + " look at it (docs/runbooks/guard-not-ready.md)"),
            Map.entry(Reason.LookupFailed, "nothing from you: the API server is asked again every few seconds"),
            Map.entry(
                    Reason.StepFailed,
                    "the administrators remove what the message names; Lapse tries again without end"),
            Map.entry(
                    Reason.Activating,
                    "nothing: it is under way; if it stays, the operator is down (docs/runbooks/operator-down.md)"),
            Map.entry(
                    Reason.BeyondApplierLimits,
                    "somebody who could bind the role there decides the review that the reason names"),
            Map.entry(Reason.NameUnproved, "whoever wrote the identity's entry writes it again, with any change"),
            Map.entry(Reason.SubjectNotFound, "somebody creates the account"),
            Map.entry(
                    Reason.RoleNotGrantable, "an administrator adds the role to ClusterRole lapse-operator-grantable"),
            Map.entry(
                    Reason.SubjectNotGrantable,
                    "an administrator lets the operator grant to that account, by name (docs/install.md#grantable-subjects)"),
            Map.entry(
                    Reason.PlaceNotGrantable,
                    "ask for a grant elsewhere, or an administrator changes ConfigMap lapse-guard of lapse-system"));

    private NextStep() {}

    /** In lines, the first of which is the step itself. */
    static List<String> of(PrivilegeGrant grant, Optional<RequestToDecide> review) {
        Optional<GrantPhase> phase = GrantWait.phase(grant);
        if (phase.isEmpty()) {
            return List.of(
                    "Lapse looks at it; if it stays like this, no operator runs (docs/runbooks/operator-down.md)");
        }
        if (phase.get() == GrantPhase.Active) {
            return List.of(
                    use(grant),
                    "end it early: kubectl lapse revoke " + grant.getMetadata().getName() + namespace(grant));
        }
        return List.of(
                switch (phase.get()) {
                    case Active -> use(grant);
                    case AwaitingApproval -> approval(grant, review);
                    case Scheduled ->
                        "it begins by itself at " + grant.getSpec().notBefore();
                    case Revoking -> "nothing: Lapse takes its access away, and tries again without end";
                    case Expired, Revoked -> "nothing: it is over. Needed again? " + anew(grant);
                    case Denied -> "mend what the reason names, then ask anew: " + anew(grant);
                    case Failed ->
                        "somebody else's object has its name: find out who made it, remove it, then " + anew(grant);
                    case Pending -> whilePending(grant);
                });
    }

    private static String whilePending(PrivilegeGrant grant) {
        Optional<Reason> reason = GrantWait.ready(grant.getStatus()).flatMap(ready -> reason(ready.reason()));
        if (reason.filter(Reason.IdentityNotFound::equals).isPresent()) {
            return "somebody creates ServiceIdentity "
                    + grant.getSpec().identityRef().name() + " in namespace "
                    + grant.getMetadata().getNamespace();
        }
        return reason.map(WHILE_IT_WAITS::get)
                .orElse("see the reason; docs/runbooks/grant-does-not-start.md has a remedy for each");
    }

    private static Optional<Reason> reason(String word) {
        return Arrays.stream(Reason.values())
                .filter(each -> each.name().equals(word))
                .findFirst();
    }

    private static String use(PrivilegeGrant grant) {
        return CredentialUse.of(grant).told(grant);
    }

    private static String approval(PrivilegeGrant grant, Optional<RequestToDecide> review) {
        String command = "kubectl lapse approve " + grant.getMetadata().getName() + namespace(grant);
        return review.map(open -> open.approvals() + " approvals; whoever may decide: " + command)
                .orElse("people decide: " + command);
    }

    private static String anew(PrivilegeGrant grant) {
        PrivilegeGrantSpec spec = grant.getSpec();
        return "kubectl lapse request " + spec.identityRef().name() + " " + spec.privilege() + " --for "
                + spec.duration() + " --reason '…'" + namespace(grant);
    }

    static String secret(PrivilegeGrant grant) {
        return Lapse.NAME_PREFIX + grant.getMetadata().getUid();
    }

    static String namespace(PrivilegeGrant grant) {
        return " -n " + grant.getMetadata().getNamespace();
    }
}
