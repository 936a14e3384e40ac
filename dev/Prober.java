import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Measures from outside when a privilege ends: calls the API server with a grant's token on one open connection, around
 * the end as fast as it answers, and says in milliseconds after that end when the last call was allowed, when the first
 * was refused (403) and when the token itself was (401).
 *
 * <p>Usage: java dev/Prober.java KUBECONFIG PATH END, for example
 * {@code java dev/Prober.java grant.kubeconfig /api/v1/namespaces/payments/configmaps 2026-12-01T08:00:00Z}
 */
class Prober {
    /** So long before and after the end it calls as fast as it can. */
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private static final Duration PAUSE_BEFORE = Duration.ofMillis(200);

    /** Enough to tell what happens late, and no load for who has to do it. */
    private static final Duration PAUSE_AFTER = Duration.ofMillis(10);

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final HttpClient client;
    private final HttpRequest request;
    private final Instant end;
    private int calls;

    private Prober(HttpClient client, HttpRequest request, Instant end) {
        this.client = client;
        this.request = request;
        this.end = end;
    }

    public static void main(String[] args) throws Exception {
        String kubeconfig = Files.readString(Path.of(args[0]));
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY)
                .sslContext(trusting(Base64.getDecoder().decode(field(kubeconfig, "certificate-authority-data"))))
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(field(kubeconfig, "server")).resolve(args[1]))
                .header("Authorization", "Bearer " + field(kubeconfig, "token"))
                .timeout(Duration.ofSeconds(10))
                .build();
        System.exit(new Prober(client, request, Instant.parse(args[2])).probe());
    }

    private int probe() throws InterruptedException {
        Instant lastAllowed = null;
        boolean denied = false;
        while (Instant.now().isBefore(end.plus(LIMIT))) {
            Instant sent = Instant.now();
            int status = call();
            if (status == 200 && denied) {
                return fail("a call was allowed again " + sinceEnd(Instant.now()) + " ms after the end");
            } else if (status == 200) {
                lastAllowed = sent;
            } else if (status == 403 && !denied) {
                if (lastAllowed == null) {
                    return fail("refused at once (403): the privilege was not there");
                }
                denied = true;
                System.out.println("calls " + calls);
                System.out.println("last200 " + sinceEnd(lastAllowed));
                System.out.println("first403 " + sinceEnd(Instant.now()));
            } else if (status == 401) {
                System.out.println("first401 " + sinceEnd(Instant.now()));
                return denied ? 0 : fail("the token was refused (401) before the privilege was (403)");
            }
            pause(denied);
        }
        return fail((denied ? "the token was still accepted " : "calls were still allowed ") + LIMIT.toSeconds()
                + " s after the end");
    }

    private int call() throws InterruptedException {
        calls++;
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException unanswered) {
            // Says nothing about the privilege: the next call does.
            return 0;
        }
    }

    private void pause(boolean denied) throws InterruptedException {
        Instant now = Instant.now();
        if (now.isBefore(end.minus(CLOSE))) {
            Thread.sleep(PAUSE_BEFORE.toMillis());
        } else if (denied || now.isAfter(end.plus(CLOSE))) {
            Thread.sleep(PAUSE_AFTER.toMillis());
        }
    }

    private long sinceEnd(Instant instant) {
        return end.until(instant, ChronoUnit.MILLIS);
    }

    private static int fail(String why) {
        System.err.println(why);
        return 1;
    }

    /** Good for the kubeconfigs that Lapse delivers: one cluster, one user, one line a field. */
    private static String field(String kubeconfig, String name) {
        var line = Pattern.compile("(?m)^\\W*" + name + ": *\"?([^\"\\s]+)\"?$").matcher(kubeconfig);
        if (!line.find()) {
            throw new IllegalArgumentException("the kubeconfig has no line " + name + ": …");
        }
        return line.group(1);
    }

    private static SSLContext trusting(byte[] authority) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        var certificates = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(authority));
        for (var certificate : certificates) {
            trusted.setCertificateEntry("authority-" + trusted.size(), certificate);
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
