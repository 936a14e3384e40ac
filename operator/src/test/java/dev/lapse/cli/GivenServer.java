package dev.lapse.cli;

import static dev.lapse.mock.MockApiServer.json;

import dev.lapse.mock.MockApiServer;
import dev.lapse.mock.MockApiServer.Exchange;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** An API server that knows a few objects and lets ada do everything but what it is told to refuse. */
final class GivenServer implements AutoCloseable {
    private final MockApiServer server = new MockApiServer();

    GivenServer() {
        Map<String, Object> ada = Map.of("userInfo", Map.of("username", "ada", "groups", List.of()));
        server.answering("POST", ".*/selfsubjectreviews", asked -> json(201, Map.of("status", ada)));
        server.answering(
                "POST", ".*/selfsubjectaccessreviews", asked -> json(201, Map.of("status", Map.of("allowed", true))));
    }

    GivenServer with(HasMetadata object) {
        server.given(object);
        return this;
    }

    /** @param after what becomes of it once somebody patches it */
    GivenServer with(HasMetadata object, UnaryOperator<HasMetadata> after) {
        server.answering("PATCH", path(object), asked -> {
            server.given(after.apply(object));
            return json(200, after.apply(object));
        });
        return with(object);
    }

    GivenServer refusingToPatch(HasMetadata object) {
        return refusing("PATCH", object);
    }

    GivenServer refusingToGet(HasMetadata object) {
        return refusing("GET", object);
    }

    private GivenServer refusing(String method, HasMetadata object) {
        server.answering(method, path(object), asked -> MockApiServer.refusal(403, "ada may not"));
        return with(object);
    }

    /** Names of what was patched, however often: a client sends again what it got no answer to. */
    Set<String> patched() {
        return server.asked("PATCH", ".*").stream()
                .filter(patch -> patch.code() < 300)
                .map(Exchange::path)
                .map(path -> path.substring(path.lastIndexOf('/') + 1))
                .collect(Collectors.toSet());
    }

    KubernetesSession session(String namespace) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(server.url())
                .withRequestRetryBackoffLimit(1)
                .build();
        return KubernetesSession.open(config, namespace);
    }

    /** With a context of another namespace. */
    Path kubeconfig(Path folder) throws IOException {
        return Files.writeString(folder.resolve("given.kubeconfig"), """
            apiVersion: v1
            kind: Config
            current-context: here
            contexts: [{name: here, context: {cluster: here, user: ada, namespace: elsewhere}}]
            clusters: [{name: here, cluster: {server: '%s'}}]
            users: [{name: ada, user: {token: t}}]
            """.formatted(server.url()));
    }

    private static String path(HasMetadata object) {
        return ".*/namespaces/" + object.getMetadata().getNamespace() + "/" + object.getPlural() + "/"
                + object.getMetadata().getName();
    }

    @Override
    public void close() {
        server.close();
    }
}
