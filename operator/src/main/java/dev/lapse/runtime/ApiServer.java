package dev.lapse.runtime;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** The API server's address and certificates, as delivered kubeconfigs need them. */
final class ApiServer {
    private ApiServer() {}

    static String address(KubernetesClient client, Settings settings) {
        return settings.apiServer().isEmpty() ? client.getMasterUrl().toString() : settings.apiServer();
    }

    /** The certificates by which this process itself trusts the API server. */
    static String authority(KubernetesClient client) throws IOException {
        String file = client.getConfiguration().getCaCertFile();
        if (file != null && !file.isEmpty()) {
            return Files.readString(Path.of(file));
        }
        String data = client.getConfiguration().getCaCertData();
        return data == null || data.isEmpty()
                ? ""
                : new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
    }
}
