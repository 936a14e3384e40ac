package dev.lapse.runtime;

import dev.lapse.cluster.ServerClock;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** Sees each answer of the API server: what time it is there, and which watches are alive. */
final class ServerAnswers implements Interceptor {
    private static final int SWITCHING_PROTOCOLS = 101;

    private final ServerClock clock;
    private final Watches watches;

    ServerAnswers(ServerClock clock, Watches watches) {
        this.clock = clock;
        this.watches = watches;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        Optional<WatchedKind> kind = kind(request);
        long sent = System.nanoTime();
        Response response;
        try {
            response = chain.proceed(request);
        } catch (IOException failed) {
            kind.ifPresent(known -> watches.refused(known, "no answer: " + failed.getMessage()));
            throw failed;
        }
        Instant date = response.headers().getInstant("Date");
        if (date != null) {
            clock.answered(sent, System.nanoTime(), date);
        }
        return kind.map(known -> heard(chain, known, response)).orElse(response);
    }

    private Response heard(Chain chain, WatchedKind kind, Response response) {
        if (response.code() == SWITCHING_PROTOCOLS) {
            // Of what comes through a WebSocket nobody but its reader hears.
            watches.openedUnheard(kind);
            return response;
        }
        if (!response.isSuccessful()) {
            watches.refused(kind, "answered " + response.code());
            return response;
        }
        if (!watch(response.request().url())) {
            watches.listed(kind);
            return response;
        }
        Watches.Open open = watches.opened(kind, chain.call()::cancel);
        return response.newBuilder().body(new Stream(response.body(), open)).build();
    }

    private static Optional<WatchedKind> kind(Request request) {
        HttpUrl url = request.url();
        return request.method().equals("GET")
                ? WatchedKind.of(
                        url.encodedPath(),
                        url.queryParameter("fieldSelector") != null,
                        url.queryParameter("labelSelector") != null)
                : Optional.empty();
    }

    private static boolean watch(HttpUrl url) {
        return "true".equals(url.queryParameter("watch"));
    }

    /** What a watch brings, as it comes. */
    private static final class Stream extends ResponseBody {
        private final ResponseBody all;
        private final BufferedSource source;

        Stream(ResponseBody all, Watches.Open watch) {
            this.all = all;
            this.source = listening(all.source(), watch);
        }

        @Override
        public @Nullable MediaType contentType() {
            return all.contentType();
        }

        @Override
        public long contentLength() {
            return all.contentLength();
        }

        @Override
        public BufferedSource source() {
            return source;
        }
    }

    /**
     * The same source, which tells of each answer it gives. No buffer of its own lies between: whoever closes a stream
     * while another thread reads it would hand parts of that buffer to other streams.
     */
    private static BufferedSource listening(BufferedSource source, Watches.Open watch) {
        return (BufferedSource) Proxy.newProxyInstance(
                BufferedSource.class.getClassLoader(), new Class<?>[] {BufferedSource.class}, (proxy, method, args) -> {
                    try {
                        Object answer = method.invoke(source, args);
                        if (method.getName().equals("close")
                                || (method.getName().equals("exhausted") && Boolean.TRUE.equals(answer))) {
                            watch.closed();
                        } else {
                            watch.heard();
                        }
                        return answer;
                    } catch (InvocationTargetException failed) {
                        if (failed.getTargetException() instanceof IOException) {
                            watch.closed();
                        }
                        throw failed.getTargetException();
                    }
                });
    }
}
