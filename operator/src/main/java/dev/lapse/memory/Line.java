package dev.lapse.memory;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * One record as it is written and as it is read. A kind that this version does not know is kept as text only.
 *
 * @param text one line of JSON
 */
record Line(String text, String namespace, String kind, Optional<Instant> until, Optional<Remembered> read) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    static Line of(Remembered record) {
        try {
            return of(JSON.writerFor(Remembered.class).writeValueAsString(record));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a record of texts and instants can be written", impossible);
        }
    }

    static Line of(String text) {
        try {
            JsonNode tree = JSON.readTree(text);
            return new Line(
                    text,
                    tree.path("namespace").asText(),
                    tree.path("kind").asText(),
                    until(tree.path("until").asText()),
                    read(text));
        } catch (JsonProcessingException notOurs) {
            return new Line(text, "", "", Optional.empty(), Optional.empty());
        }
    }

    boolean over(Instant now) {
        return until.isPresent() && !now.isBefore(until.get());
    }

    /** Of this record and another one with the same key, the stricter one. */
    Line strictest(Line other) {
        return text.equals(other.text) || read.isEmpty() || other.read.isEmpty()
                ? this
                : of(read.get().strictest(other.read.get()));
    }

    private static Optional<Remembered> read(String text) {
        try {
            return Optional.of(JSON.readValue(text, Remembered.class));
        } catch (JsonProcessingException unknownKind) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> until(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }
}
