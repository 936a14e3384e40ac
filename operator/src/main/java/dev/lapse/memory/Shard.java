package dev.lapse.memory;

import dev.lapse.access.ContentHash;
import dev.lapse.guard.Seal;
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
 * The records of one ConfigMap, and how they are written: a line of JSON for each record, and a seal over all of them.
 * So no record can be added, changed or taken out.
 *
 * <p>A record of a kind that this version does not know is kept as it is: an older operator must not lose what a newer
 * one has written.
 */
final class Shard {
    /** How many ConfigMaps there are. */
    static final int COUNT = 16;

    /** A ConfigMap holds a mebibyte. */
    static final int MOST_CHARACTERS = 900_000;

    static final int LONGEST_RECORD = 4_096;

    private static final String SHAPE = "memory/2";

    /** The format of versions that did not count turns. */
    private static final String FIRST_SHAPE = "memory/1";

    private static final String SEAL = "seal";
    private static final String TURN = "turn";

    /** What an administrator writes to accept that the records are lost. */
    private static final Map<String, String> ANEW = Map.of("begin", "anew");

    private final int number;
    private final long turn;
    private final SortedMap<String, Line> lines;

    private Shard(int number, long turn, SortedMap<String, Line> lines) {
        this.number = number;
        this.turn = turn;
        this.lines = lines;
    }

    static Shard empty(int number) {
        return new Shard(number, 0, new TreeMap<>());
    }

    /** The number of the ConfigMap for objects of {@code namespace}. */
    static int of(String namespace) {
        return Math.floorMod(namespace.hashCode(), COUNT);
    }

    /** Empty if the seal is not valid. */
    static Optional<Shard> read(int number, Map<String, String> data, Seal seal) {
        if (data.equals(ANEW)) {
            return Optional.of(empty(number));
        }
        SortedMap<String, String> texts = new TreeMap<>(data);
        String found = texts.remove(SEAL);
        Optional<String> turn = Optional.ofNullable(texts.remove(TURN));
        if (found == null || !seal.verifies(found, parts(number, turn, texts))) {
            return Optional.empty();
        }
        SortedMap<String, Line> lines = new TreeMap<>();
        texts.forEach((key, text) -> lines.put(key, Line.of(text)));
        return Optional.of(new Shard(number, turn.map(Long::parseLong).orElse(0L), lines));
    }

    /** The data to write into the ConfigMap. */
    Map<String, String> data(Seal seal) {
        SortedMap<String, String> texts = texts();
        Map<String, String> data = new TreeMap<>(texts);
        String inTurn = Long.toString(turn);
        data.put(TURN, inTurn);
        data.put(SEAL, seal.over(parts(number, Optional.of(inTurn), texts)));
        return data;
    }

    /** How often it was written; 0 if that was before turns were counted. */
    long turn() {
        return turn;
    }

    /** The same records with the next turn. */
    Shard next() {
        return new Shard(number, turn + 1, lines);
    }

    /**
     * Whether {@code known} has a higher turn, or the same turn with other records. Between two that were written
     * before turns were counted this cannot be told.
     */
    boolean isOlderThan(Shard known) {
        return turn < known.turn || (turn == known.turn && turn > 0 && !texts().equals(known.texts()));
    }

    /**
     * The records of both; for a key that both have, the stricter record. Records of {@code other} that find no room
     * are left out.
     */
    Shard strictest(Shard other) {
        SortedMap<String, Line> all = new TreeMap<>(lines);
        int room = MOST_CHARACTERS - characters();
        for (Map.Entry<String, Line> theirs : other.lines.entrySet()) {
            Line own = all.get(theirs.getKey());
            int length = theirs.getKey().length() + theirs.getValue().text().length();
            if (own != null) {
                all.put(theirs.getKey(), own.strictest(theirs.getValue()));
            } else if (length <= room) {
                room -= length;
                all.put(theirs.getKey(), theirs.getValue());
            }
        }
        return new Shard(number, Math.max(turn, other.turn), all);
    }

    /** How many records of this shard are missing in the other, or differ there. */
    long lacking(Shard other) {
        Map<String, String> there = other.texts();
        return texts().entrySet().stream()
                .filter(own -> !own.getValue().equals(there.get(own.getKey())))
                .count();
    }

    /**
     * Adds {@code record} in place of an earlier one with the same key, and drops records whose time is over.
     *
     * @throws NotRemembered if there is no room for one more
     */
    Shard with(Remembered record, Instant now) {
        Line line = Line.of(record);
        int length = line.text().length();
        if (length > LONGEST_RECORD) {
            throw new NotRemembered("a record of " + length + " characters is too long to be remembered");
        }
        Shard live = without(now);
        if (!live.hasRoomFor(record)) {
            throw new NotRemembered(full(record));
        }
        SortedMap<String, Line> more = new TreeMap<>(live.lines);
        more.put(key(record), line);
        return new Shard(number, turn, more);
    }

    /** Drops the record with the key of {@code record}, whatever its content, and records whose time is over. */
    Shard without(Remembered record, Instant now) {
        SortedMap<String, Line> fewer = new TreeMap<>(without(now).lines);
        fewer.remove(key(record));
        return new Shard(number, turn, fewer);
    }

    private Shard without(Instant over) {
        SortedMap<String, Line> live = new TreeMap<>(lines);
        live.values().removeIf(line -> line.over(over));
        return new Shard(number, turn, live);
    }

    /** A record that replaces an earlier one always has room. */
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

    /** As {@link #hasRoomFor}, after records whose time is over are dropped. */
    boolean willHaveRoomFor(Remembered record, Instant now) {
        return without(now).hasRoomFor(record);
    }

    /** How full each kind is, in the fullest place: at 1 there is no room for one more. */
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

    /**
     * What the seal covers: the turn, which shows that a ConfigMap is older, and the number, so that no ConfigMap
     * passes for another.
     */
    private static String[] parts(int number, Optional<String> turn, SortedMap<String, String> texts) {
        List<String> parts = new ArrayList<>(turn.isPresent() ? List.of(SHAPE, turn.get()) : List.of(FIRST_SHAPE));
        parts.add(Integer.toString(number));
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

    @Override
    public boolean equals(Object other) {
        return other instanceof Shard shard
                && number == shard.number
                && turn == shard.turn
                && texts().equals(shard.texts());
    }

    @Override
    public int hashCode() {
        return Objects.hash(number, turn, texts());
    }
}
