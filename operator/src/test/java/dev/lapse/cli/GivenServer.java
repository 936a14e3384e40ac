package dev.lapse.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** An API server that knows a few objects and lets ada do everything but what it is told to refuse. */
final class GivenServer implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, HasMetadata> objects = new ConcurrentHashMap<>();
    private final Map<String, UnaryOperator<HasMetadata>> patched = new ConcurrentHashMap<>();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    GivenServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    GivenServer with(HasMetadata object) {
        objects.put(path(object), object);
        return this;
    }

    /** @param after what becomes of it once somebody patches it */
    GivenServer with(HasMetadata object, UnaryOperator<HasMetadata> after) {
        patched.put(path(object), after);
        return with(object);
    }

    GivenServer refusingToPatch(HasMetadata object) {
        refused.add("PATCH " + path(object));
        return with(object);
    }

    GivenServer refusingToGet(HasMetadata object) {
        refused.add("GET " + path(object));
        return with(object);
    }

    /** Names of what was patched, however often: a client sends again what it got no answer to. */
    Set<String> patched() {
        return Set.copyOf(taken);
    }

    KubernetesSession session(String namespace) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
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
                """.formatted(url()));
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange call) throws IOException {
        String path = call.getRequestURI().getPath();
        String asked = call.getRequestMethod() + " " + path;
        if (refused.contains(asked)) {
            reply(call, 403, new StatusBuilder().withMessage("ada may not").build());
        } else if (path.endsWith("/selfsubjectreviews")) {
            reply(call, 201, Map.of("status", Map.of("userInfo", Map.of("username", "ada", "groups", List.of()))));
        } else if (path.endsWith("/selfsubjectaccessreviews")) {
            reply(call, 201, Map.of("status", Map.of("allowed", true)));
        } else if (!objects.containsKey(path)) {
            boolean list = path.matches(".*/(roles|rolebindings|clusterroles|clusterrolebindings|accessreviews)");
            reply(call, list ? 200 : 404, list ? Map.of("items", List.of()) : new StatusBuilder().build());
        } else {
            if (call.getRequestMethod().equals("PATCH")) {
                taken.add(path.substring(path.lastIndexOf('/') + 1));
                objects.computeIfPresent(
                        path,
                        (key, before) -> patched.getOrDefault(key, UnaryOperator.identity())
                                .apply(before));
            }
            reply(call, 200, objects.get(path));
        }
    }

    private static void reply(HttpExchange call, int code, Object body) throws IOException {
        byte[] answer = Serialization.asJson(body).getBytes(StandardCharsets.UTF_8);
        call.getRequestBody().readAllBytes();
        call.getResponseHeaders().add("Content-Type", "application/json");
        call.sendResponseHeaders(code, answer.length);
        call.getResponseBody().write(answer);
        call.close();
    }

    private static String path(HasMetadata object) {
        return "/apis/lapse.dev/v1alpha1/namespaces/" + object.getMetadata().getNamespace() + "/" + object.getPlural()
                + "/" + object.getMetadata().getName();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
