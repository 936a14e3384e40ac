package dev.lapse.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.lapse.api.v1alpha1.Lapse;
import java.io.IOException;
import java.io.StringWriter;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Streams JSON and leaves out what {@link Cut} says; those parts are never held. The values come one after the other,
 * as in a watch, each on a line.
 *
 * <p>The result is ASCII, and other characters are escaped. The client decodes a watch over HTTP piece by piece. A
 * character that two pieces share would be lost, and each piece with such characters would end in zeros, which no
 * parser accepts. Without the escapes anybody could write such text into a watched object, and break the watch as
 * often as they like.
 */
final class CutJson implements Source {
    /**
     * Field names are not cached beyond their answer, because tenants can invent any number. What the API server
     * accepted is accepted here.
     */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .build())
            .build();

    private final BufferedSource raw;
    private final Cut cut;
    private final long most;
    private final Buffer left = new Buffer();
    private final JsonGenerator out;
    private @Nullable JsonParser in;

    /** The answer is larger than the caller wants to hold; the caller can ask for less. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        private TooLarge(long most) {
            super("the answer has more than " + most + " bytes");
        }
    }

    CutJson(Source raw, Cut cut) throws IOException {
        this(raw, cut, Long.MAX_VALUE);
    }

    /** @param most bytes of one value: reading a larger one fails with {@link TooLarge} */
    CutJson(Source raw, Cut cut, long most) throws IOException {
        this.raw = Okio.buffer(raw);
        this.cut = cut;
        this.most = most;
        this.out = JSON.createGenerator(left.outputStream()).setRootValueSeparator(null);
    }

    @Override
    public long read(Buffer sink, long most) throws IOException {
        while (left.exhausted()) {
            if (!next()) {
                return -1;
            }
        }
        return left.read(sink, most);
    }

    @Override
    public Timeout timeout() {
        return raw.timeout();
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }

    /**
     * Reads one whole value. A parser reads its first characters when it is made, so it is made as late as possible.
     */
    private boolean next() throws IOException {
        JsonParser parser = in == null ? JSON.createParser(raw.inputStream()) : in;
        in = parser;
        JsonToken first = parser.nextToken();
        if (first == null) {
            return false;
        }
        if (first == JsonToken.START_OBJECT && !cut.whole()) {
            object(parser, true);
        } else {
            out.copyCurrentStructure(parser);
        }
        out.writeRaw('\n');
        out.flush();
        return true;
    }

    private void object(JsonParser parser, boolean outermost) throws IOException {
        out.writeStartObject();
        String name = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
                out.writeFieldName(field);
                name = metadata(parser);
            } else if (outermost && field.equals("items") && value == JsonToken.START_ARRAY) {
                out.writeFieldName(field);
                items(parser);
            } else if (outermost && field.equals("object") && value == JsonToken.START_OBJECT) {
                out.writeFieldName(field);
                object(parser, false);
            } else if (field.equals("status") && (value.isScalarValue() || cut.keepsStatus())) {
                keep(parser, field);
            } else if (!field.equals("status") && cut.keepsOf(name, field)) {
                keep(parser, field);
            } else {
                parser.skipChildren();
            }
        }
        out.writeEndObject();
    }

    private void items(JsonParser parser) throws IOException {
        out.writeStartArray();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                object(parser, false);
            } else {
                out.copyCurrentStructure(parser);
            }
            out.flush();
            if (left.size() > most) {
                throw new TooLarge(most);
            }
        }
        out.writeEndArray();
    }

    private void keep(JsonParser parser, String field) throws IOException {
        out.writeFieldName(field);
        if (cut.bounds(field) && parser.currentToken().isStructStart()) {
            out.writeRawValue(bounded(parser, cut.instead(field)));
        } else {
            out.copyCurrentStructure(parser);
        }
    }

    /**
     * The value, or {@code instead} if its text is longer than {@link Cut#LARGEST}. From that length on nothing more
     * is held.
     */
    private static String bounded(JsonParser parser, String instead) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator copy = JSON.createGenerator(text)) {
            int depth = 0;
            do {
                JsonToken token = parser.currentToken();
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (text.getBuffer().length() <= Cut.LARGEST) {
                    copy.copyCurrentEvent(parser);
                    copy.flush();
                }
            } while (depth > 0 && parser.nextToken() != null);
            return text.getBuffer().length() <= Cut.LARGEST ? text.toString() : instead;
        } finally {
            text.getBuffer().setLength(0);
        }
    }

    /** Writes the metadata. Returns the name, or an empty text if there is none. */
    private String metadata(JsonParser parser) throws IOException {
        String name = "";
        out.writeStartObject();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (!cut.keepsOfMetadata(field)) {
                parser.skipChildren();
                continue;
            }
            out.writeFieldName(field);
            if (value == JsonToken.START_OBJECT && field.equals("labels")) {
                labels(parser);
            } else if (value == JsonToken.START_OBJECT && field.equals("annotations")) {
                annotations(parser);
            } else if (value == JsonToken.START_ARRAY && field.equals("finalizers")) {
                finalizers(parser);
            } else if (value == JsonToken.VALUE_STRING) {
                String text = shortened(parser.getText(), Cut.longest(field));
                name = field.equals("name") ? text : name;
                out.writeString(text);
            } else {
                out.copyCurrentStructure(parser);
            }
        }
        out.writeEndObject();
        return name;
    }

    /** Cuts a text that is too long. It stays too long to be a name of anything, and no character is cut in two. */
    private static String shortened(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        return text.substring(0, end) + "……";
    }

    private void labels(JsonParser parser) throws IOException {
        out.writeStartObject();
        int kept = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            if (cut.keepsLabel(key, kept)) {
                out.writeFieldName(key);
                out.copyCurrentStructure(parser);
                kept++;
            }
        }
        out.writeEndObject();
    }

    private void annotations(JsonParser parser) throws IOException {
        out.writeStartObject();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            // The length of a text is known only after it was read. That is safe, because no object is larger than 1.5
            // MiB.
            if (Cut.keepsAnnotation(key, parser.getTextLength())) {
                out.writeFieldName(key);
                out.copyCurrentStructure(parser);
            }
        }
        out.writeEndObject();
    }

    private void finalizers(JsonParser parser) throws IOException {
        out.writeStartArray();
        int kept = 0;
        boolean more = false;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String finalizer = parser.getText();
            if (cut.keepsFinalizer(finalizer, kept)) {
                out.writeString(finalizer);
                kept++;
            } else {
                more = true;
            }
        }
        if (more) {
            out.writeString(Lapse.MORE_FINALIZERS);
        }
        out.writeEndArray();
    }
}
