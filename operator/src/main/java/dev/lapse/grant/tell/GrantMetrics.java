package dev.lapse.grant.tell;

import dev.lapse.api.v1alpha1.ActorType;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.grant.GrantFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.lane.ExpiryLane;
import dev.lapse.memory.BreakGlassDebt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The measurements about grants, each named and described once. Times are seconds. Every counter is there at 0 from the
 * start, with each of its labels: an alert on increase() does not see a series begin at 1.
 */
public final class GrantMetrics {
    private static final String UNKNOWN = "unknown";

    private final MeterRegistry registry;
    private final MultiGauge grants;
    private final Timer lag;
    private final Counter exposed;
    private final Counter failedVerifications;
    private final Counter changedRoles;
    private final MultiGauge owed;

    public GrantMetrics(MeterRegistry registry) {
        this.registry = registry;
        grants = MultiGauge.builder("lapse.grants")
                .description("PrivilegeGrants by phase and actor type of their identity")
                .register(registry);
        // A summary would round values up to whole numbers before it counts them: each end below 1 s would be one of 1
        // s.
        lag = Timer.builder("lapse.revocation.lag")
                .description("From when a grant was due to end to when its last binding was gone")
                .serviceLevelObjectives(Stream.of(5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000, 300_000)
                        .map(Duration::ofMillis)
                        .toArray(Duration[]::new))
                .register(registry);
        exposed = Counter.builder("lapse.exposed.seconds")
                .description("Time that privilege outlived its grant, added up")
                .register(registry);
        owed = MultiGauge.builder("lapse.breakglass.debts")
                .description(
                        "Break-glass that nobody has reviewed yet (Owed, Overdue), and what is held since a Revoke (Held)")
                .register(registry);
        owed(List.of(), Instant.EPOCH);
        failedVerifications = Counter.builder("lapse.verification.failures")
                .description("Ended grants whose account was still allowed something the grant had given")
                .register(registry);
        changedRoles = Counter.builder("lapse.roles.changed")
                .description("Active grants whose role was changed, without a new risk, so that they go on")
                .register(registry);
        actorTypes().forEach(this::beginAtZero);
    }

    private void beginAtZero(String actorType) {
        activations(actorType);
        tokens(actorType);
        for (EndCause cause : EndCause.values()) {
            revocations(cause, actorType);
        }
    }

    /** What the lane has before it. */
    public void watch(ExpiryLane lane) {
        Gauge.builder(
                        "lapse.expiry.backlog.seconds",
                        lane,
                        queue -> queue.backlog().toMillis() / 1000.0)
                .description("By how much the most overdue grant is overdue")
                .register(registry);
        Gauge.builder("lapse.expiry.queue", lane, ExpiryLane::size)
                .description("Grants that wait for their end")
                .register(registry);
    }

    public record PhaseAndType(GrantPhase phase, String actorType) {}

    public void count(Map<PhaseAndType, Long> counted) {
        grants.register(
                counted.entrySet().stream()
                        .map(entry -> MultiGauge.Row.of(
                                Tags.of(
                                        "phase", entry.getKey().phase().name(),
                                        "actor_type", entry.getKey().actorType()),
                                entry.getValue()))
                        .toList(),
                true);
    }

    public void owed(List<BreakGlassDebt> debts, Instant now) {
        long held = debts.stream().filter(debt -> !debt.owed()).count();
        long overdue = debts.stream().filter(debt -> debt.overdue(now)).count();
        owed.register(
                List.of(
                        MultiGauge.Row.of(Tags.of("state", "Owed"), debts.size() - held - overdue),
                        MultiGauge.Row.of(Tags.of("state", "Overdue"), overdue),
                        MultiGauge.Row.of(Tags.of("state", "Held"), held)),
                true);
    }

    public void brokeGlass(GrantFacts facts) {
        activations(actorType(facts)).increment();
    }

    public void tokenIssued(GrantFacts facts) {
        tokens(actorType(facts)).increment();
    }

    public void ended(GrantFacts facts, End end) {
        revocations(end.cause(), actorType(facts)).increment();
        if (end.effectiveAt() != null && facts.record().gaveAccess()) {
            long millis =
                    Math.max(0, Duration.between(end.dueAt(), end.effectiveAt()).toMillis());
            lag.record(Duration.ofMillis(millis));
            exposed.increment(millis / 1000.0);
        }
        if (!end.residual().isEmpty()) {
            verificationFailed();
        }
    }

    void verificationFailed() {
        failedVerifications.increment();
    }

    void roleChanged() {
        changedRoles.increment();
    }

    private Counter activations(String actorType) {
        return Counter.builder("lapse.breakglass.activations")
                .description("Privileges that were taken without approval")
                .tags("actor_type", actorType)
                .register(registry);
    }

    private Counter tokens(String actorType) {
        return Counter.builder("lapse.tokens.issued")
                .description("ServiceAccount tokens issued")
                .tags("actor_type", actorType)
                .register(registry);
    }

    private Counter revocations(EndCause cause, String actorType) {
        return Counter.builder("lapse.revocations")
                .description("Grants ended, by cause")
                .tags("cause", cause.name(), "actor_type", actorType)
                .register(registry);
    }

    private static Stream<String> actorTypes() {
        return Stream.concat(Arrays.stream(ActorType.values()).map(Enum::name), Stream.of(UNKNOWN));
    }

    private static String actorType(GrantFacts facts) {
        return facts.identity().map(IdentityFacts::type).map(Enum::name).orElse(UNKNOWN);
    }
}
