package dev.lapse.memory;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.lapse.access.ContentHash;
import dev.lapse.guard.Seal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one ConfigMap remembers, and how that is written: a line of JSON for each record, and a seal over all of them, so
 * that none can be added, changed or taken out.
 *
 * <p>A record of a kind that this version does not know is kept as it is: an older operator must not forget what a newer
 * one has written.
 */
final class Shard {
    /** How many ConfigMaps there are. */
    static final int COUNT = 16;

    /** A ConfigMap holds a mebibyte. */
    static final int MOST_CHARACTERS = 900_000;

    static final int LONGEST_RECORD = 4_096;

    private static final String SHAPE = "memory/1";
    private static final String SEAL = "seal";

    /** What an administrator writes who accepts that what was remembered is lost. */
    private static final Map<String, String> ANEW = Map.of("begin", "anew");

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final int number;
    private final SortedMap<String, Line> lines;

    /** One record as it is written, and as it is read; a kind that is not known is not read. */
    private record Line(
            String text, String namespace, String kind, Optional<Instant> until, Optional<Remembered> read) {
        boolean over(Instant now) {
            return until.isPresent() && !now.isBefore(until.get());
        }
    }

    private Shard(int number, SortedMap<String, Line> lines) {
        this.number = number;
        this.lines = lines;
    }

    static Shard empty(int number) {
        return new Shard(number, new TreeMap<>());
    }

    /** Which ConfigMap remembers what is about objects of {@code namespace}. */
    static int of(String namespace) {
        return Math.floorMod(namespace.hashCode(), COUNT);
    }

    /** Nothing if the operator did not write it as it is. */
    static Optional<Shard> read(int number, Map<String, String> data, Seal seal) {
        if (data.equals(ANEW)) {
            return Optional.of(empty(number));
        }
        SortedMap<String, String> texts = new TreeMap<>(data);
        String found = texts.remove(SEAL);
        if (found == null || !seal.verifies(found, parts(number, texts))) {
            return Optional.empty();
        }
        SortedMap<String, Line> lines = new TreeMap<>();
        texts.forEach((key, text) -> lines.put(key, line(text)));
        return Optional.of(new Shard(number, lines));
    }

    /** What goes into the ConfigMap. */
    Map<String, String> data(Seal seal) {
        SortedMap<String, String> texts = texts();
        Map<String, String> data = new TreeMap<>(texts);
        data.put(SEAL, seal.over(parts(number, texts)));
        return data;
    }

    /**
     * With {@code record} in it, in place of an earlier one of the same key, and without what is over.
     *
     * @throws NotRemembered if there is no room for one more
     */
    Shard with(Remembered record, Instant now) {
        String text = write(record);
        if (text.length() > LONGEST_RECORD) {
            throw new NotRemembered("a record of " + text.length() + " characters is too long to be remembered");
        }
        Shard live = without(now);
        if (!live.hasRoomFor(record)) {
            throw new NotRemembered(full(record));
        }
        SortedMap<String, Line> more = new TreeMap<>(live.lines);
        more.put(key(record), line(text));
        return new Shard(number, more);
    }

    /** Without {@code record}, whatever it says by now, and without what is over. */
    Shard without(Remembered record, Instant now) {
        SortedMap<String, Line> fewer = new TreeMap<>(without(now).lines);
        fewer.remove(key(record));
        return new Shard(number, fewer);
    }

    private Shard without(Instant over) {
        SortedMap<String, Line> live = new TreeMap<>(lines);
        live.values().removeIf(line -> line.over(over));
        return new Shard(number, live);
    }

    /** One that is there already may always say something else. */
    boolean hasRoomFor(Remembered record) {
        if (lines.containsKey(key(record))) {
            return true;
        }
        String kind = kind(record);
        long ofItsKind = lines.values().stream()
                .filter(line -> line.kind().equals(kind))
                .filter(line -> line.namespace().equals(record.namespace()))
                .count();
        return ofItsKind < record.bound().inNamespace()
                && characters() + LONGEST_RECORD
                        <= Math.min(MOST_CHARACTERS, record.bound().fill());
    }

    /** As {@link #hasRoomFor}, once what is over is forgotten. */
    boolean willHaveRoomFor(Remembered record, Instant now) {
        return without(now).hasRoomFor(record);
    }

    /** How much of its room each kind takes, where it takes most: at 1 there is none for one more. */
    Map<String, Double> fill(Instant now) {
        Shard live = without(now);
        double characters = live.characters() + LONGEST_RECORD;
        Map<List<String>, Long> counted = live.records()
                .collect(Collectors.groupingBy(
                        record -> List.of(kind(record), record.namespace()), Collectors.counting()));
        Map<String, Double> fill = new TreeMap<>();
        live.records().forEach(record -> {
            double records = counted.getOrDefault(List.of(kind(record), record.namespace()), 0L);
            double room = Math.min(MOST_CHARACTERS, record.bound().fill());
            fill.merge(kind(record), Math.max(records / record.bound().inNamespace(), characters / room), Math::max);
        });
        return fill;
    }

    Stream<Remembered> records() {
        return lines.values().stream().flatMap(line -> line.read().stream());
    }

    /** The kind of each record, known or not. */
    Stream<String> kinds() {
        return lines.values().stream().map(Line::kind);
    }

    static String full(Remembered record) {
        return "the memory of namespace " + record.namespace() + " has no room for one more " + kind(record) + ": "
                + record.bound().inNamespace() + " of them, or ConfigMap " + name(of(record.namespace()))
                + " is full; see the runbook memory-full";
    }

    static String name(int number) {
        return "lapse-memory-%02d".formatted(number);
    }

    private int characters() {
        return lines.entrySet().stream()
                .mapToInt(
                        line -> line.getKey().length() + line.getValue().text().length())
                .sum();
    }

    private SortedMap<String, String> texts() {
        SortedMap<String, String> texts = new TreeMap<>();
        lines.forEach((key, line) -> texts.put(key, line.text()));
        return texts;
    }

    /** With its number, so that one cannot be put in another's place. */
    private static String[] parts(int number, SortedMap<String, String> texts) {
        List<String> parts = new ArrayList<>(List.of(SHAPE, Integer.toString(number)));
        texts.forEach((key, text) -> {
            parts.add(key);
            parts.add(text);
        });
        return parts.toArray(String[]::new);
    }

    private static String key(Remembered record) {
        List<String> parts = new ArrayList<>(List.of(record.namespace()));
        parts.addAll(record.key());
        return kind(record) + "." + ContentHash.of(parts.toArray(String[]::new));
    }

    private static String kind(Remembered record) {
        return record.getClass().getSimpleName();
    }

    private static String write(Remembered record) {
        try {
            return JSON.writerFor(Remembered.class).writeValueAsString(record);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a record of texts and instants can be written", impossible);
        }
    }

    private static Line line(String text) {
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

    @Override
    public boolean equals(Object other) {
        return other instanceof Shard shard && number == shard.number && texts().equals(shard.texts());
    }

    @Override
    public int hashCode() {
        return Objects.hash(number, texts());
    }
}
