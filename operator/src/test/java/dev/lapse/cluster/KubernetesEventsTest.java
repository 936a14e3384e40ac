package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.lapse.cluster.KubernetesEvents.About;
import dev.lapse.cluster.KubernetesEvents.Kind;
import dev.lapse.mock.AnsweringServer;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which requests an Event becomes; the operator holds create and patch of Events, and nothing else. */
class KubernetesEventsTest {
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final About GRANT = new About("PrivilegeGrant", "team", "g", "uid-1");
    private static final String PATH = "/api/v1/namespaces/team/events";

    private record Call(String method, String path, String body) {}

    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile int answerToPatch = 200;
    private AnsweringServer server;
    private KubernetesClient client;
    private KubernetesEvents events;

    @BeforeEach
    void begins() throws IOException {
        server = new AnsweringServer(this::answer);
        client = server.client();
        events = new KubernetesEvents(client, Clock.fixed(NOW, ZoneOffset.UTC), "one");
    }

    @AfterEach
    void ends() {
        events.close();
        server.close();
    }

    @Test
    void whatIsToldAgainRaisesTheCountInOneRequest() {
        told(2);

        assertThat(calls).extracting(Call::method).containsExactly("POST", "PATCH");
        Event first = event(calls.get(0));
        assertThat(first.getCount()).isEqualTo(1);
        assertThat(calls.get(1).path())
                .isEqualTo(PATH + "/" + first.getMetadata().getName());
        assertThat(calls.get(1).body()).contains("\"count\":2", "\"lastTimestamp\":\"2026-11-01T00:00:00Z\"");
    }

    @Test
    void whereTheFirstIsGoneThereIsANewOneThatKnowsTheCount() {
        answerToPatch = 404;

        told(2);

        assertThat(calls).extracting(Call::method).containsExactly("POST", "PATCH", "POST");
        assertThat(event(calls.get(2)).getCount()).isEqualTo(2);
        assertThat(event(calls.get(2)).getFirstTimestamp()).isEqualTo("2026-11-01T00:00:00Z");
    }

    @Test
    void whereItMayNotChangeAnEventItWritesAnotherOne() {
        answerToPatch = 403;

        told(2);

        assertThat(calls).extracting(Call::method).containsExactly("POST", "PATCH", "POST");
        assertThat(event(calls.get(2)).getMetadata().getName())
                .isNotEqualTo(event(calls.get(0)).getMetadata().getName());
    }

    @Test
    void whatIsRefusedIsNotTriedAgain() {
        answerToPatch = 422;

        told(2);

        assertThat(calls).extracting(Call::method).containsExactly("POST", "PATCH");
    }

    private void told(int times) {
        for (int i = 0; i < times; i++) {
            events.tell(GRANT, Kind.Warning, "Failed", "somebody else's object has its name");
        }
        // Those of a namespace are written in the order they come.
        events.tell(new About("Lease", "team", "l", ""), Kind.Normal, "TheLast", "");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> calls.removeIf(call -> call.body().contains("TheLast")));
    }

    private Event event(Call call) {
        return client.getKubernetesSerialization().unmarshal(call.body(), Event.class);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String method = exchange.getRequestMethod();
            calls.add(new Call(method, exchange.getRequestURI().getPath(), body));
            byte[] answer = (method.equals("POST") ? body : "{}").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(method.equals("POST") ? 201 : answerToPatch, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }
}
