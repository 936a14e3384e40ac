package dev.lapse.memory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is remembered about the objects of one namespace at the moment of the call, or why that is not known. */
public final class Recollection {
    private final String namespace;
    private final Optional<Shard> shard;
    private final String problem;

    private Recollection(String namespace, Optional<Shard> shard, String problem) {
        this.namespace = namespace;
        this.shard = shard;
        this.problem = problem;
    }

    static Recollection of(String namespace, Shard shard) {
        return new Recollection(namespace, Optional.of(shard), "");
    }

    public static Recollection nothing(String namespace) {
        return of(namespace, Shard.empty(Shard.of(namespace)));
    }

    /** @param problem as a sentence, with what a person can do about it */
    public static Recollection unreadable(String namespace, String problem) {
        return new Recollection(namespace, Optional.empty(), problem);
    }

    /** Whether the records are known. If they are not, nothing may be granted that would have to be remembered. */
    public boolean readable() {
        return shard.isPresent();
    }

    /** Why the records are not known; empty if they are. */
    public String problem() {
        return problem;
    }

    /** The records whose time is not over; none if the memory is not {@link #readable}. */
    public <T extends Remembered> List<T> all(Class<T> kind, Instant now) {
        return shard.stream()
                .flatMap(Shard::records)
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(record -> record.namespace().equals(namespace))
                .filter(record -> !record.over(now))
                .toList();
    }

    /** Whether there is room for {@code record}. A record that replaces an earlier one always has room. */
    public boolean hasRoomFor(Remembered record, Instant now) {
        return shard.filter(known -> known.willHaveRoomFor(record, now)).isPresent();
    }

    /** Why there is no room, as a sentence. */
    public String full(Remembered record) {
        return Shard.full(record);
    }

    /** As it will be when {@code record} is remembered. */
    public Recollection with(Remembered record, Instant now) {
        return new Recollection(namespace, shard.map(known -> known.with(record, now)), problem);
    }

    /** As it will be when {@code record} is forgotten. */
    public Recollection without(Remembered record, Instant now) {
        return new Recollection(namespace, shard.map(known -> known.without(record, now)), problem);
    }
}
