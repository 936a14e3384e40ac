package dev.lapse.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** Serves /healthz, /readyz and /metrics. */
final class HttpEndpoints implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService workers = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "http");
        thread.setDaemon(true);
        return thread;
    });

    HttpEndpoints(Settings settings, Health health, Meters meters) throws IOException {
        server = HttpServer.create(new InetSocketAddress(settings.httpHost(), settings.httpPort()), 0);
        server.setExecutor(workers);
        server.createContext("/healthz", exchange -> answer(exchange, 200, "text/plain", "ok\n"));
        server.createContext("/readyz", exchange -> {
            Map<String, String> checks = health.readiness();
            boolean ready = checks.values().stream().noneMatch(check -> check.startsWith("no"));
            String text = checks.entrySet().stream()
                    .map(check -> check.getKey() + ": " + check.getValue() + "\n")
                    .collect(Collectors.joining());
            answer(exchange, ready ? 200 : 503, "text/plain", text);
        });
        server.createContext(
                "/metrics", exchange -> answer(exchange, 200, "text/plain; version=0.0.4", meters.scrape()));
    }

    void start() {
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int code, String type, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }
}
