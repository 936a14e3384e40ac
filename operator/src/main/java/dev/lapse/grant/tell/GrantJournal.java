package dev.lapse.grant.tell;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.UsedWaiver;
import dev.lapse.cluster.KubernetesEvents;
import dev.lapse.cluster.KubernetesEvents.Kind;
import dev.lapse.condition.Reason;
import dev.lapse.grant.BreakGlass;
import dev.lapse.grant.EndedGrants;
import dev.lapse.grant.GrantDecision;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantNames;
import dev.lapse.grant.GrantRequest;
import dev.lapse.memory.BreakGlassDebt;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people and tools what became of grants: an Event, a log line, a measurement. */
public final class GrantJournal {
    private static final Logger LOG = LoggerFactory.getLogger(GrantJournal.class);
    private static final String BREAK_GLASS = "BreakGlass";
    private static final String DUTIES_WAIVED = "DutiesWaived";

    private final KubernetesEvents events;
    private final GrantMetrics metrics;
    private final EndedGrants ended;

    public GrantJournal(KubernetesEvents events, GrantMetrics metrics, EndedGrants ended) {
        this.events = events;
        this.metrics = metrics;
        this.ended = ended;
    }

    public void issued(GrantFacts facts) {
        metrics.tokenIssued(facts);
    }

    /** The status was written; only a change of phase is news. */
    public void wrote(GrantFacts facts, GrantDecision decision, @Nullable PrivilegeGrantStatus before, Instant now) {
        if (facts.record().end().isPresent()) {
            facts.record()
                    .expiresAt()
                    .ifPresent(until -> ended.ended(facts.request().uid(), until, now));
        }
        RoleDrift.news(facts, decision.phase(), before).ifPresent(told -> tellOfRole(facts, told));
        GrantPhase was = before == null ? GrantPhase.Pending : before.phase();
        if (was == decision.phase() && before != null) {
            facts.record().end().filter(end -> failedLate(before, end)).ifPresent(end -> tellOfResidue(facts, end));
            return;
        }
        // The intent is news only once it is carried out.
        if (decision.phase() == GrantPhase.Pending && facts.record().announced()) {
            return;
        }
        GrantRequest request = facts.request();
        LOG.atInfo()
                .addKeyValue("grant", request.namespace() + "/" + request.name())
                .addKeyValue("uid", request.uid())
                .addKeyValue("identity", request.identity())
                .addKeyValue("privilege", request.privilege())
                .addKeyValue("phase", decision.phase())
                .addKeyValue("reason", decision.reason())
                .log("grant changed its phase");
        events.tell(
                new KubernetesEvents.About("PrivilegeGrant", request.namespace(), request.name(), request.uid()),
                bad(facts, decision) ? Kind.Warning : Kind.Normal,
                eventReason(decision),
                sentence(facts, decision));
        if (decision.phase() == GrantPhase.Active) {
            BreakGlass.onRecord(facts, now).ifPresent(owed -> tellLoudly(facts, owed));
            facts.record().waivers().forEach(waiver -> tellOfWaiver(facts, waiver));
        }
        if (decision.phase().ended() && facts.record().announced()) {
            facts.record().end().ifPresent(end -> metrics.ended(facts, end));
        }
    }

    /** Of the grant and of its identity, so that whoever looks at either sees it. */
    private void tellLoudly(GrantFacts facts, BreakGlassDebt owed) {
        GrantRequest request = facts.request();
        metrics.brokeGlass(facts);
        String note = GrantNames.requester(facts) + " took privilege " + request.privilege() + " of identity "
                + request.identity() + " without approval, incident " + owed.incident() + ", until "
                + facts.record().expiresAt().map(Object::toString).orElse("")
                + ": somebody else reviews it in AccessReview "
                + owed.review() + " until " + owed.spec().dueAt();
        LOG.atWarn()
                .addKeyValue("grant", request.namespace() + "/" + request.name())
                .addKeyValue("identity", request.identity())
                .addKeyValue("by", GrantNames.requester(facts).toString())
                .addKeyValue("incident", owed.incident())
                .addKeyValue("review", owed.review())
                .log("break-glass");
        events.tell(
                new KubernetesEvents.About("PrivilegeGrant", request.namespace(), request.name(), request.uid()),
                Kind.Warning,
                BREAK_GLASS,
                note);
        tellOfIdentity(facts, Kind.Warning, BREAK_GLASS, note);
    }

