package dev.lapse.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/**
 * The same JSON in ASCII: what is not is escaped, which only text can hold.
 *
 * <p>The client decodes a watch over HTTP piece by piece as the pieces come: a letter that two of them share would be lost,
 * and each piece with such letters would end in zeros, which no parser takes. Anybody could write such text into what is
 * watched, and break the watch as often as they like.
 */
final class AsciiJson extends ForwardingSource {
    private static final int PIECE = 8_192;
    private static final String HEX = "0123456789abcdef";

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final Buffer raw = new Buffer();
    private final Buffer escaped = new Buffer();
    private final ByteBuffer bytes = ByteBuffer.allocate(PIECE).flip();
    private final CharBuffer chars = CharBuffer.allocate(PIECE);

    AsciiJson(Source utf8) {
        super(utf8);
    }

    @Override
    public long read(Buffer sink, long most) throws IOException {
        while (escaped.exhausted()) {
            if (super.read(raw, PIECE) < 0) {
                return -1;
            }
            escape();
        }
        return escaped.read(sink, most);
    }

    /** The beginning of a letter whose end has not come stays in {@code bytes}. */
    private void escape() throws IOException {
        while (!raw.exhausted()) {
            bytes.compact();
            bytes.limit(bytes.position() + (int) Math.min(bytes.remaining(), raw.size()));
            while (bytes.hasRemaining()) {
                bytes.put(raw.readByte());
            }
            bytes.flip();
            decoder.decode(bytes, chars.clear(), false);
            chars.flip();
            while (chars.hasRemaining()) {
                write(chars.get());
            }
        }
    }

    private void write(char letter) {
        if (letter < 0x80) {
            escaped.writeByte(letter);
            return;
        }
        escaped.writeByte('\\').writeByte('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            escaped.writeByte(HEX.charAt(letter >> shift & 0xf));
        }
    }
}
