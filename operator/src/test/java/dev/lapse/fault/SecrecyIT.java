package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.fault.FaultProxy.Fate;
import io.fabric8.kubernetes.api.model.APIResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A token that was issued is in the Secret it was delivered in, and nowhere else: also when the delivery failed. */
class SecrecyIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Stage stage;
    private static List<Life> lives;
    private static List<String> tokens;

    @BeforeAll
    static void deliversTokensAfterDeliveriesThatFailed() {
        stage = Stage.set();
        lives = Stream.of(Shape.DEDICATED_TOKEN, Shape.SUBJECT_TOKEN)
                .map(shape -> new Life("secrecy-" + shape.text(), shape, Life.UNHARMED))
                .toList();
        stage.scenery().place(lives);
        stage.proxy()
                .rule(call -> call.write()
                                && call.path().contains("/secrets")
                                && call.body().contains("token")
                        // Not repeated by the client itself.
                        ? Fate.answer(403)
                        : Fate.PASS);
        stage.scenery().ask(lives, Duration.ofMinutes(20));
        // So that the log has what the operator says of it.
        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(lives)
                        .allSatisfy(life -> assertThat(stage.scenery().grant(life))
                                .asString()
                                .contains("refused by the test's proxy")));
        stage.proxy().passAll();
        stage.scenery().awaitPhase(lives, GrantPhase.Active);
        stage.awaitQuiet();
        tokens = stage.proxy().issued().stream().map(FaultProxy.Issued::token).toList();
    }

    @AfterAll
    static void ends() {
        stage.close();
    }

    @Test
    void issuesMoreTokensThanItDelivers() {
        assertThat(tokens).hasSizeGreaterThan(lives.size());
    }

    @Test
    void keepsTokensOutOfLogs() throws IOException {
        for (Path log : List.of(
                stage.cluster().dir().resolve("logs/operator.log"),
                stage.cluster().auditLog())) {
            assertSilent(log.toString(), Files.readString(log));
        }
    }

    @Test
    void keepsTokensOutOfMetrics() {
        assertSilent("/metrics", stage.get("/metrics").body());
    }

    @Test
    void keepsTokensOutOfEveryObjectButTheSecretItDelivers() throws IOException {
        Map<String, String> objects = new TreeMap<>();
        for (String list : lists()) {
            for (JsonNode object : JSON.readTree(stage.admin().raw(list)).path("items")) {
                objects.put(
                        list + " " + object.at("/metadata/namespace").asText() + "/"
                                + object.at("/metadata/name").asText(),
                        object.toString());
            }
        }

        List<String> telling = objects.entrySet().stream()
                .filter(object -> tells(object.getValue()))
                .map(Map.Entry::getKey)
                .toList();

        assertThat(objects.keySet())
                .anyMatch(name ->
                        name.startsWith("/api/v1/events ") || name.startsWith("/apis/events.k8s.io/v1/events "));
        assertThat(telling)
                .containsExactlyInAnyOrderElementsOf(lives.stream()
                        .map(life -> "/api/v1/secrets " + life.namespace + "/lapse-" + life.uid())
                        .toList());
    }

    private static void assertSilent(String where, String text) {
        assertThat(text).as(where).isNotEmpty();
        assertThat(tells(text)).as(where).isFalse();
    }

    /** Whether a text holds a token, or the part of one that makes it one, as it is or as Secrets write it. */
    private static boolean tells(String text) {
        return tokens.stream()
                .flatMap(token -> Stream.of(token.split("\\.")[2], encoded(token)))
                .anyMatch(text::contains);
    }

    private static String encoded(String token) {
        return Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8));
    }

    /** A path for every kind that can be listed. */
    private static List<String> lists() {
        List<String> paths = new ArrayList<>(paths("v1", "/api/v1/"));
        stage.admin().getApiGroups().getGroups().forEach(group -> {
            String version = group.getPreferredVersion().getGroupVersion();
            paths.addAll(paths(version, "/apis/" + version + "/"));
        });
        return paths;
    }

    private static List<String> paths(String version, String prefix) {
        return stage.admin().getApiResources(version).getResources().stream()
                .filter(resource -> resource.getVerbs().contains("list"))
                .map(APIResource::getName)
                .map(prefix::concat)
                .collect(Collectors.toList());
    }
}
