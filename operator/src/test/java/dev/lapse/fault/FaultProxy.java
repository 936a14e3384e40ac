package dev.lapse.fault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/**
 * Stands between the operator and the real API server: passes everything on with the operator's own token, remembers
 * every request, and fails on purpose.
 *
 * <p>It speaks plain HTTP on the loopback; the operator is started with {@code LAPSE_OPERATOR_SERVER}.
 */
final class FaultProxy implements AutoCloseable {
    private static final Set<String> NOT_PASSED_ON =
            Set.of("host", "connection", "content-length", "expect", "upgrade", "http2-settings", "accept-encoding");

    /** A request of the operator, before anything is done with it. */
    record Call(String method, String path, String query, String body) {
        /** Whether it is to change something, other than leases and Events; a question changes nothing. */
        boolean write() {
            return !method.equals("GET")
                    && !path.matches(".*/(leases|events)(/.*)?|.*accessreviews|.*/tokenreviews")
                    && !query.contains("dryRun");
        }

        boolean watch() {
            return method.equals("GET") && query.contains("watch=true");
        }

        boolean token() {
            return method.equals("POST") && path.endsWith("/token");
        }
    }

    /** A request with what the API server answered, 0 if it was not asked. */
    record Answered(Instant at, Call call, int code) {}

    /** A token that the API server has issued, whatever became of the answer. */
    record Issued(Call call, String token) {}

    /** What becomes of a request. */
    interface Fate {
        Fate PASS = (call, proxy) -> proxy.forward(call);

        /** The connection breaks; the API server never hears of it. */
        Fate CUT = (call, proxy) -> null;

        /** The API server does as it is told, and nobody hears of that. */
        Fate LOSE_ANSWER = (call, proxy) -> {
            proxy.forward(call);
            return null;
        };

        /** Nothing happens, until the proxy is told to let go; then the connection breaks. */
        Fate HOLD = (call, proxy) -> {
            proxy.awaitLettingGo();
            return null;
        };

        /** The API server does as it is told, and the answer does not arrive before the proxy is told to let go. */
        Fate HOLD_ANSWER = (call, proxy) -> {
            proxy.forward(call);
            proxy.awaitLettingGo();
            return null;
        };

        static Fate answer(int code) {
            return (call, proxy) -> new Answer(code, "application/json", status(code));
        }

        static Fate delay(Duration by) {
            return (call, proxy) -> {
                Thread.sleep(by.toMillis());
                return proxy.forward(call);
            };
        }

        /** @return what to answer; null breaks the connection */
        Answer of(Request call, FaultProxy proxy) throws IOException, InterruptedException;

        private static String status(int code) {
            return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                    + "\"message\":\"refused by the test's proxy\",\"code\":" + code + "}";
        }
    }

    @FunctionalInterface
    interface Rule {
        Fate on(Call call);
    }

    record Answer(int code, String contentType, InputStream body) {
        Answer(int code, String contentType, String body) {
            this(code, contentType, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** A call with its headers, which hold the operator's token and are nobody's to see. */
    static final class Request {
        final Call call;
        private final HttpExchange exchange;
        private final byte[] body;

        private Request(HttpExchange exchange) throws IOException {
            this.exchange = exchange;
            body = exchange.getRequestBody().readAllBytes();
            URI uri = exchange.getRequestURI();
            call = new Call(
                    exchange.getRequestMethod(),
                    uri.getPath(),
                    uri.getRawQuery() == null ? "" : uri.getRawQuery(),
                    new String(body, StandardCharsets.UTF_8));
        }
    }

    private final String upstream;
    private final HttpClient client;
    private final HttpServer listener;
    private final List<Answered> answered = new CopyOnWriteArrayList<>();
    private final List<Issued> issued = new CopyOnWriteArrayList<>();
    private final Set<InputStream> watches = ConcurrentHashMap.newKeySet();
    private volatile Rule rule = call -> Fate.PASS;
    private volatile CountDownLatch lettingGo = new CountDownLatch(1);

    FaultProxy(ApiServer server) {
        // Without it every answer waits for the 40 ms of a delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        upstream = server.address();
        client = server.client();
        try {
            listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listener.setExecutor(Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "fault-proxy");
            thread.setDaemon(true);
            return thread;
        }));
        listener.createContext("/", this::handle);
        listener.start();
    }

    String address() {
        return "http://127.0.0.1:" + listener.getAddress().getPort();
    }

    /** From now on {@code chosen} decides what becomes of each request. */
    void rule(Rule chosen) {
        rule = chosen;
    }

    /** Everything is passed on again. */
    void passAll() {
        rule(call -> Fate.PASS);
        letGo();
    }

    /** Breaks the connections of everything that is held. */
    void letGo() {
        CountDownLatch before = lettingGo;
        lettingGo = new CountDownLatch(1);
        before.countDown();
    }

    /** Breaks every watch, as a server does that goes away. */
    void cutWatches() {
        watches.forEach(FaultProxy::close);
    }

    List<Answered> answered() {
        return answered;
    }

    List<Answered> answeredSince(Instant from) {
        return answered.stream().filter(each -> !each.at().isBefore(from)).toList();
    }

    List<Issued> issued() {
        return issued;
    }

    @Override
    public void close() {
        letGo();
        cutWatches();
        listener.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(exchange);
            if (exchange.getRequestHeaders().containsKey("Upgrade")) {
                // No WebSockets, as of kubectl proxy: the client then watches with a long GET.
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            Answer answer = rule.on(request.call).of(request, this);
            if (answer == null) {
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            if (answer.code() == 429) {
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            if (request.call.watch()) {
                stream(exchange, answer);
            } else {
                byte[] body = answer.body().readAllBytes();
                exchange.sendResponseHeaders(answer.code(), body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stream(HttpExchange exchange, Answer answer) throws IOException {
        watches.add(answer.body());
        try (InputStream events = answer.body()) {
            exchange.sendResponseHeaders(answer.code(), 0);
            // A watch has begun when its headers are there, which may be a minute before the first event.
            exchange.getResponseBody().flush();
            byte[] some = new byte[16_384];
            for (int read = events.read(some); read >= 0; read = events.read(some)) {
                exchange.getResponseBody().write(some, 0, read);
                exchange.getResponseBody().flush();
            }
        } finally {
            watches.remove(answer.body());
        }
    }

    Answer forward(Request request) throws IOException, InterruptedException {
        Call call = request.call;
        HttpRequest.Builder toServer = HttpRequest.newBuilder(
                        URI.create(upstream + request.exchange.getRequestURI().toString()))
                .method(
                        call.method(),
                        request.body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(request.body));
        request.exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> toServer.header(name, value));
            }
        });
        HttpResponse<InputStream> response = client.send(toServer.build(), BodyHandlers.ofInputStream());
        String type = response.headers().firstValue("Content-Type").orElse("application/json");
        answered.add(new Answered(Instant.now(), call, response.statusCode()));
        if (!call.token() || response.statusCode() >= 300) {
            return new Answer(response.statusCode(), type, response.body());
        }
        String body = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        issued.add(new Issued(
                call,
                Serialization.unmarshal(body, io.fabric8.kubernetes.api.model.authentication.TokenRequest.class)
                        .getStatus()
                        .getToken()));
        return new Answer(response.statusCode(), type, body);
    }

    void awaitLettingGo() throws InterruptedException {
        lettingGo.await();
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
