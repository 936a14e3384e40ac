package dev.lapse.fault;

import dev.lapse.story.Cluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The API server as whoever holds a token meets it, with no client library in between. */
final class ApiServer {
    /** So that the audit log tells such requests from the operator's, whoever's token they carry. */
    static final String AGENT = "a-test";

    private static final Set<String> NOT_PASSED_ON = Set.of(
            "host",
            "connection",
            "content-length",
            "transfer-encoding",
            "expect",
            "upgrade",
            "http2-settings",
            "accept-encoding");

    private final URI address;
    private final SSLContext trust;
    private final HttpClient client;

    ApiServer(Cluster cluster) {
        address = URI.create(cluster.admin().getConfiguration().getMasterUrl().replaceAll("/$", ""));
        trust = trusting(cluster);
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust)
                .build();
    }

    String host() {
        return address.getAuthority();
    }

    HttpClient client() {
        return client;
    }

    /** A connection to write HTTP to. */
    Socket connect() throws IOException {
        return trust.getSocketFactory().createSocket(address.getHost(), address.getPort());
    }

    /** Somebody else's request, word for word. */
    FaultProxy.Answer forward(PlainHttp.Request request) throws IOException, InterruptedException {
        HttpRequest.Builder same = HttpRequest.newBuilder(URI.create(address + request.target()))
                .method(
                        request.call().method(),
                        request.body().length == 0
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(request.body()));
        request.headers().stream()
                .filter(header -> !NOT_PASSED_ON.contains(header.name().toLowerCase(Locale.ROOT)))
                .forEach(header -> same.header(header.name(), header.value()));
        HttpResponse<byte[]> response = client.send(same.build(), BodyHandlers.ofByteArray());
        return new FaultProxy.Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse("application/json"),
                response.headers().firstValue("Date").orElse(""),
                response.body());
    }

    /** What the bearer of {@code token} is answered: 200, 403 if it is known and may not, 401 if it is not known. */
    int code(String token, String path) {
        return send(token, "GET", path, "").statusCode();
    }

    HttpResponse<String> send(String token, String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .header("Authorization", "Bearer " + token)
                .header("User-Agent", AGENT)
                .header("Content-Type", method.equals("PATCH") ? "application/merge-patch+json" : "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + path, e);
        }
    }

    private static SSLContext trusting(Cluster cluster) {
        try (InputStream file = Files.newInputStream(cluster.dir().resolve("certs/apiserver.crt"))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null);
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
                store.setCertificateEntry("api-server-" + store.size(), certificate);
            }
            TrustManagerFactory known = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            known.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, known.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
