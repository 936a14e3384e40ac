package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.mock.AnsweringServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the shared informers ask for, before an API server that has nothing. */
class KubernetesClusterTest {
    private final Queue<URI> asked = new ConcurrentLinkedQueue<>();
    private AnsweringServer server;
    private KubernetesClient client;

    @BeforeEach
    void begin() throws IOException {
        server = new AnsweringServer(this::answer);
        client = server.client();
    }

    @AfterEach
    void end() {
        server.close();
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

    private Stream<URI> bindings() {
        return asked.stream().filter(uri -> uri.getPath().endsWith("rolebindings"));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(exchange.getRequestURI());
            exchange.sendResponseHeaders(404, -1);
        }
    }
}
