package dev.lapse.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Serves /healthz, /readyz and /metrics. A slow client does not block others. */
final class HttpEndpoints implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int LONGEST_HEAD = 8_192;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private final Server server;
    private final ServerConnector connector;

    /** @param metrics the text that Prometheus reads */
    HttpEndpoints(HttpSettings settings, Health health, Supplier<String> metrics) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
        threads.setName("http");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(LONGEST_HEAD);
        // One answer for each connection: no connection is kept open.
        http.setPersistentConnectionsEnabled(false);
        if (settings.tls()) {
            http.addCustomizer(new SecureRequestCustomizer(false));
            TlsFiles files = new TlsFiles(settings);
            connector = new ServerConnector(
                    server,
                    1,
                    1,
                    new SslConnectionFactory(files.context(), "http/1.1"),
                    new HttpConnectionFactory(http));
            server.addBean(files);
        } else {
            connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        }
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(settings.timeLimit().toMillis());
        connector.setAcceptQueueSize(settings.connections());
        connector.addBean(new ConnectionBounds(settings.connections(), settings.timeLimit(), connector.getScheduler()));
        server.addConnector(connector);
        server.setHandler(
                new Answers(health, metrics, !settings.clientAuthorities().isEmpty()));
    }

    void start() throws Exception {
        server.start();
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }

    private static final class Answers extends Handler.Abstract {
        private final Health health;
        private final Supplier<String> metrics;
        private final boolean metricsNeedCertificate;

        Answers(Health health, Supplier<String> metrics, boolean metricsNeedCertificate) {
            this.health = health;
            this.metrics = metrics;
            this.metricsNeedCertificate = metricsNeedCertificate;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
                answer(response, callback, 405, TEXT, "only GET is answered here\n");
                return true;
            }
            switch (Request.getPathInContext(request)) {
                case "/healthz" -> answer(response, callback, 200, TEXT, "ok\n");
                case "/readyz" -> ready(response, callback);
                case "/metrics" -> {
                    if (metricsNeedCertificate && !showedCertificate(request)) {
                        answer(response, callback, 403, TEXT, "show a client certificate\n");
                    } else {
                        answer(response, callback, 200, METRICS, metrics.get());
                    }
                }
                default -> answer(response, callback, 404, TEXT, "there are /healthz, /readyz and /metrics\n");
            }
            return true;
        }

        private void ready(Response response, Callback callback) {
            Map<String, String> checks = health.readiness();
            boolean ready = checks.values().stream().noneMatch(check -> check.startsWith("no"));
            String text = checks.entrySet().stream()
                    .map(check -> check.getKey() + ": " + check.getValue() + "\n")
                    .collect(Collectors.joining());
            answer(response, callback, ready ? 200 : 503, TEXT, text);
        }

        /**
         * Whether the client showed a certificate. The authorities have signed it: with any other the handshake fails.
         */
        private static boolean showedCertificate(Request request) {
            return request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData session
                    && session.peerCertificates() != null
                    && session.peerCertificates().length > 0;
        }

        private static void answer(Response response, Callback callback, int code, String type, String text) {
            response.setStatus(code);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, text.getBytes(StandardCharsets.UTF_8).length);
            Content.Sink.write(response, true, text, callback);
        }
    }
}
