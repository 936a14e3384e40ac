package dev.lapse.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.lapse.guard.Seal;
import dev.lapse.mock.AnsweringServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapListBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the sweep does for the memory, before an API server that refuses some of it. */
class KubernetesMemoryTest {
    private static final Seal SEAL = new Seal(new byte[32]);
    private static final List<String> ALL =
            IntStream.range(0, Shard.COUNT).mapToObj(Shard::name).toList();

    private final SortedMap<String, ConfigMap> maps = new ConcurrentSkipListMap<>();
    private volatile String refusesToMake = "";
    private volatile boolean refusesToList;
    private AnsweringServer server;
    private KubernetesClient client;
    private KubernetesMemory memory;

    @BeforeEach
    void begin() throws IOException {
        server = new AnsweringServer(this::answer);
        client = server.client();
        memory = new KubernetesMemory(client, SEAL, Elsewhere.NOWHERE, told -> {});
        for (int number = 0; number < Shard.COUNT; number++) {
            put(new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName(Shard.name(number))
                    .endMetadata()
                    .withData(Shard.empty(number).next().data(SEAL))
                    .build());
        }
        memory.heal();
        assertThat(memory.problems()).isEmpty();
    }

    @AfterEach
    void end() {
        memory.close();
        server.close();
    }

    @Test
    void oneThatCannotBeWrittenAgainHoldsUpNoOther() {
        maps.clear();
        refusesToMake = Shard.name(0);

        memory.heal();

        assertThat(maps.keySet()).containsExactlyElementsOf(ALL.subList(1, Shard.COUNT));
        assertThat(memory.problems()).hasSize(1);
    }

    @Test
    void whatIsKnownToBeGoneIsWrittenAgainThoughNobodyAnswersWhatThereIs() {
        maps.clear();
        refusesToMake = Shard.name(0);
        memory.heal();
        refusesToMake = "";
        refusesToList = true;

        memory.heal();

        assertThat(maps.keySet()).containsExactlyElementsOf(ALL);
        assertThat(memory.problems()).isEmpty();
    }

    private ConfigMap put(ConfigMap map) {
        String name = map.getMetadata().getName();
        ConfigMap stored = new ConfigMapBuilder(map)
                .editMetadata()
                .withUid("uid-of-" + name)
                .withResourceVersion(Integer.toString(10))
                .endMetadata()
                .build();
        maps.put(name, stored);
        return stored;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (exchange.getRequestMethod().equals("GET")) {
                if (refusesToList) {
                    refuse(exchange);
                } else {
                    send(
                            exchange,
                            200,
                            new ConfigMapListBuilder()
                                    .withNewMetadata()
                                    .endMetadata()
                                    .withItems(List.copyOf(maps.values()))
                                    .build());
                }
                return;
            }
            ConfigMap asked = Serialization.unmarshal(body, ConfigMap.class);
            if (asked.getMetadata().getName().equals(refusesToMake)) {
                refuse(exchange);
            } else {
                send(exchange, 201, put(asked));
            }
        }
    }

    private static void refuse(HttpExchange exchange) throws IOException {
        send(
                exchange,
                403,
                new StatusBuilder().withCode(403).withReason("Forbidden").build());
    }

    private static void send(HttpExchange exchange, int code, Object answer) throws IOException {
        byte[] bytes = Serialization.asJson(answer).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
