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
 * Bounds the pages of lists by their size. A page is asked for by a number of objects, and the writers of these decide
 * how large they are. A page that is too large is asked for again with fewer objects.
 */
final class ListPages implements Interceptor {
    /** Bytes of JSON. The objects that Java makes of them take several times as much. */
    static final long MOST = 2L * 1024 * 1024;

    private static final int FEWER = 4;

    /** By path, the number of objects with which the last page was not too large. */
    private final Map<String, Integer> fitting = new ConcurrentHashMap<>();

    /** How many bytes of the answer are held. A page of one object is held whole, because it cannot be divided. */
    static long most(Request request) {
        return objects(request) > 1 ? MOST : Long.MAX_VALUE;
    }

    /** The number of objects that the request asks for; 0 if it does not ask for a page. */
    private static int objects(Request request) {
        HttpUrl url = request.url();
        String limit = url.queryParameter("limit");
        boolean watch = "true".equals(url.queryParameter("watch"));
        return limit == null || watch || !request.method().equals("GET") ? 0 : Integer.parseInt(limit);
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        int asked = objects(chain.request());
        return asked == 0 ? chain.proceed(chain.request()) : page(chain, asked);
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
            boolean fits = false;
            try (ResponseBody body = response.body()) {
                fits = fits(body.source(), held, objects);
            } catch (CutJson.TooLarge tooLarge) {
                held.clear();
            } finally {
                if (!fits) {
                    // This also happens if the answer broke off: it may have taken too long.
                    fitting.put(path, Math.max(1, objects / FEWER));
                }
            }
            if (fits) {
                if (held.size() < MOST / (2 * FEWER) && objects < asked) {
                    grow(path, objects * 2, asked);
                }
                return response.newBuilder()
                        .body(new Held(response.body().contentType(), held))
                        .build();
            }
            objects = Math.max(1, objects / FEWER);
        }
    }

    /** There can be as many paths as namespaces. So a path whose pages fit as they are asked for is forgotten. */
    private void grow(String path, int objects, int asked) {
        if (objects < asked) {
            fitting.put(path, objects);
        } else {
            fitting.remove(path);
        }
    }

    private static boolean fits(BufferedSource source, Buffer held, int objects) throws IOException {
        while (objects == 1 || held.size() <= MOST) {
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
