package dev.lapse.fault;

import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between the operator and the real API server: passes everything on with the operator's own token, remembers
 * every request, and fails on purpose.
 *
 * <p>It speaks plain HTTP on the loopback; the operator is started with {@code LAPSE_OPERATOR_SERVER}. Watches are
 * passed through as they are, WebSockets included.
 */
final class FaultProxy implements AutoCloseable {
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

    /** A request that was passed on, and what the API server answered. */
    record Answered(Instant at, Call call, int code) {}

    /** A token that the API server has issued, whatever became of the answer. */
    record Issued(Call call, String token) {}

    record Answer(int code, String contentType, String date, byte[] body) {
        static Answer refusal(int code) {
            String status = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                    + "\"message\":\"refused by the test's proxy\",\"code\":" + code + "}";
            return new Answer(code, "application/json", "", status.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What becomes of a request. */
    @FunctionalInterface
    interface Fate {
        Fate PASS = (request, proxy) -> proxy.forward(request);

        /** The connection breaks; the API server never hears of it. */
        Fate CUT = (request, proxy) -> null;

        /** The API server does as it is told, and nobody hears of that. */
        Fate LOSE_ANSWER = (request, proxy) -> {
            proxy.forward(request);
            return null;
        };

        /** Nothing happens, until the proxy is told to let go; then the connection breaks. */
        Fate HOLD = (request, proxy) -> {
            proxy.awaitLettingGo();
            return null;
        };

        static Fate answer(int code) {
            return (request, proxy) -> Answer.refusal(code);
        }

        /** @return what to answer; null breaks the connection */
        Answer of(PlainHttp.Request request, FaultProxy proxy) throws IOException, InterruptedException;
    }

    @FunctionalInterface
    interface Rule {
        Fate on(Call call);
    }

    private final ApiServer server;
    private final String prefix;
    private final ServerSocket listener;
    private final ExecutorService workers = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Answered> answered = new CopyOnWriteArrayList<>();
    private final List<Call> astray = new CopyOnWriteArrayList<>();
    private final List<Issued> issued = new CopyOnWriteArrayList<>();
    private final Set<Socket> watches = ConcurrentHashMap.newKeySet();
    private volatile Rule rule = call -> Fate.PASS;
    private volatile CountDownLatch lettingGo = new CountDownLatch(1);

    /** @param prefix of every path, as a gateway to many clusters has it; usually empty */
    FaultProxy(ApiServer server, String prefix) {
        this.server = server;
        this.prefix = prefix;
        try {
            listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        workers.execute(this::accept);
    }

    String address() {
        return "http://127.0.0.1:" + listener.getLocalPort() + prefix;
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

    List<Answered> answeredSince(Instant from) {
        return answered.stream().filter(each -> !each.at().isBefore(from)).toList();
    }

    /** What was not sent under the prefix. */
    List<Call> astray() {
        return astray;
    }

    List<Issued> issued() {
        return issued;
    }

    @Override
    public void close() {
        letGo();
        cutWatches();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        workers.shutdownNow();
    }

    Answer forward(PlainHttp.Request request) throws IOException, InterruptedException {
        Answer answer = server.forward(request);
        answered.add(new Answered(Instant.now(), request.call(), answer.code()));
        if (request.call().token() && answer.code() < 300) {
            String body = new String(answer.body(), StandardCharsets.UTF_8);
            issued.add(new Issued(
                    request.call(),
                    Serialization.unmarshal(body, TokenRequest.class)
                            .getStatus()
                            .getToken()));
        }
        return answer;
    }

    void awaitLettingGo() throws InterruptedException {
        lettingGo.await();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connection.setTcpNoDelay(true);
                workers.execute(() -> serve(connection));
            } catch (IOException e) {
                // Closed.
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            for (var sent = PlainHttp.read(in); sent != null; sent = PlainHttp.read(in)) {
                if (!sent.isUnder(prefix)) {
                    astray.add(sent.call());
                    PlainHttp.write(connection.getOutputStream(), Answer.refusal(404));
                    continue;
                }
                PlainHttp.Request request = sent.within(prefix);
                Fate fate = rule.on(request.call());
                if (fate == Fate.PASS && request.call().watch()) {
                    answered.add(new Answered(Instant.now(), request.call(), 200));
                    tunnel(connection, in, request);
                    return;
                }
                Answer answer = fate.of(request, this);
                if (answer == null) {
                    return;
                }
                PlainHttp.write(connection.getOutputStream(), answer);
            }
        } catch (IOException e) {
            // Whoever was at the other end is gone.
            close(connection);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tunnel(Socket connection, InputStream in, PlainHttp.Request request) throws IOException {
        try (Socket upstream = server.connect()) {
            watches.add(upstream);
            workers.execute(() -> pipe(in, upstream));
            PlainHttp.send(upstream.getOutputStream(), request, server.host());
            copy(upstream.getInputStream(), connection.getOutputStream());
        } finally {
            watches.removeIf(Socket::isClosed);
        }
    }

    /** What the client of a watch still says; when it goes, the watch goes. */
    private static void pipe(InputStream in, Socket upstream) {
        try (upstream) {
            copy(in, upstream.getOutputStream());
        } catch (IOException e) {
            close(upstream);
        }
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] some = new byte[16_384];
        for (int read = in.read(some); read >= 0; read = in.read(some)) {
            out.write(some, 0, read);
            out.flush();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
