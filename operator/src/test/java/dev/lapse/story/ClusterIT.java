package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every other test on the real API server relies on. */
class ClusterIT {
    private final Cluster cluster = Cluster.running();

    @Test
    void servesTheKubernetesOfGoMod() {
        var version = cluster.admin().getKubernetesVersion();

        assertThat(version.getGitVersion()).isEqualTo("v1.36.3");
    }

    @Test
    void aggregatesTheBuiltInRoles() {
        var view = cluster.admin().rbac().clusterRoles().withName("view").get();

        assertThat(view.getRules()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "olivia, olivia, payments-owners",
        "rashid, rashid, payments-dev",
        "erin, erin, payments-dev",
        "ada, ada, platform",
        "gina, gina, payments-dev",
        "argo, gitops-applier,",
        "mallory, mallory,"
    })
    void knowsItsPeopleByNameAndGroup(String person, String user, String group) {
        var userInfo = whoAmI(cluster.as(person)).getStatus().getUserInfo();

        assertThat(userInfo.getUsername()).isEqualTo(user);
        assertThat(userInfo.getGroups())
                .containsExactlyInAnyOrderElementsOf(
                        group == null ? Set.of("system:authenticated") : Set.of(group, "system:authenticated"));
    }

    @Test
    void givesPeopleNoRightsOfTheirOwn() {
        var secrets = cluster.as("mallory").secrets().inNamespace("default");

        assertThatThrownBy(secrets::list)
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("cannot list resource \"secrets\"");
    }

    @Test
    void deletesNamespaces() {
        var namespaces = cluster.admin().namespaces();
        var namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withName("short-lived")
                .endMetadata()
                .build();
        namespaces.resource(namespace).create();

        namespaces.withName("short-lived").delete();

        await().atMost(Duration.ofMinutes(2))
                .until(() -> namespaces.withName("short-lived").get() == null);
    }

    @Test
    void auditsWhoDidWhatButNoBodies() throws IOException {
        whoAmI(cluster.as("ada"));

        var lines = Files.readAllLines(cluster.auditLog());

        assertThat(lines)
                .noneMatch(line -> line.contains("\"requestObject\"") || line.contains("\"responseObject\""))
                .noneMatch(line -> line.contains("\"stage\":\"RequestReceived\""))
                .anyMatch(line -> line.contains("\"verb\":\"create\"")
                        && line.contains("\"username\":\"ada\"")
                        && line.contains("\"resource\":\"selfsubjectreviews\""));
    }

    @Test
    void saysThatItRunsAlready() {
        var output = cluster.cluster("up");

        assertThat(output).contains("is running already");
    }

    @Test
    void quotesTheScriptThatFailed() {
        assertThatThrownBy(() -> cluster.cluster("sideways")).hasMessageContaining("unknown command 'sideways'");
    }

    private static SelfSubjectReview whoAmI(KubernetesClient client) {
        return client.authentication().v1().selfSubjectReviews().create(new SelfSubjectReview());
    }
}
