package dev.lapse.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** An API server that knows one lease, and which people may write by hand. */
final class GivenLease implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ObjectNode lease;
    private boolean refusesToWrite;
    private boolean away;

    /** @param holder who has it, by its word, since {@code renewed} */
    GivenLease(String holder, String renewed) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            lease = (ObjectNode) JSON.readTree("""
                    {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                     "metadata": {"name": "lapse-operator", "namespace": "lapse-system", "resourceVersion": "1"},
                     "spec": {"leaseDurationSeconds": 15}}
                    """);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        renewedBy(holder, renewed);
        server.createContext("/", this::answer);
        server.start();
    }

    synchronized void renewedBy(String holder, String renewed) {
        merge(JSON.createObjectNode().put("holderIdentity", holder).put("renewTime", renewed));
    }

    synchronized void refusesToWrite() {
        refusesToWrite = true;
    }

    /** It takes no question any more. */
    synchronized void goesAway() {
        away = true;
    }

    /** Who has it; empty if it was given back. */
    synchronized String holder() {
        return lease.at("/spec/holderIdentity").asText("");
    }

    synchronized String renewed() {
        return lease.at("/spec/renewTime").asText("");
    }

    KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .withRequestTimeout(3_000)
                        .build())
                .build();
    }

    private void answer(HttpExchange call) throws IOException {
        JsonNode sent = JSON.readTree(call.getRequestBody().readAllBytes());
        int code;
        byte[] answer;
        synchronized (this) {
            code = away ? 0 : call.getRequestMethod().equals("GET") ? 200 : refusesToWrite ? 403 : written(sent);
            answer = code == 200
                    ? JSON.writeValueAsBytes(lease)
                    : JSON.writeValueAsBytes(JSON.createObjectNode()
                            .put("kind", "Status")
                            .put("apiVersion", "v1")
                            .put("code", code)
                            .put("message", "no"));
        }
        if (code != 0) {
            call.getResponseHeaders().add("Content-Type", "application/json");
            call.sendResponseHeaders(code, answer.length);
            call.getResponseBody().write(answer);
        }
        call.close();
    }

    private int written(JsonNode patch) {
        if (!lease.at("/metadata/resourceVersion").equals(patch.at("/metadata/resourceVersion"))) {
            return 409;
        }
        merge((ObjectNode) patch.get("spec"));
        return 200;
    }

    private void merge(ObjectNode spec) {
        spec.properties().forEach(field -> ((ObjectNode) lease.get("spec")).set(field.getKey(), field.getValue()));
        ObjectNode metadata = (ObjectNode) lease.get("metadata");
        metadata.put(
                "resourceVersion",
                Integer.toString(metadata.get("resourceVersion").asInt() + 1));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
