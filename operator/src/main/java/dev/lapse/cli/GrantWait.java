package dev.lapse.cli;

import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import java.time.Duration;
import java.util.Optional;

/** Waits for what becomes of a grant. */
final class GrantWait {
    private final KubernetesSession session;
    private final Waiting waiting;

    GrantWait(KubernetesSession session, Waiting waiting) {
        this.session = session;
        this.waiting = waiting;
    }

    /** The active grant; anything else is a failure with its cause. */
    PrivilegeGrant untilActive(PrivilegeGrant asked, Duration timeout) {
        PrivilegeGrant seen = waiting.until(
                timeout,
                () -> now(asked),
                grant -> phase(grant)
                        .filter(now -> now == GrantPhase.Active || now.ended())
                        .isPresent(),
                GrantWait::line);
        Optional<GrantPhase> phase = phase(seen);
        if (phase.filter(GrantPhase.Active::equals).isPresent()) {
            return seen;
        }
        if (phase.filter(GrantPhase::ended).isPresent()) {
            throw Failure.with(ExitCode.DENIED, line(seen));
        }
        throw Failure.with(
                ExitCode.TIMED_OUT,
                "after " + Spans.about(timeout) + " still " + line(seen)
                        + " (the request stands: kubectl lapse explain " + name(seen) + " -n " + session.namespace()
                        + ")");
    }

    PrivilegeGrant untilEnded(PrivilegeGrant live, Duration timeout) {
        PrivilegeGrant seen = waiting.until(
                timeout,
                () -> now(live),
                grant -> phase(grant).filter(GrantPhase::ended).isPresent(),
                GrantWait::line);
        if (phase(seen).filter(GrantPhase::ended).isEmpty()) {
            throw Failure.with(ExitCode.TIMED_OUT, "after " + Spans.about(timeout) + " not ended yet: " + line(seen));
        }
        return seen;
    }

    /** For example {@code PrivilegeGrant g: AwaitingApproval, 0/1 approvals; …}. */
    static String line(PrivilegeGrant grant) {
        String what = "PrivilegeGrant " + name(grant) + ": ";
        PrivilegeGrantStatus status = grant.getStatus();
        if (status == null || status.phase() == null) {
            return what + "Lapse has not looked at it yet";
        }
        return what
                + status.phase()
                + ready(status).map(now -> ", " + now.message()).orElse("");
    }

    static Optional<Condition> ready(PrivilegeGrantStatus status) {
        return status.conditions() == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(condition -> condition.type().equals("Ready"))
                        .findFirst();
    }

    static Optional<GrantPhase> phase(PrivilegeGrant grant) {
        return Optional.ofNullable(grant.getStatus()).map(PrivilegeGrantStatus::phase);
    }

    private PrivilegeGrant now(PrivilegeGrant asked) {
        return session.grant(name(asked))
                .filter(found ->
                        found.getMetadata().getUid().equals(asked.getMetadata().getUid()))
                .orElseThrow(() -> Failure.with(
                        ExitCode.DENIED, "PrivilegeGrant " + name(asked) + " is gone: somebody deleted it"));
    }

    private static String name(PrivilegeGrant grant) {
        return grant.getMetadata().getName();
    }
}
