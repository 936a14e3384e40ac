package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code dev/cluster up --kubeconfig}: Lapse comes into a cluster that is somebody else's, and goes again. */
class OtherClusterIT {
    private static final Map<String, String> SETTINGS = Map.of("LAPSE_GUARD_SETTLE", "5s");
    private static final String GIVEN = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: theirs}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: kept, namespace: theirs}
            """;
    private static final String IDENTITY = """
            apiVersion: lapse.dev/v1alpha1
            kind: ServiceIdentity
            metadata: {name: ci, namespace: theirs}
            spec:
              actorType: Pipeline
              subject: {serviceAccount: {name: ci, create: true}}
              owner: {user: olivia}
              changedBy: admin
              eligible:
                - name: look
                  role: {kind: ClusterRole, name: view}
                  namespaces: [theirs]
                  approvals: {required: 0}
                  entitledBy: admin
                  entitledByAs: [system:masters]
            """;
    private static final String GRANT = """
            apiVersion: lapse.dev/v1alpha1
            kind: PrivilegeGrant
            metadata: {name: g, namespace: theirs}
            spec:
              identityRef: {name: ci}
              privilege: look
              duration: 10m
              reason: to look
              requestedBy: admin
              requestedByAs: [system:masters]
            """;

    private final Cluster theirs = Cluster.running();
    private final KubernetesClient admin = theirs.admin();

    @TempDir
    private Path folder;

    @Test
    void lapseComesAndGoesAndTakesNothingElseAway() {
        Path dir = folder.resolve("lapse");
        Path second = folder.resolve("second");
        admin.load(stream(GIVEN)).create();
        List<String> before = wide();

        up(dir);
        try {
            assertThat(who(dir, "rashid")).isEqualTo("rashid [\"payments-dev\",\"system:authenticated\"]");
            assertThat(who(dir, "argo")).isEqualTo("gitops-applier [\"system:authenticated\"]");
            assertThatThrownBy(() -> up(second))
                    .hasMessageContaining("Lapse is in the cluster")
                    .hasMessageContaining("already");
            assertThat(second).doesNotExist();
            thenAGrantGivesAccess();

            assertThatThrownBy(() -> Cluster.run(Map.of(), dir, List.of("down")))
                    .hasMessageContaining("PrivilegeGrant theirs/g")
                    .hasMessageContaining("--force");
            assertThat(phase()).isEqualTo(GrantPhase.Active);
        } finally {
            Cluster.run(Map.of(), dir, List.of("down", "--force"));
        }

        assertThat(dir).doesNotExist();
        assertThat(bindings()).isEmpty();
        assertThat(wide()).isEqualTo(before);
        assertThat(admin.configMaps().inNamespace("theirs").withName("kept").get())
                .isNotNull();
        assertThat(theirs.cluster("status")).doesNotContain("dead");
    }

    @ParameterizedTest
    @CsvSource({"1, 31", "1, 31+", "1, 9", "0, 40"})
    void whatIsOlderIsRefused(String major, String minor) throws IOException {
        HttpServer old = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        old.createContext("/", exchange -> {
            byte[] answer = "{\n  \"major\": \"%s\",\n  \"minor\": \"%s\"\n}\n"
                    .formatted(major, minor)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        old.start();
        Path kubeconfig = Files.writeString(
                folder.resolve("old.kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: old, cluster: {server: 'http://127.0.0.1:%d'}}]
                contexts: [{name: old, context: {cluster: old, user: me}}]
                users: [{name: me, user: {}}]
                current-context: old
                """.formatted(old.getAddress().getPort()));
        try {
            assertThatThrownBy(() -> up(folder.resolve("new"), kubeconfig))
                    .hasMessageContaining("Lapse needs 1.32 or newer");
            assertThat(folder.resolve("new")).doesNotExist();
        } finally {
            old.stop(0);
        }
    }

    @Test
    void whatIsNotItsOwnIsNotTakenOver() {
        assertThatThrownBy(() -> up(theirs.dir())).hasMessageContaining("choose another --dir");

        assertThat(theirs.cluster("status")).doesNotContain("dead");
    }

    private void thenAGrantGivesAccess() {
        admin.load(stream(IDENTITY)).create();
        admin.load(stream(GRANT)).create();
        await("a grant that is active")
                .atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(phase())
                        .as(() -> String.valueOf(grant().getStatus()))
                        .isEqualTo(GrantPhase.Active));
        assertThat(bindings()).isNotEmpty();
    }

    private GrantPhase phase() {
        PrivilegeGrantStatus status = grant().getStatus();
        return status == null ? GrantPhase.Pending : status.phase();
    }

    private PrivilegeGrant grant() {
        return admin.resources(PrivilegeGrant.class)
                .inNamespace("theirs")
                .withName("g")
                .require();
    }

    private List<RoleBinding> bindings() {
        return admin.rbac().roleBindings().inNamespace("theirs").list().getItems();
    }

    /** All that Lapse brings and that belongs to no namespace but its own. */
    private List<String> wide() {
        return Stream.of(
                        admin.namespaces().list().getItems().stream(),
                        admin.rbac().clusterRoles().list().getItems().stream(),
                        admin.rbac().clusterRoleBindings().list().getItems().stream(),
                        admin.apiextensions().v1().customResourceDefinitions().list().getItems().stream(),
                        admin.admissionRegistration().v1().validatingAdmissionPolicies().list().getItems().stream(),
                        admin
                                .admissionRegistration()
                                .v1()
                                .validatingAdmissionPolicyBindings()
                                .list()
                                .getItems()
                                .stream(),
                        admin.flowControl().v1().flowSchema().list().getItems().stream(),
                        admin.flowControl().v1().priorityLevelConfigurations().list().getItems().stream())
                .flatMap(objects -> objects)
                .map(object -> ((HasMetadata) object).getKind() + " "
                        + ((HasMetadata) object).getMetadata().getName())
                .sorted()
                .toList();
    }

    /** By kubectl: fabric8's client alone does not act as whom a kubeconfig names, and kubectl lapse adds it. */
    private static String who(Path dir, String person) {
        try {
            Process kubectl = new ProcessBuilder(
                            Path.of(Files.readString(dir.resolve("run/bin")).strip(), "kubectl")
                                    .toString(),
                            "--kubeconfig",
                            dir.resolve("people/" + person + ".kubeconfig").toString(),
                            "auth",
                            "whoami",
                            "--output=jsonpath={.status.userInfo.username} {.status.userInfo.groups}")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(kubectl.waitFor()).as(said).isZero();
            return said;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private void up(Path dir) {
        up(dir, theirs.dir().resolve("admin.kubeconfig"));
    }

    private static void up(Path dir, Path kubeconfig) {
        Cluster.run(SETTINGS, dir, List.of("up", "--operator", "--kubeconfig", kubeconfig.toString()));
    }

    private static InputStream stream(String yaml) {
        return new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8));
    }
}
