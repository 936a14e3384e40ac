package dev.lapse.grant;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.ResidualAccess;
import dev.lapse.access.RiskyPermission;
import dev.lapse.access.Rule;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.TokenDead;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.api.v1alpha1.StatusSchema;
import dev.lapse.condition.Reason;
import dev.lapse.grant.tell.GrantStatusReport;
import dev.lapse.identity.SubjectFacts;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A status that the API server refuses would leave a grant without an end on record, so none may be possible. */
class GrantStatusBoundsTest {
    private static final StatusSchema SCHEMA = StatusSchema.ofGrants();
    /** Two UTF-16 units each, which is how lengths are counted wrongly. */
    private static final String KEY = "\uD83D\uDD11";

    private static final String NAME = "n".repeat(253);
    private static final String NAMESPACES =
            IntStream.range(10, 26).mapToObj(i -> "x".repeat(61) + i).collect(Collectors.joining(", ", "[", "]"));

    /** Everything as long as the spec's schema lets it be. */
    private static Scene longest(String principal) {
        return Scene.inOrder()
                .grant("identityRef", "{name: " + NAME + "}")
                .grant("privilege", "p".repeat(63))
                .grant("requestedBy", KEY.repeat(253))
                .grant("revokedBy", KEY.repeat(253))
                .grant("revokeReason", KEY.repeat(1024))
                .grant("duration", "99999d999999h9999999m99999999s")
                .identityMetadata("name", NAME)
                .subject(new SubjectFacts(
                        "system:serviceaccount:" + "x".repeat(63) + ":" + NAME,
                        Optional.of(NAME),
                        Optional.of("11111111-1111-1111-1111-111111111111"),
                        false,
                        false,
                        Optional.empty(),
                        true))
                .entry("name", "p".repeat(63))
                .entry("role", "{kind: ClusterRole, name: " + NAME + "}")
                .entry("namespaces", NAMESPACES)
                .entry("entitledBy", KEY.repeat(253))
                .entry("principal", principal)
                .rules(new Rule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of()));
    }

    private static GrantRecord longestRecord(GrantFacts facts) {
        var identity = facts.identity().orElseThrow();
        var entry = identity.entry(facts.request().privilege()).orElseThrow();
        GrantRecord record = facts.record()
                .withProof(new Proof("0123456789abcdef", Long.MAX_VALUE, NOW))
                .withIntent(GrantPlan.resolve(facts, identity, entry), NOW, GrantPlan.objects(facts.request(), entry))
                .withActivatedAt(NOW.plusNanos(123_000_000));
        for (int i = 0; i < 40; i++) {
            record = record.withCredential(
                    new IssuedCredential("11111111-1111-1111-1111-111111111111", NOW, NOW), Dies.ByItself);
        }
        for (var object : record.objects()) {
            record = record.withObject(new PrivilegeGrantStatus.GrantObject(
                    object.kind(),
                    object.namespace(),
                    object.name(),
                    "11111111-1111-1111-1111-111111111111",
                    PrivilegeGrantStatus.ObjectState.Present));
        }
        return record.withEnd(End.begun(EndCause.Failed, KEY.repeat(253), KEY.repeat(5_000), NOW)
                .withEffectiveAt(NOW)
                .withProof(NOW, TokenDead.Inferred, NOW, residual()));
    }

    private static List<String> residual() {
        return IntStream.range(0, 16).mapToObj(i -> KEY.repeat(400) + i).toList();
    }

    @ParameterizedTest
    @EnumSource(GrantPhase.class)
    void theLongestStatusOfEachPhaseIsTaken(GrantPhase phase) {
        GrantFacts facts = longest("Subject").facts();
        GrantFacts settled =
                facts.withRecord(longestRecord(facts)).withVerification(new ResidualAccess(1, 2, residual(), false));
        PrivilegeGrantStatus status = GrantStatusReport.of(
                facts, GrantDecision.settled(GrantPhase.Pending, Reason.NotYet, "", Optional.empty()), null, NOW);

        for (int pass = 0; pass < 40; pass++) {
            GrantPhase other = pass % 2 == 0 ? GrantPhase.Pending : phase;
            status = GrantStatusReport.of(
                    settled,
                    GrantDecision.settled(other, Reason.Ended, KEY.repeat(5_000), Optional.empty()),
                    status,
                    NOW.plus(pass, ChronoUnit.MILLIS));
        }

        assertThat(SCHEMA.refusals(status)).isEmpty();
        assertThat(status.history()).hasSizeLessThanOrEqualTo(16);
        assertThat(status.credentials()).hasSize(16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Subject", "Dedicated"})
    void aStatusReadsBackAsItWasWritten(String principal) {
        GrantFacts facts = longest(principal).facts();
        PrivilegeGrantStatus status = GrantStatusReport.of(
                facts.withRecord(longestRecord(facts)),
                GrantDecision.settled(GrantPhase.Failed, Reason.Ended, KEY.repeat(5_000), Optional.empty()),
                null,
                NOW.plusNanos(123_456_789));

        PrivilegeGrantStatus read = StatusSchema.readBack(status, PrivilegeGrantStatus.class);

        assertThat(read).isEqualTo(status);
    }

    @Test
    void theEmptiestStatusIsTakenAndReadsBack() {
        GrantFacts facts = Scene.inOrder().facts();

        PrivilegeGrantStatus status = GrantStatusReport.of(
                facts, GrantDecision.settled(GrantPhase.Pending, Reason.NotYet, "", Optional.empty()), null, NOW);

        assertThat(SCHEMA.refusals(status)).isEmpty();
        assertThat(StatusSchema.readBack(status, PrivilegeGrantStatus.class)).isEqualTo(status);
    }

    @Test
    void everyRiskThereIsFits() {
        int most = RiskyPermission.values().length;

        assertThat(most).isLessThanOrEqualTo(64);
    }
}
