package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.cluster.ServerClock;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes and scrapes are answered whoever else is connected, and over TLS if somebody wants it so. */
class HttpEndpointsTest {
    private static final int SLOW_CLIENTS = 400;

    private final List<Socket> slow = new ArrayList<>();

    @TempDir
    private Path folder;

    private record Named(KeyPair keys, X509Certificate certificate) {}

    @AfterEach
    void hangUp() throws IOException {
        for (Socket socket : slow) {
            socket.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET /healthz HT",
                "GET /healthz HTTP/1.1\r\nHost: x\r\n",
                "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx"
            })
    void whoeverSendsHalfARequestHoldsUpNobody(String half) throws Exception {
        try (HttpEndpoints http = serving(plain(), "lapse_metric 1\n")) {
            for (int i = 0; i < SLOW_CLIENTS; i++) {
                say(http, half);
            }

            for (String path : List.of("/healthz", "/readyz", "/metrics")) {
                assertThat(get(http, path).statusCode()).isIn(200, 503);
            }
        }
    }

    @Test
    void whoeverAsksAndNeverReadsHoldsUpNobody() throws Exception {
        try (HttpEndpoints http = serving(plain(), "a line of metrics\n".repeat(200_000))) {
            for (int i = 0; i < 20; i++) {
                say(http, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
            }

            assertThat(get(http, "/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whoeverDripsIsCutOff() throws Exception {
        HttpSettings settings = new HttpSettings("127.0.0.1", 0, 256, Duration.ofMillis(300), "", "", "");
        try (HttpEndpoints http = serving(settings, "")) {
            Socket dripping = say(http, "GET /healthz HTTP/1.1\r\n");
            dripping.setSoTimeout(5_000);

            await().atMost(Duration.ofSeconds(5)).until(() -> cutOff(dripping));
        }
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        try (HttpEndpoints http = serving(plain(), "")) {
            assertThat(get(http, "/secrets").statusCode()).isEqualTo(404);
            assertThat(HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http.port() + "/healthz"))
                                            .method("POST", HttpRequest.BodyPublishers.noBody())
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void theMetricsNeedTheCertificateOfAClientAndProbesDoNot() throws Exception {
        Named server = named("localhost");
        Named client = named("prometheus");
        Named stranger = named("stranger");
        try (HttpEndpoints http = serving(tls(server, client), "lapse_metric 1\n")) {
            assertThat(secure(server, null, http, "/healthz")).isEqualTo(200);
            assertThat(secure(server, null, http, "/metrics")).isEqualTo(403);
            assertThat(secure(server, client, http, "/metrics")).isEqualTo(200);
            // Asked for one of these authorities', it has none to show.
            assertThat(secure(server, stranger, http, "/metrics")).isEqualTo(403);
        }
    }

    @Test
    void aRenewedCertificateIsServedWithoutARestart() throws Exception {
        Named first = named("localhost");
        Named second = named("localhost");
        HttpSettings settings = tls(first, first);
        try (HttpEndpoints http = serving(settings, "")) {
            assertThat(secure(first, null, http, "/healthz")).isEqualTo(200);

            Files.writeString(Path.of(settings.certificate()), "half");
            write(second, settings);

            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .until(() -> secure(second, null, http, "/healthz") == 200);
        }
    }

    private static HttpSettings plain() {
        return new HttpSettings("127.0.0.1", 0, 256, Duration.ofSeconds(10), "", "", "");
    }

    private static HttpEndpoints serving(HttpSettings settings, String metrics) throws Exception {
        HttpEndpoints http = new HttpEndpoints(
                settings,
                new Health(() -> new ServerClock.Reading(true, Duration.ZERO), new Watches(System::nanoTime)),
                () -> metrics);
        http.start();
        return http;
    }

    private Socket say(HttpEndpoints http, String text) throws IOException {
        Socket socket = new Socket("127.0.0.1", http.port());
        slow.add(socket);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static boolean cutOff(Socket socket) {
        try {
            socket.getOutputStream().write('x');
            socket.getOutputStream().flush();
            return false;
        } catch (IOException cut) {
            return true;
        }
    }

    private static HttpResponse<String> get(HttpEndpoints http, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http.port() + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private HttpSettings tls(Named server, Named authority) throws Exception {
        HttpSettings settings = new HttpSettings(
                "127.0.0.1",
                0,
                256,
                Duration.ofSeconds(10),
                folder.resolve("tls.crt").toString(),
                folder.resolve("tls.key").toString(),
                folder.resolve("clients.crt").toString());
        write(server, settings);
        Files.writeString(
                Path.of(settings.clientAuthorities()),
                pem("CERTIFICATE", authority.certificate().getEncoded()));
        return settings;
    }

    private static void write(Named server, HttpSettings settings) throws Exception {
        Files.writeString(
                Path.of(settings.certificate()),
                pem("CERTIFICATE", server.certificate().getEncoded()));
        Files.writeString(
                Path.of(settings.key()),
                pem("PRIVATE KEY", server.keys().getPrivate().getEncoded()));
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }

    private static Named named(String name) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        Instant now = Instant.now();
        X500Name subject = new X500Name("CN=" + name);
        var holder = new JcaX509v3CertificateBuilder(
                        subject,
                        new BigInteger(64, new SecureRandom()),
                        Date.from(now.minusSeconds(60)),
                        Date.from(now.plusSeconds(3_600)),
                        subject,
                        keys.getPublic())
                .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                    new GeneralName(GeneralName.dNSName, name), new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                }))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
        return new Named(keys, new JcaX509CertificateConverter().getCertificate(holder));
    }

    private static int secure(Named server, @Nullable Named client, HttpEndpoints http, String path) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", server.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        if (client != null) {
            own.setKeyEntry(
                    "client", client.keys().getPrivate(), new char[0], new X509Certificate[] {client.certificate()});
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        var connection = (javax.net.ssl.HttpsURLConnection)
                URI.create("https://127.0.0.1:" + http.port() + path).toURL().openConnection();
        connection.setSSLSocketFactory(context.getSocketFactory());
        connection.setHostnameVerifier((String host, SSLSession session) -> true);
        connection.setConnectTimeout(5_000);
        connection.setReadTimeout(5_000);
        return connection.getResponseCode();
    }
}
