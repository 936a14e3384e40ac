package dev.lapse.memory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is remembered about the objects of one namespace, as it was when somebody asked; or why that is not known. */
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

    /** Whether what is remembered is known. If not, nothing that would have to be remembered may be given. */
    public boolean readable() {
        return shard.isPresent();
    }

    /** Why it is not known; empty if it is. */
    public String problem() {
        return problem;
    }

    /** Those that are not over; none if it is not {@link #readable}. */
    public <T extends Remembered> List<T> all(Class<T> kind, Instant now) {
        return shard.stream()
                .flatMap(Shard::records)
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(record -> record.namespace().equals(namespace))
                .filter(record -> !record.over(now))
                .toList();
    }

    /** Whether {@code record} can be remembered: for good ones that are there already, always. */
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
