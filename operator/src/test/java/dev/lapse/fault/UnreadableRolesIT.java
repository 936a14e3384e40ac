package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.fault.FaultProxy.Call;
import dev.lapse.fault.FaultProxy.Fate;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a role gives cannot be read, as somebody takes the right away or the answer does not come: what has nothing to do
 * with it ends grants all the same, and what a role gave meanwhile ends them as soon as it is read.
 */
class UnreadableRolesIT {
    /** Fewer than there are grants whose role has to be read. */
    private static final Map<String, String> SETTINGS = Map.of("LAPSE_EXPIRY_WORKERS", "8", "LAPSE_RECONCILERS", "8");

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final String MORE = "lapse-test-more-to-view";

    private static Stage stage;
    private static Witness witness;

    private enum How {
        REFUSED(Fate.answer(403)),
        HANGS(Fate.HOLD);

        private final Fate fate;

        How(Fate fate) {
            this.fate = fate;
        }
    }

    @BeforeAll
    static void begins() {
        stage = Stage.set(SETTINGS);
        witness = new Witness(stage.admin());
    }

    @AfterAll
    static void ends() {
        witness.close();
        stage.close();
    }

    @AfterEach
    void restores() {
        stage.proxy().passAll();
        stage.admin().resource(more()).delete();
        await().atMost(Stage.PATIENCE).until(() -> !viewGivesMore());
    }

    @ParameterizedTest
    @EnumSource
    void keepNoOtherEndWaiting(How how) {
        List<Life> lives = IntStream.range(0, 14)
                .mapToObj(i -> new Life(
                        "unread-" + how.name().toLowerCase(Locale.ROOT) + "-" + i,
                        Shape.DEDICATED_TOKEN,
                        Life.UNHARMED))
                .toList();
        stage.scenery().place(lives);
        stage.scenery().ask(lives, Duration.ofMinutes(20));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);
        AtomicInteger asked = new AtomicInteger();
        stage.proxy().rule(call -> readsRole(call) && asked.incrementAndGet() > 0 ? how.fate : Fate.PASS);
        stage.admin().resource(more()).create();
        await().atMost(Stage.PATIENCE).until(() -> asked.get() > 0 && viewGivesMore());

        Map<EndCause, Consumer<Life>> causes = new LinkedHashMap<>();
        causes.put(EndCause.IdentitySuspended, life -> stage.scenery().suspend(life, true));
        causes.put(EndCause.OwnerLost, stage.scenery()::loseOwner);
        causes.put(EndCause.EligibilityLost, stage.scenery()::loseEntries);
        causes.put(EndCause.IdentityRetired, stage.scenery()::retire);
        List<EndCause> order = List.copyOf(causes.keySet());
        for (int i = 0; i < order.size(); i++) {
            Instant from = Instant.now();
            causes.get(order.get(i)).accept(lives.get(i));
            assertThat(goneAfter(lives.get(i), from)).as(order.get(i).name()).isLessThan(SOON);
        }

        // Status says so as well, though nobody knows yet which permissions to ask about.
        for (int i = 0; i < order.size(); i++) {
            stage.scenery().awaitPhase(List.of(lives.get(i)), GrantPhase.Revoked);
            assertThat(cause(lives.get(i))).isEqualTo(order.get(i));
        }
        List<Life> others = lives.subList(order.size(), lives.size());
        assertThat(others).allMatch(stage::bound);

        stage.proxy().passAll();
        stage.scenery().awaitPhase(others, GrantPhase.Revoked);
        assertThat(others).allMatch(life -> cause(life) == EndCause.RoleWidened);
    }

    private static Duration goneAfter(Life life, Instant from) {
        await("the binding of " + life + " is gone")
                .pollInterval(Duration.ofMillis(20))
                .atMost(Stage.PATIENCE)
                .until(() -> witness.lastBindingGone(life.uid()).isPresent());
        return Duration.between(from, witness.lastBindingGone(life.uid()).orElseThrow());
    }

    private static EndCause cause(Life life) {
        return Objects.requireNonNull(stage.scenery().grant(life).getStatus().end())
                .cause();
    }

    /** Not the watch, which shows only that roles are there. */
    private static boolean readsRole(Call call) {
        return call.method().equals("GET")
                && call.path().matches(".*/(roles|clusterroles)(/.*)?")
                && call.query().contains("fieldSelector");
    }

    /** Kubernetes adds it to view. */
    private static ClusterRole more() {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(MORE)
                .addToLabels("rbac.authorization.k8s.io/aggregate-to-view", "true")
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("secrets")
                .withVerbs("get")
                .endRule()
                .build();
    }

    private static boolean viewGivesMore() {
        return stage.admin().rbac().clusterRoles().withName("view").require().getRules().stream()
                .anyMatch(rule -> rule.getResources().contains("secrets"));
    }
}
