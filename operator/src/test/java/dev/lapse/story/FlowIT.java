package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** By which flow schema the real API server takes a request: the operator's do not wait behind those of tenants. */
@SharesCluster
class FlowIT {
    private static final String BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";
    private static Story story;
    private static KubernetesClient operator;

    @BeforeAll
    static void begins() {
        story = Story.begins();
        operator = withItsToken();
        // The API server takes a new schema up by its own watch.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> matched(operator, "GET", BINDINGS).equals(schema("lapse-operator")));
    }

    @AfterAll
    static void ends() {
        operator.close();
    }

    @Test
    void whatTheOperatorAsksHasAFlowOfItsOwn() {
        assertThat(matched(operator, "GET", "/version")).isEqualTo(schema("lapse-operator"));
        assertThat(matched(operator, "GET", "/apis/lapse.dev/v1alpha1/privilegegrants"))
                .isEqualTo(schema("lapse-operator"));
    }

    @Test
    void whatEndsAccessDoesNotWaitBehindWhatTheOperatorAsks() {
        assertThat(matched(operator, "DELETE", BINDINGS + "/there-is-none")).isEqualTo(schema("lapse-ends"));
        assertThat(matched(operator, "DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/there-is-none"))
                .isEqualTo(schema("lapse-ends"));
        assertThat(matched(operator, "DELETE", "/api/v1/namespaces/lapse-principals/serviceaccounts/there-is-none"))
                .isEqualTo(schema("lapse-ends"));
        assertThat(matched(
                        operator, "GET", "/apis/coordination.k8s.io/v1/namespaces/lapse-system/leases/lapse-operator"))
                .isEqualTo(schema("lapse-ends"));
    }

    @Test
    void nobodyElseIsServedByIt() {
        assertThat(matched(story.cluster().as("rashid"), "DELETE", BINDINGS + "/there-is-none"))
                .isNotBlank()
                .isNotIn(schema("lapse-ends"), schema("lapse-operator"));
    }

    /** With a token of its own account: whoever impersonates is matched by what they are themselves. */
    private static KubernetesClient withItsToken() {
        String token = story.admin()
                .serviceAccounts()
                .inNamespace("lapse-system")
                .withName("lapse-operator")
                .tokenRequest()
                .getStatus()
                .getToken();
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(story.cluster().as("rashid").getConfiguration())
                        .withOauthToken(token)
                        .withAutoOAuthToken(token)
                        .build())
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
    }

    private static String schema(String name) {
        return story.admin()
                .flowControl()
                .v1()
                .flowSchema()
                .withName(name)
                .get()
                .getMetadata()
                .getUid();
    }

    private static String matched(KubernetesClient client, String method, String path) {
        var request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(client.getConfiguration().getMasterUrl().replaceAll("/$", "") + path)
                .method(method, null, null)
                .build();
        var response = client.getHttpClient().sendAsync(request, String.class).join();
        return String.join(",", response.headers("X-Kubernetes-PF-FlowSchema-UID"));
    }
}
