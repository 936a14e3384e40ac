package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What tenants may write is larger than the operator's heap, many times over, in every kind that it watches: it takes no
 * notice, and what ends meanwhile ends on time, also after a start in the middle of it all. The process is the packaged
 * one with the options it is shipped with.
 */
class HeapIT {
    /** What a container of 160 MiB gives the heap is 96 MiB. */
    private static final long MEMORY_LIMIT = 160L * 1024 * 1024;

    /** Without the heap that is not used, of the 420 MiB that the largest may take where there is no limit. */
    private static final int MOST_RESIDENT = 330;

    private static final int ROLES = 14;
    private static final int NAMES = 125_000;
    private static final int GRANTS = 150;
    private static final int ACCOUNTS = 150;
    private static final String LARGE = "x".repeat(250_000);
    private static final String TENANT = "heap-tenant";
    private static final Duration ON_TIME = Duration.ofSeconds(3);

    /** An operator that is started anew begins with what is overdue. */
    private static final Duration ACROSS_A_START = Duration.ofSeconds(8);

    private static Stage stage;
    private static Map<String, String> direct;
    private static int number;

    @BeforeAll
    static void begins() {
        direct = Stage.directWithin(MEMORY_LIMIT);
        stage = Stage.set(direct);
        stage.scenery().namespace(TENANT);
    }

    @AfterAll
    static void ends() {
        stage.close();
    }

    @Test
    void whatTenantsWriteIsNeverHeldAndAVictimsGrantEndsOnTimeAlsoAcrossAStart() {
        long process = stage.pid();
        CompletableFuture<Duration> meanwhile = stage.lagOf(asked(Duration.ofSeconds(25)));

        inParallel(ROLES, this::role);
        inParallel(ACCOUNTS, this::account);
        withoutTheBoundOnMetadata(() -> inParallel(GRANTS, this::grant));

        assertThat(meanwhile.join()).as("lag of an end meanwhile").isLessThan(ON_TIME);
        CompletableFuture<Duration> across = stage.lagOf(asked(Duration.ofSeconds(20)));
        assertThat(stage.pid()).as("the process is the same").isEqualTo(process);
        assertThat(Stage.peak(process)).as("resident, in MiB").isLessThan(MOST_RESIDENT);

        stage.kill();
        stage.startUnready(direct);

        assertThat(across.join()).as("lag of an end across a start").isLessThan(ACROSS_A_START);
        await().atMost(Stage.PATIENCE)
                .until(() -> stage.answers("/readyz") && stage.get("/readyz").statusCode() == 200);
        long started = stage.pid();
        assertThat(stage.lagOf(asked(Duration.ofSeconds(5))).join())
                .as("lag of an end afterwards")
                .isLessThan(ON_TIME);
        assertThat(stage.pid()).as("the process is the same").isEqualTo(started);
        assertThat(Stage.peak(started)).as("resident, in MiB").isLessThan(MOST_RESIDENT);
    }

    private static Life asked(Duration duration) {
        Life life = new Life("heap-" + ++number, Shape.DEDICATED_TOKEN, Life.UNHARMED);
        stage.scenery().place(List.of(life));
        stage.scenery().ask(List.of(life), duration);
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Active);
        return life;
    }

    private HasMetadata role(int i) {
        return new RoleBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withName("large-" + i)
                        .withNamespace(TENANT)
                        .build())
                .addNewRule()
                .withApiGroups("")
                .withResources("configmaps")
                .withVerbs("get")
                .withResourceNames(
                        IntStream.range(0, NAMES).mapToObj(name -> "n" + name).toList())
                .endRule()
                .build();
    }

    private HasMetadata account(int i) {
        return new ServiceAccountBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withName("large-" + i)
                        .withNamespace(TENANT)
                        .addToAnnotations("note", LARGE)
                        .build())
                .build();
    }

    private HasMetadata grant(int i) {
        String yaml = """
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata: {name: large-%d, namespace: %s}
                spec:
                  identityRef: {name: nobody}
                  privilege: none
                  duration: 1h
                  reason: to fill the memory
                  requestedBy: admin
                """.formatted(i, TENANT);
        PrivilegeGrant grant = stage.admin().getKubernetesSerialization().unmarshal(yaml, PrivilegeGrant.class);
        grant.getMetadata().setAnnotations(Map.of("note", LARGE));
        return grant;
    }

    /** As they could be written before there was one. With it the same is refused. */
    private void withoutTheBoundOnMetadata(Runnable writes) {
        var bindings = stage.admin().admissionRegistration().v1().validatingAdmissionPolicyBindings();
        ValidatingAdmissionPolicyBinding bound = bindings.withName("lapse-size").require();
        assertThat(refused()).contains("metadata.annotations: 64 of them and 65536 letters in all are the most");
        bindings.withName("lapse-size").delete();
        try {
            await().atMost(Stage.PATIENCE).until(() -> refused().isEmpty());
            writes.run();
        } finally {
            bound.getMetadata().setResourceVersion(null);
            bound.getMetadata().setUid(null);
            stage.admin().resource(bound).create();
            // A grant that is given needs it to stand again.
            await().atMost(Stage.PATIENCE)
                    .until(() -> stage.get("/readyz").statusCode() == 200
                            && !refused().isEmpty());
        }
    }

    private String refused() {
        try {
            stage.admin().resource(grant(GRANTS)).dryRun().create();
            return "";
        } catch (KubernetesClientException refusal) {
            return String.valueOf(refusal.getMessage());
        }
    }

    private static void inParallel(int count, IntFunction<HasMetadata> object) {
        KubernetesClient admin = stage.admin();
        IntStream.range(0, count)
                .parallel()
                .forEach(i -> admin.resource(object.apply(i)).create());
    }
}
