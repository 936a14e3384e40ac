package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import okio.Buffer;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A watch says the same in ASCII, wherever the pieces are cut in which it comes. */
class AsciiJsonTest {
    private static final Map<String, String> TEXT = Map.of("a", "grün", "b", "€ and 😀, \"quoted\"\n", "c", "plain");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 100_000})
    void saysTheSameHoweverItIsCut(int piece) throws IOException {
        byte[] json =
                (new ObjectMapper().writeValueAsString(TEXT) + "\n").repeat(500).getBytes(StandardCharsets.UTF_8);

        String read = Okio.buffer(new AsciiJson(pieces(json, piece))).readUtf8();

        assertThat(read).matches("\\p{ASCII}*");
        assertThat(read.lines())
                .hasSize(500)
                .allSatisfy(line -> assertThat(new ObjectMapper().readValue(line, Map.class))
                        .isEqualTo(TEXT));
    }

    /** So decodes the client: each piece by itself, with all that its array has room for. */
    @Test
    void leavesTheClientNothingToDecodeWrongly() throws IOException {
        byte[] json = "{\"text\":\"grün €😀\"}".repeat(300).getBytes(StandardCharsets.UTF_8);
        Source source = new AsciiJson(pieces(json, 11));
        StringBuilder decoded = new StringBuilder();
        Buffer piece = new Buffer();
        while (source.read(piece, 1 + new Random(decoded.length()).nextInt(40)) >= 0) {
            decoded.append(StandardCharsets.UTF_8
                    .decode(ByteBuffer.wrap(piece.readByteArray()))
                    .array());
        }

        assertThat(decoded).doesNotContain("\0").doesNotContain("\uFFFD");
        assertThat(new ObjectMapper().readTree(decoded.toString()).get("text").asText())
                .isEqualTo("grün €😀");
    }

    private static Source pieces(byte[] all, int piece) {
        Buffer rest = new Buffer().write(all);
        return new Source() {
            @Override
            public long read(Buffer sink, long most) throws IOException {
                return rest.read(sink, Math.min(most, piece));
            }

            @Override
            public Timeout timeout() {
                return Timeout.NONE;
            }

            @Override
            public void close() {}
        };
    }
}
