package dev.lapse.fault;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpResponse;

/** Requests of an administrator as they are, with no object in between that would be read and written anew. */
final class Requests {
    /** @param refusal what the API server said; empty if it took it */
    record Answer(int code, String refusal) {
        boolean passed() {
            return code < 300;
        }
    }

    private Requests() {}

    static Answer sent(KubernetesClient admin, String method, String path, String body) {
        String mediaType = !method.equals("PATCH")
                ? "application/json"
                : path.contains("fieldManager") ? "application/apply-patch+yaml" : "application/merge-patch+json";
        HttpResponse<String> response = admin.getHttpClient()
                .sendAsync(
                        admin.getHttpClient()
                                .newHttpRequestBuilder()
                                .uri(admin.getConfiguration().getMasterUrl().replaceAll("/$", "") + path)
                                .method(method, mediaType, body)
                                .build(),
                        String.class)
                .join();
        return new Answer(response.code(), response.isSuccessful() ? "" : String.valueOf(response.body()));
    }
}
