package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server whose answers are as long as the objects that are asked for. */
class ListPagesTest {
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final OkHttpClient client =
            new OkHttpClient.Builder().addInterceptor(new ListPages()).build();
    private HttpServer server;
    private int bytesOfAnObject = 1_000;
    private int status = 200;

    @BeforeEach
    void begins() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            // In whatever order.
            asked.add(String.join(
                    "&",
                    Arrays.stream(query.split("&", -1))
                            .sorted(Comparator.reverseOrder())
                            .toList()));
            int objects = Integer.parseInt(query.replaceAll(".*limit=(\\d+).*", "$1"));
            byte[] body = "x".repeat(objects * bytesOfAnObject).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            try (var out = exchange.getResponseBody()) {
                out.write(body);
            } catch (IOException brokenOff) {
                // Whoever asked has read enough.
                exchange.close();
            }
        });
        server.start();
    }

    @AfterEach
    void ends() {
        server.stop(0);
    }

    @Test
    void aPageThatHoldsLittleIsAskedForOnce() throws IOException {
        assertThat(get("/grants?limit=500&continue=abc")).isEqualTo(500_000);

        assertThat(asked).containsExactly("limit=500&continue=abc");
    }

    @Test
    void aPageThatHoldsTooMuchIsAskedForWithFewerObjectsFromTheSamePlace() throws IOException {
        bytesOfAnObject = 100_000;

        assertThat(get("/grants?limit=500&continue=abc")).isEqualTo(700_000);

        assertThat(asked)
                .containsExactly(
                        "limit=500&continue=abc",
                        "limit=125&continue=abc",
                        "limit=31&continue=abc",
                        "limit=7&continue=abc");
    }

    @Test
    void theNextPageOfThatKindIsAskedForAsTheLastOneFitted() throws IOException {
        bytesOfAnObject = 100_000;
        get("/grants?limit=500");
        asked.clear();

        get("/grants?limit=500&continue=abc");
        get("/reviews?limit=1");

        assertThat(asked).containsExactly("limit=7&continue=abc", "limit=1");
    }

    @Test
    void whereObjectsAreSmallAgainPagesGrowAgain() throws IOException {
        bytesOfAnObject = 100_000;
        get("/grants?limit=500");
        bytesOfAnObject = 1_000;
        asked.clear();

        for (int page = 0; page < 8; page++) {
            get("/grants?limit=500");
        }

        assertThat(asked)
                .containsExactly(
                        "limit=7",
                        "limit=14",
                        "limit=28",
                        "limit=56",
                        "limit=112",
                        "limit=224",
                        "limit=448",
                        "limit=448");
    }

    @Test
    void oneObjectIsTakenHoweverLarge() throws IOException {
        bytesOfAnObject = 3_000_000;

        assertThat(get("/grants?limit=2")).isEqualTo(3_000_000);
    }

    @Test
    void whatIsNoPageIsLeftAlone() throws IOException {
        bytesOfAnObject = 100_000;

        assertThat(get("/grants?watch=true&limit=100")).isEqualTo(10_000_000);

        assertThat(asked).containsExactly("watch=true&limit=100");
    }

    @Test
    void aRefusalIsPassedOn() throws IOException {
        status = 403;
        bytesOfAnObject = 100_000;

        assertThat(get("/grants?limit=100")).isEqualTo(10_000_000);

        assertThat(asked).hasSize(1);
    }

    private int get(String path) throws IOException {
        Request request = new Request.Builder()
                .url("http://127.0.0.1:" + server.getAddress().getPort() + path)
                .build();
        try (Response response = client.newCall(request).execute()) {
            return response.body().bytes().length;
        }
    }
}
