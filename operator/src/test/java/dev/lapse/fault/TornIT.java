package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody for whom nothing is forbidden takes the guard away and tampers: what Lapse made is put right or taken away. */
class TornIT {
    private static final Map<String, String> SETTINGS = Map.of("LAPSE_SWEEP_EVERY", "2s");
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String TORN_OFF = "{\"metadata\":{\"finalizers\":null}}";

    /** Its policy refuses {@link #TORN_OFF}; it is taken away last. */
    private static final String GUARD_OF_FINALIZERS = "lapse-status";

    private static Stage stage;
    private static List<ValidatingAdmissionPolicyBinding> guard;
    private static int number;

    private final Life life = new Life("torn-" + ++number, Shape.DEDICATED_TOKEN, Life.UNHARMED);

    @BeforeAll
    static void begins() {
        stage = Stage.set(SETTINGS);
        guard =
                stage
                        .admin()
                        .admissionRegistration()
                        .v1()
                        .validatingAdmissionPolicyBindings()
                        .list()
                        .getItems()
                        .stream()
                        .filter(binding -> binding.getMetadata().getName().startsWith("lapse-"))
                        .sorted(Comparator.comparing(
                                binding -> binding.getMetadata().getName().equals(GUARD_OF_FINALIZERS)))
                        .toList();
    }

    @AfterAll
    static void ends() {
        stage.close();
    }

    @BeforeEach
    void anActiveGrant() {
        stage.scenery().place(List.of(life));
        stage.scenery().ask(List.of(life), Duration.ofMinutes(20));
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Active);
        stage.awaitQuiet();
    }

    @AfterEach
    void theGuardStandsAgain() {
        guard.forEach(binding -> {
            binding.getMetadata().setResourceVersion(null);
            stage.admin().resource(binding).createOr(NonDeletingOperation::update);
        });
        if (stage.process(1).isEmpty()) {
            stage.startUnready(SETTINGS);
        }
        await().atMost(Stage.PATIENCE)
                .until(() -> stage.answers("/readyz") && stage.get("/readyz").statusCode() == 200);
    }

    @Test
    void takesEverythingAwayWhenTheFinalizerIsTornOff() {
        withoutGuard();

        grant().patch(MERGE, TORN_OFF);
        grant().delete();

        await().atMost(Stage.PATIENCE)
                .untilAsserted(
                        () -> assertThat(stage.scenery().objectsOf(life.uid())).isEmpty());
    }

    @Test
    void takesEverythingAwayThatWasOrphanedWhileNobodyLooked() {
        withoutGuard();
        stage.kill();
        grant().patch(MERGE, TORN_OFF);
        grant().withPropagationPolicy(DeletionPropagation.ORPHAN).delete();

        // Without its guard it does not become ready.
        stage.startUnready(SETTINGS);

        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(bindings()).isEmpty());
        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(stage.scenery().objectsOf(life.uid()))
                        .noneMatch(object -> object.getKind().equals("ServiceAccount")));
    }

    @Test
    void takesBackASubjectThatWasAddedToItsBinding() {
        withoutGuard();
        RoleBinding binding = bindings().get(0);

        stage.admin()
                .resource(binding)
                .patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\":\"add\",\"path\":\"/subjects/-\",\"value\":{\"kind\":\"User\",\"name\":\"mallory\","
                                + "\"apiGroup\":\"rbac.authorization.k8s.io\"}}]");

        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(bindings()).singleElement().satisfies(now -> {
                    assertThat(now.getMetadata().getUid())
                            .isNotEqualTo(binding.getMetadata().getUid());
                    assertThat(now.getSubjects()).isEqualTo(binding.getSubjects());
                }));
    }

    @Test
    void takesAwayABindingThatRisesAgainAfterItsEnd() {
        withoutGuard();
        RoleBinding binding = bindings().get(0);
        stage.scenery().revoke(life);
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Revoked);

        risesAgain(binding);

        await().atMost(Stage.PATIENCE)
                .untilAsserted(
                        () -> assertThat(stage.scenery().objectsOf(life.uid())).isEmpty());
    }

    /** Also what etcd shows after it was restored from before the end: all is as it was, and its seal is true. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endsAGrantAgainWhoseStatusIsThatFromBeforeItsEnd(boolean andTheOperatorWasRestarted) {
        withoutGuard();
        PrivilegeGrantStatus active = Objects.requireNonNull(grant().get().getStatus());
        stage.scenery().suspend(life, true);
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Revoked);
        stage.scenery().suspend(life, false);
        stage.awaitQuiet();
        if (andTheOperatorWasRestarted) {
            stage.kill();
        }

        PrivilegeGrant restored = grant().get();
        restored.setStatus(active);
        stage.admin().resource(restored).updateStatus();
        if (andTheOperatorWasRestarted) {
            stage.startUnready(SETTINGS);
        }

        awaitRestored();
    }

    private void awaitRestored() {
        await().atMost(Stage.PATIENCE)
                .untilAsserted(
                        () -> assertThat(Objects.requireNonNull(grant().get().getStatus())
                                        .end())
                                .isNotNull()
                                .satisfies(end -> assertThat(end.cause()).isEqualTo(EndCause.Restored)));
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Revoked);
        assertThat(stage.scenery().objectsOf(life.uid())).isEmpty();
    }

    /**
     * What was revoked is there again with its binding, its account and its Secret. The API server is away for so long that
     * no operator lives through it: so only the file can tell the next one, where it keeps one without being told to.
     */
    @Test
    void endsAGrantAgainThatARestoreOfEtcdBringsBack() {
        stage.kill();
        stage.cluster().etcd("save");
        stage.startUnready(SETTINGS);
        stage.scenery().revoke(life);
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Revoked);
        // The status comes first, and the file a moment after it.
        stage.awaitQuiet();
        stage.kill();

        stage.cluster().etcd("restore");
        assertThat(stage.scenery().objectsOf(life.uid())).isNotEmpty();
        stage.startUnready(SETTINGS);

        awaitRestored();
    }

    @Test
    void takesAwayABindingThatRisesAgainWhenItsGrantIsGone() {
        withoutGuard();
        RoleBinding binding = bindings().get(0);
        grant().delete();
        await().atMost(Stage.PATIENCE).until(() -> grant().get() == null);

        risesAgain(binding);

        await().atMost(Stage.PATIENCE)
                .untilAsserted(
                        () -> assertThat(stage.scenery().objectsOf(life.uid())).isEmpty());
    }

    /** As after etcd was restored from a snapshot. */
    private static void risesAgain(HasMetadata object) {
        object.getMetadata().setResourceVersion(null);
        object.getMetadata().setUid(null);
        object.getMetadata().setOwnerReferences(List.of());
        stage.admin().resource(object).create();
    }

    /** The API server learns of each deletion in their order: when the last one counts, all of them do. */
    private void withoutGuard() {
        guard.forEach(binding -> stage.admin().resource(binding).delete());
        await().atMost(Stage.PATIENCE)
                .ignoreException(KubernetesClientException.class)
                .untilAsserted(() -> grant().dryRun(true).patch(MERGE, TORN_OFF));
    }

    private List<RoleBinding> bindings() {
        return stage.scenery().objectsOf(life.uid()).stream()
                .filter(RoleBinding.class::isInstance)
                .map(RoleBinding.class::cast)
                .toList();
    }

    private Resource<PrivilegeGrant> grant() {
        return stage.admin()
                .resources(PrivilegeGrant.class)
                .inNamespace(life.namespace)
                .withName("g");
    }
}
