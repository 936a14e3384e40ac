package dev.lapse.grant;

import dev.lapse.access.OperatorBounds;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.grant.tell.GrantMetrics;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.RoleFacts;
import dev.lapse.lane.ExpiryLane;
import dev.lapse.memory.Recollection;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Measures everything about grants once, so that each meter is there. */
public final class GrantMetricsSample {
    private static final ExpiryLane LANE = new ExpiryLane(InstantSource.fixed(Instant.EPOCH));

    private GrantMetricsSample() {}

    /** As a process does that begins to lead. */
    public static void begin(MeterRegistry registry) {
        begun(registry);
    }

    private static GrantMetrics begun(MeterRegistry registry) {
        GrantMetrics metrics = new GrantMetrics(registry);
        metrics.watch(LANE);
        return metrics;
    }

    public static void measure(MeterRegistry registry) {
        GrantMetrics metrics = begun(registry);
        metrics.count(Map.of(new GrantMetrics.PhaseAndType(GrantPhase.Active, "Pipeline"), 1L));
        metrics.tokenIssued(facts());
        metrics.brokeGlass(facts());
        metrics.ended(
                facts(),
                End.begun(EndCause.Expired, null, "", Instant.EPOCH)
                        .withEffectiveAt(Instant.EPOCH)
                        .withProof(null, null, null, List.of("residual access")));
    }

    /** A grant has ended so long after it was due. */
    public static void ended(MeterRegistry registry, Duration late, boolean gaveAccess) {
        GrantFacts facts = gaveAccess ? facts().withRecord(facts().record().withActivatedAt(Instant.EPOCH)) : facts();
        begun(registry)
                .ended(
                        facts,
                        End.begun(EndCause.Expired, null, "", Instant.EPOCH).withEffectiveAt(Instant.EPOCH.plus(late)));
    }

    private static GrantFacts facts() {
        PrivilegeGrant grant = new PrivilegeGrant();
        grant.setMetadata(new ObjectMetaBuilder()
                .withName("g1")
                .withNamespace("payments")
                .withUid("uid")
                .withGeneration(1L)
                .withCreationTimestamp("1970-01-01T00:00:00Z")
                .build());
        grant.setSpec(Serialization.unmarshal("""
                identityRef: {name: ci}
                privilege: look
                duration: 1s
                reason: a sample
                requestedBy: admin
                """, PrivilegeGrantSpec.class));
        return GrantFactsBuilder.stagedBuilder()
                .request(GrantRequest.of(grant))
                .record(GrantRecord.of(null))
                .identity(Optional.empty())
                .namespaces(Map.of())
                .role(new RoleFacts(Map.of(), List.of()))
                .guard(GuardState.notReady(""))
                .entryNameProved(false)
                .applierLimit(Optional.empty())
                .bounds(new OperatorBounds("", Set.of(), false))
                .vouching(Optional.empty())
                .objects(List.of())
                .entitlement(Optional.empty())
                .verification(Optional.empty())
                .token(Optional.empty())
                .bindingsGoneAt(Optional.empty())
                .consent(Optional.empty())
                .duties(Optional.empty())
                .waivers(List.of())
                .memory(Recollection.nothing("payments"))
                .crowd(Crowd.NOBODY)
                .upToDate(Optional.empty())
                .clockProblem(Optional.empty())
                .build();
    }
}
