package dev.lapse.grant.tell;

import dev.lapse.access.ResidualAccess;
import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Transition;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatusBuilder;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Conditions;
import dev.lapse.condition.Reason;
import dev.lapse.grant.GrantDecision;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells, whole and from settled facts, what a grant's status is. */
public final class GrantStatusReport {
    private static final int MOST_TRANSITIONS = 16;

    private final GrantFacts facts;
    private final GrantDecision decision;
    private final Instant now;

    private GrantStatusReport(GrantFacts facts, GrantDecision decision, Instant now) {
        this.facts = facts;
        this.decision = decision;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
    }

    public static PrivilegeGrantStatus of(
            GrantFacts facts, GrantDecision decision, @Nullable PrivilegeGrantStatus previous, Instant now) {
        GrantStatusReport report = new GrantStatusReport(facts, decision, now);
        GrantRecord record = facts.record();
        List<Condition> before = previous == null || previous.conditions() == null ? List.of() : previous.conditions();
        return PrivilegeGrantStatusBuilder.stagedBuilder()
                .observedGeneration(facts.request().generation())
                .phase(decision.phase())
                .proof(record.proof().orElse(null))
                .review(record.review().orElse(null))
                .insidersWhenAsked(report.insiders())
                .resolved(record.resolved().orElse(null))
                .activatedAt(record.activatedAt().orElse(null))
                .expiresAt(record.expiresAt().orElse(null))
                .objects(record.objects())
                .credentials(record.credentials())
                .waivers(record.waivers().isEmpty() ? null : record.waivers())
                .dies(report.dies())
                .end(record.end().orElse(null))
                .history(report.history(previous))
                .seal(null)
                .conditions(Conditions.merge(before, report.conditions()))
                .build();
    }

    /** Only as long as somebody's verdict may have to be judged. */
    private @Nullable InsidersWhenAsked insiders() {
        boolean decided = decision.phase().ended() || facts.record().announced();
        return decided ? null : facts.record().insiders().orElse(null);
    }

    private @Nullable Dies dies() {
        return facts.request()
                .issuer()
                .dies()
                .filter(known -> facts.record().announced())
                .or(() -> facts.record().dies())
                .orElse(null);
    }

    private List<Transition> history(@Nullable PrivilegeGrantStatus previous) {
        List<Transition> history =
                new ArrayList<>(previous == null || previous.history() == null ? List.of() : previous.history());
        boolean moved = history.isEmpty() || history.get(history.size() - 1).phase() != decision.phase();
        if (moved) {
            history.add(new Transition(decision.phase(), now, decision.reason().name()));
        }
        while (history.size() > MOST_TRANSITIONS) {
            history.remove(0);
        }
        return List.copyOf(history);
    }

    private List<Condition> conditions() {
        List<Condition> conditions = new ArrayList<>();
        GrantPhase phase = decision.phase();
        boolean active = phase == GrantPhase.Active;
        // An end on time, or as somebody asked, is what the spec asked for: ready, and not active.
        boolean ready = active
                || phase == GrantPhase.Expired
                || (phase == GrantPhase.Revoked
                        && facts.record().end().filter(end -> bad(end.cause())).isEmpty());
        conditions.add(condition(ConditionType.Ready, ready, decision.reason(), decision.message()));
        conditions.add(condition(ConditionType.Active, active, decision.reason(), decision.message()));
        RoleDrift.of(facts, phase)
                .ifPresent(told ->
                        conditions.add(condition(ConditionType.RoleAsGranted, false, Reason.RoleChanged, told)));
        if (phase == GrantPhase.Denied || phase == GrantPhase.Failed) {
            conditions.add(condition(
                    ConditionType.Stalled,
                    true,
                    decision.reason(),
                    "nothing more will happen: create a new PrivilegeGrant once the cause is mended"));
        }
        accessRemoved().ifPresent(conditions::add);
        return conditions;
    }

    private Optional<Condition> accessRemoved() {
        Optional<End> end = facts.record().end();
        if (!decision.phase().ended() || end.isEmpty()) {
            return Optional.empty();
        }
        if (!facts.record().announced()) {
            return Optional.of(condition(
                    ConditionType.AccessRemoved, true, Reason.NeverActive, "the grant never gave any access"));
        }
        if (end.get().verifiedAt() == null
                && facts.verification().filter(ResidualAccess::postponed).isPresent()) {
            return Optional.of(new Condition(
                    ConditionType.AccessRemoved.name(),
                    ConditionStatus.Unknown,
                    Reason.BeingProved.name(),
                    "everything the grant made is gone; the API server will be asked in a moment what access is left",
                    facts.request().generation(),
                    now));
        }
        if (end.get().verifiedAt() == null) {
            return Optional.of(new Condition(
                    ConditionType.AccessRemoved.name(),
                    ConditionStatus.Unknown,
                    Reason.LookupFailed.name(),
                    "everything the grant made is gone; the API server could not be asked yet what access is left",
                    facts.request().generation(),
                    now));
        }
        if (!end.get().residual().isEmpty()) {
            return Optional.of(condition(
                    ConditionType.AccessRemoved,
                    false,
                    Reason.ResidualAccess,
                    "everything the grant made is gone, but the account is still allowed: "
                            + String.join("; ", end.get().residual())));
        }
        String asked = facts.verification().map(this::asked).orElse("");
        return Optional.of(condition(
                ConditionType.AccessRemoved,
                true,
                Reason.AccessGone,
                "everything the grant made is gone, and the API server says no to what it allowed" + asked));
    }

    private String asked(ResidualAccess found) {
        return " (" + restsOn(facts.record().resolved().orElseThrow(), found) + ")";
    }

    /** What the proof rests on, for whoever reads it. */
    public static String restsOn(Resolved resolved, ResidualAccess found) {
        String asked = found.asked() + " of " + found.total() + " permissions asked";
        return resolved.principal() == PrincipalType.Dedicated
                ? asked + "; the account was the grant's own, and it is gone by its UID, as its bindings are"
                : asked + "; the bindings are gone by their UIDs";
    }

    private Condition condition(ConditionType type, boolean yes, Reason reason, String message) {
        return new Condition(
                type.name(),
                yes ? ConditionStatus.True : ConditionStatus.False,
                reason.name(),
                message.isEmpty() ? reason.name() : message,
                facts.request().generation(),
                now);
    }

    /** Whether this end is one that a person should be woken for. */
    static boolean bad(EndCause cause) {
        return cause == EndCause.Failed
                || cause == EndCause.RoleWidened
                || cause == EndCause.SubjectGone
                || cause == EndCause.StatusForged
                || cause == EndCause.Restored;
    }
}