    /** Whoever watches a grant that they approved, or answers for its identity, wants to know. */
    private void tellOfRole(GrantFacts facts, String told) {
        GrantRequest request = facts.request();
        metrics.roleChanged();
        events.tell(
                new KubernetesEvents.About("PrivilegeGrant", request.namespace(), request.name(), request.uid()),
                Kind.Warning,
                Reason.RoleChanged.name(),
                "identity " + request.identity() + ", privilege " + request.privilege() + ": " + told);
    }

    /** What nobody should hold together is held on a person's word, which whoever watches either wants to know. */
    private void tellOfWaiver(GrantFacts facts, UsedWaiver waiver) {
        GrantRequest request = facts.request();
        String note = "privilege " + request.privilege() + " of identity " + request.identity() + " for "
                + GrantNames.requester(facts) + " rests on a waiver: duties " + String.join(" and ", waiver.duties())
                + " waived by " + waiver.waivedBy() + " until " + waiver.until() + " because " + waiver.reason();
        events.tell(
                new KubernetesEvents.About("PrivilegeGrant", request.namespace(), request.name(), request.uid()),
                Kind.Normal,
                DUTIES_WAIVED,
                note);
        tellOfIdentity(facts, Kind.Normal, DUTIES_WAIVED, note);
    }

    private void tellOfIdentity(GrantFacts facts, Kind kind, String reason, String note) {
        facts.identity()
                .ifPresent(identity -> events.tell(
                        new KubernetesEvents.About(
                                "ServiceIdentity", identity.namespace(), identity.name(), identity.uid()),
                        kind,
                        reason,
                        "PrivilegeGrant " + facts.request().name() + ": " + note));
    }

    private static boolean failedLate(PrivilegeGrantStatus before, End end) {
        boolean open = before.end() != null && before.end().verifiedAt() == null;
        return open && end.verifiedAt() != null && !end.residual().isEmpty();
    }

    private void tellOfResidue(GrantFacts facts, End end) {
        GrantRequest request = facts.request();
        metrics.verificationFailed();
        events.tell(
                new KubernetesEvents.About("PrivilegeGrant", request.namespace(), request.name(), request.uid()),
                Kind.Warning,
                Reason.ResidualAccess.name(),
                "identity " + request.identity() + ", privilege " + request.privilege() + ": still allowed by: "
                        + String.join("; ", end.residual()));
    }

    public static boolean bad(GrantFacts facts, GrantDecision decision) {
        GrantPhase phase = decision.phase();
        return decision.reason() == Reason.StepFailed
                || phase == GrantPhase.Denied
                || phase == GrantPhase.Failed
                || (phase.ended()
                        && facts.record()
                                .end()
                                .filter(end -> GrantStatusReport.bad(end.cause())
                                        || !end.residual().isEmpty())
                                .isPresent());
    }

    private static String eventReason(GrantDecision decision) {
        return decision.phase() == GrantPhase.Active || decision.phase().ended()
                ? decision.phase().name()
                : decision.reason().name();
    }

    static String sentence(GrantFacts facts, GrantDecision decision) {
        GrantRequest request = facts.request();
        String who = "identity " + request.identity() + ", privilege " + request.privilege();
        return switch (decision.phase()) {
            case Active ->
                who + " for " + GrantNames.requester(facts) + ", "
                        + facts.record()
                                .resolved()
                                .map(resolved -> resolved.role())
                                .orElse("")
                        + " until "
                        + facts.record().expiresAt().map(Object::toString).orElse("")
                        + "; end it earlier with spec.revoked: true";
            case Expired, Revoked ->
                who + ": " + decision.message()
                        + facts.record().end().map(end -> lag(facts, end)).orElse("");
            case Denied, Failed -> who + " for " + GrantNames.requester(facts) + ": " + decision.message();
            default -> who + ": " + decision.message();
        };
    }

    private static String lag(GrantFacts facts, End end) {
        if (!facts.record().gaveAccess()) {
            return "; it never gave any access";
        }
        return end.effectiveAt() == null
                ? ""
                : "; access was gone "
                        + Math.max(
                                0,
                                Duration.between(end.dueAt(), end.effectiveAt()).toMillis())
                        + " ms after it was due"
                        + (end.residual().isEmpty() ? "" : "; still allowed by: " + String.join("; ", end.residual()));
    }
}
