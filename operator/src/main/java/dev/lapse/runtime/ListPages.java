package dev.lapse.runtime;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the pages of lists by what they hold. A page is asked for by a number of objects, and whoever writes these decides
 * how large they are: one that holds too much is asked for again with fewer.
 */
final class ListPages implements Interceptor {
    /** Bytes of JSON, of which Java makes some times as much. */
    static final long MOST = 2L * 1024 * 1024;

    private static final int FEWER = 4;

    /** By path, with how many objects the last page did not hold too much. */
    private final Map<String, Integer> fitting = new ConcurrentHashMap<>();

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        HttpUrl url = request.url();
        String limit = url.queryParameter("limit");
        boolean watch = "true".equals(url.queryParameter("watch"));
        return limit == null || watch || !request.method().equals("GET")
                ? chain.proceed(request)
                : page(chain, Integer.parseInt(limit));
    }

    private Response page(Chain chain, int asked) throws IOException {
        Request request = chain.request();
        String path = request.url().encodedPath();
        int objects = Math.min(asked, fitting.getOrDefault(path, asked));
        while (true) {
            Response response = chain.proceed(objects == asked ? request : of(request, objects));
            if (!response.isSuccessful()) {
                return response;
            }
            Buffer held = new Buffer();
            if (fits(response.body().source(), held) || objects == 1) {
                // One object cannot be divided; etcd takes none larger than 1.5 MiB.
                held.writeAll(response.body().source());
                if (held.size() < MOST / (2 * FEWER) && objects < asked) {
                    fitting.put(path, Math.min(asked, objects * 2));
                }
                return response.newBuilder()
                        .body(new Held(response.body().contentType(), held))
                        .build();
            }
            response.close();
            objects = Math.max(1, objects / FEWER);
            fitting.put(path, objects);
        }
    }

    private static boolean fits(BufferedSource source, Buffer held) throws IOException {
        while (held.size() <= MOST) {
            if (source.read(held, 64 * 1024) < 0) {
                return true;
            }
        }
        return false;
    }

    private static Request of(Request request, int objects) {
        return request.newBuilder()
                .url(request.url()
                        .newBuilder()
                        .setQueryParameter("limit", Integer.toString(objects))
                        .build())
                .build();
    }

    private static final class Held extends ResponseBody {
        private final @Nullable MediaType type;
        private final Buffer content;

        Held(@Nullable MediaType type, Buffer content) {
            this.type = type;
            this.content = content;
        }

        @Override
        public @Nullable MediaType contentType() {
            return type;
        }

        @Override
        public long contentLength() {
            return content.size();
        }

        @Override
        public BufferedSource source() {
            return content;
        }
    }
}
