package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lapse.api.v1alpha1.Lapse;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the shared informers ask for, before an API server that has nothing. */
class KubernetesClusterTest {
    private final Queue<URI> asked = new ConcurrentLinkedQueue<>();
    private volatile boolean lists;
    private HttpServer server;
    private KubernetesClient client;

    @BeforeEach
    void begin() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    @AfterEach
    void end() {
        client.close();
        server.stop(0);
    }

    /** What is swept, and what is told to the grants, comes from these: all bindings of a cluster would be too many. */
    @Test
    void bindingsAreWatchedOnlyIfTheyAreOfGrants() {
        try (KubernetesCluster cluster = new KubernetesCluster(client, HeapRoom.ofThisProcess())) {
            CompletableFuture<Void> abandoned = CompletableFuture.failedFuture(new IllegalStateException("not needed"));
            assertThatThrownBy(() -> cluster.start(Duration.ofSeconds(10), abandoned))
                    .hasMessageContaining("not needed");
            await().atMost(Duration.ofSeconds(10)).until(() -> bindings().count() >= 2);
        }

        assertThat(bindings())
                .extracting(URI::getQuery)
                .allSatisfy(query -> assertThat(query).contains("labelSelector=" + Lapse.GRANT_UID_LABEL));
    }

    /** As an inventory of all bindings has one: what it lacks room for is missing there, and nowhere else. */
    @Test
    void aViewInRoomToSpareStaysIncompleteWhereThatIsFullAndNothingElseIs() {
        HeapRoom room = new HeapRoom(() -> bindings().findAny().isPresent() ? 610 : 100, 1_000, () -> {});
        HeapRoom spare = room.spare();
        lists = true;
        try (KubernetesView<ClusterRoleBinding> all =
                new KubernetesView<>(spare, client.rbac().clusterRoleBindings(), UnaryOperator.identity())) {
            all.start();

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> bindings().findAny().isPresent());
            await().atMost(Duration.ofSeconds(10)).until(spare::isFull);

            assertThat(all.healthy()).isFalse();
            assertThat(all.list()).isEmpty();
            assertThat(room.isFull()).isFalse();
        }
    }

    private Stream<URI> bindings() {
        return asked.stream().filter(uri -> uri.getPath().endsWith("rolebindings"));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(exchange.getRequestURI());
            if (!lists) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = """
                    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBindingList",
                     "metadata": {"resourceVersion": "1"}, "items": [{"metadata": {"name": "admins", "uid": "1"}}]}
                    """.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
