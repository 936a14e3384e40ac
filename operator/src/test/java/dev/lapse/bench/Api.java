package dev.lapse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The smallest client of the API server: one user, kept-alive connections, no retries, no informers. */
final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpClient http;
    private final String server;
    private final String token;

    /** An answer of the API server, whatever it was. */
    record Answer(int code, String body) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Api(HttpClient http, String server, String token) {
        this.http = http;
        this.server = server;
        this.token = token;
    }

    static Api of(Path kubeconfig) {
        var config = Config.fromKubeconfig(kubeconfig.toFile());
        var server = config.getMasterUrl();
        return new Api(
                client(config.getCaCertData()),
                server.endsWith("/") ? server.substring(0, server.length() - 1) : server,
                config.getAutoOAuthToken() == null ? config.getOauthToken() : config.getAutoOAuthToken());
    }

    /** The same server as somebody else. */
    Api as(String otherToken) {
        return new Api(http, server, otherToken);
    }

    private static HttpClient client(String authority) {
        try {
            var certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(Base64.getMimeDecoder().decode(authority)));
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("cluster", certificate);
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            var tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .sslContext(tls)
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the cluster's certificate cannot be used", e);
        }
    }

    Answer send(String method, String path, String body) {
        return send(method, path, "application/json", body);
    }

    private Answer send(String method, String path, String type, String body) {
        var request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at " + method + " " + path, e);
        }
    }

    int status(String path) {
        return send("GET", path, "").code();
    }

    /** The object at {@code path}; a missing node if there is none. */
    JsonNode get(String path) {
        var answer = send("GET", path, "");
        return answer.code() == 404 ? MissingNode.getInstance() : expected(answer, "GET " + path);
    }

    /** Hears of each change until {@code enough} says that this was the last one. */
    void watch(String path, Predicate<JsonNode> enough) {
        var request = HttpRequest.newBuilder(URI.create(server + path))
                .header("Authorization", "Bearer " + token)
                .build();
        try (var lines = http.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
            for (var events = lines.iterator(); events.hasNext(); ) {
                if (enough.test(JSON.readTree(events.next()).path("object"))) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("watch of " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at a watch of " + path, e);
        }
        throw new IllegalStateException("the watch of " + path + " was closed too early");
    }

    JsonNode create(String path, String object) {
        return expected(send("POST", path, object), "POST " + path);
    }

    JsonNode replace(String path, JsonNode object) {
        return expected(send("PUT", path, object.toString()), "PUT " + path);
    }

    void patch(String path, String body) {
        expected(send("PATCH", path, "application/merge-patch+json", body), "PATCH " + path);
    }

    void delete(String path) {
        expected(send("DELETE", path, ""), "DELETE " + path);
    }

    private static JsonNode expected(Answer answer, String what) {
        if (answer.code() >= 300) {
            throw new IllegalStateException(what + " was answered with " + answer.code() + ": " + answer.body());
        }
        return answer.json();
    }
}
