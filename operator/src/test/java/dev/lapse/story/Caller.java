package dev.lapse.story;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Plain requests with somebody's credentials, answered by code and body rather than by exceptions. */
final class Caller {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;

    Caller(KubernetesClient client) {
        this.client = client;
    }

    record Answer(int code, String body) {
        boolean passed() {
            return code < 300;
        }

        String message() {
            return json().path("message").asText();
        }

        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(body, unreadable);
            }
        }
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    Answer get(String path) {
        return send("GET", path, null, null);
    }

    Answer create(String path, String yaml) {
        return send("POST", path, "application/yaml", yaml);
    }

    /** What kubectl apply --server-side sends. */
    Answer apply(String path, String yaml) {
        String separator = path.contains("?") ? "&" : "?";
        return send("PATCH", path + separator + "fieldManager=story&force=true", "application/apply-patch+yaml", yaml);
    }

    Answer send(String method, String path, String mediaType, String body) {
        var request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(client.getConfiguration().getMasterUrl().replaceAll("/$", "") + path)
                .method(method, mediaType, body)
                .build();
        var response = client.getHttpClient().sendAsync(request, String.class).join();
        return new Answer(response.code(), response.body() == null ? "" : response.body());
    }
}
