package dev.lapse.runtime;

import dev.lapse.cluster.ServerClock;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.GzipSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/** Reads from each answer of the API server what time it is there, and which watches are alive. */
final class ServerAnswers implements Interceptor {
    private final ServerClock clock;
    private final Watches watches;
    private final String prefix;

    /** @param server the address of the API server; a gateway to many clusters has a path there, before every other one */
    ServerAnswers(ServerClock clock, Watches watches, String server) {
        this.clock = clock;
        this.watches = watches;
        prefix = HttpUrl.get(server).encodedPath().replaceAll("/$", "");
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
        return kind.isPresent()
                ? heard(chain, kind.get(), response)
                : cut(request, response, response.body().source());
    }

    private Response heard(Chain chain, WatchedKind kind, Response response) throws IOException {
        if (!response.isSuccessful()) {
            watches.refused(kind, "answered " + response.code());
            return response;
        }
        if (!watch(response.request().url())) {
            watches.listed(kind);
            return cut(chain.request(), response, response.body().source());
        }
        Watches.Open open = watches.opened(kind, chain.call()::cancel);
        return cut(chain.request(), response, new Listening(response.body().source(), open));
    }

    /** The answer is cut while it streams in, before anything holds it. */
    private Response cut(Request request, Response response, Source body) throws IOException {
        MediaType type = response.body().contentType();
        boolean json = type != null && type.subtype().equals("json");
        if (!request.method().equals("GET") || !response.isSuccessful() || !json) {
            return response;
        }
        boolean compressed = "gzip".equalsIgnoreCase(response.header("Content-Encoding"));
        Source plain = compressed ? new GzipSource(body) : body;
        boolean selected = request.url().queryParameter("fieldSelector") != null;
        return response.newBuilder()
                .removeHeader("Content-Encoding")
                .removeHeader("Content-Length")
                .body(new Stream(
                        type, new CutJson(plain, Cut.of(path(request.url()), selected), ListPages.most(request))))
                .build();
    }

    private Optional<WatchedKind> kind(Request request) {
        HttpUrl url = request.url();
        return request.method().equals("GET")
                ? WatchedKind.of(
                        path(url),
                        url.queryParameter("fieldSelector") != null,
                        url.queryParameter("labelSelector") != null)
                : Optional.empty();
    }

    /** As the API server has it. */
    private String path(HttpUrl url) {
        String path = url.encodedPath();
        return path.startsWith(prefix) ? path.substring(prefix.length()) : path;
    }

    private static boolean watch(HttpUrl url) {
        return "true".equals(url.queryParameter("watch"));
    }

    private static final class Stream extends ResponseBody {
        private final @Nullable MediaType type;
        private final BufferedSource source;

        Stream(@Nullable MediaType type, Source source) {
            this.type = type;
            this.source = Okio.buffer(source);
        }

        @Override
        public @Nullable MediaType contentType() {
            return type;
        }

        @Override
        public long contentLength() {
            return -1;
        }

        @Override
        public BufferedSource source() {
            return source;
        }
    }

    private static final class Listening extends ForwardingSource {
        private final Watches.Open watch;

        Listening(Source source, Watches.Open watch) {
            super(source);
            this.watch = watch;
        }

        @Override
        public long read(Buffer sink, long most) throws IOException {
            long read;
            try {
                read = super.read(sink, most);
            } catch (IOException cut) {
                watch.closed();
                throw cut;
            }
            if (read >= 0) {
                watch.heard();
            } else {
                watch.closed();
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            watch.closed();
            super.close();
        }
    }
}
