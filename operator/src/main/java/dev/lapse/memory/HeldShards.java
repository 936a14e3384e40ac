package dev.lapse.memory;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.guard.Seal;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What this process knows of all ConfigMaps of the memory, and how it judges each one that it sees. An older ConfigMap
 * (etcd was restored, or somebody put the old one back) has a valid seal, but removes no record.
 */
final class HeldShards {
    private final Seal seal;
    private final Elsewhere elsewhere;
    private final Consumer<String> putBack;
    private final AtomicReferenceArray<HeldShard> shards = new AtomicReferenceArray<>(Shard.COUNT);
    private final List<Object> keeping =
            IntStream.range(0, Shard.COUNT).mapToObj(number -> new Object()).toList();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** @param putBack gets a sentence for each ConfigMap that is older than the known content */
    HeldShards(Seal seal, Elsewhere elsewhere, Consumer<String> putBack) {
        this.seal = seal;
        this.elsewhere = elsewhere;
        this.putBack = putBack;
        for (int number = 0; number < Shard.COUNT; number++) {
            shards.set(number, HeldShard.unread(latest(number), lost(number)));
        }
    }

    /** The latest copy whose seal is valid. A copy that says {@code begin: anew} does not count. */
    private Optional<Shard> latest(int number) {
        return elsewhere.read(number).stream()
                .flatMap(data -> Shard.read(number, data, seal).stream())
                .filter(shard -> shard.turn() > 0)
                .max(Comparator.comparingLong(Shard::turn));
    }

    HeldShard get(int number) {
        return shards.get(number);
    }

    /** Calls {@code listener} whenever a ConfigMap that was unreadable becomes readable again. */
    void onReadable(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Begins a missing ConfigMap: empty, or with the content that is known of it. If somebody has made it meanwhile,
     * theirs counts.
     */
    HeldShard begins(int number) {
        return shards.updateAndGet(
                number,
                now -> now.uid().isEmpty() ? now.knownAs(now.known().orElseGet(() -> Shard.empty(number))) : now);
    }

    /** An informer lags the writer, so of two versions the higher one counts. */
    void seen(ConfigMap map) {
        take(map, held -> HeldShard.versionOf(map) >= held.version());
    }

    /**
     * The API server answered a write, or a read from etcd. {@code before} was known when the request was sent, so it
     * is no later than the answer. If the answer still has a lower version, etcd was restored.
     */
    void answered(HeldShard before, ConfigMap map) {
        take(map, held -> held == before || HeldShard.versionOf(map) >= held.version());
    }

    void gone(ConfigMap map) {
        number(map)
                .ifPresent(number -> shards.updateAndGet(
                        number, held -> held.uid().equals(HeldShard.uidOf(map)) ? held.gone(lost(number)) : held));
    }

    /** A read from etcd did not find it. */
    void missing(int number, HeldShard before) {
        if (!before.uid().isEmpty()) {
            shards.compareAndSet(number, before, before.gone(lost(number)));
        }
    }

    /** Why records are not known: one sentence for each ConfigMap that cannot be read. */
    List<String> problems() {
        return of(held -> held.sound().isEmpty() ? Optional.of(held.problem()) : Optional.empty())
                .toList();
    }

    <T extends Remembered> List<T> all(Class<T> kind, Instant now) {
        return of(HeldShard::sound)
                .flatMap(Shard::records)
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(record -> !record.over(now))
                .toList();
    }

    Map<String, Long> census() {
        return of(HeldShard::sound)
                .flatMap(Shard::kinds)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    Map<String, Double> fill(Instant now) {
        return of(HeldShard::sound)
                .flatMap(shard -> shard.fill(now).entrySet().stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Math::max));
    }

    private <T> Stream<T> of(Function<HeldShard, Optional<T>> what) {
        return IntStream.range(0, Shard.COUNT).mapToObj(shards::get).flatMap(held -> what.apply(held).stream());
    }

    private void take(ConfigMap map, Predicate<HeldShard> counts) {
        number(map).ifPresent(number -> {
            Map<String, String> data = Optional.ofNullable(map.getData()).orElse(Map.of());
            Optional<Shard> read = Shard.read(number, data, seal);
            HeldShard before;
            HeldShard after;
            do {
                before = shards.get(number);
                if (!counts.test(before)) {
                    return;
                }
                HeldShard held = before;
                after = read.map(shard -> held.with(map, shard)).orElseGet(() -> held.unsound(map, forged(number)));
            } while (!shards.compareAndSet(number, before, after));
            if (after != before) {
                tell(number, before, after, read);
            }
        });
    }

    private void tell(int number, HeldShard before, HeldShard after, Optional<Shard> read) {
        if (after.putBack()) {
            putBack.accept(older(number, before.known().orElseThrow(), read.orElseThrow()));
        } else if (after.sound().isPresent()) {
            keep(number);
        }
        if (before.sound().isEmpty() && after.sound().isPresent()) {
            listeners.forEach(Runnable::run);
        }
    }

    /** Keeps what is known at this moment, because another thread may already have kept a later content. */
    private void keep(int number) {
        synchronized (keeping.get(number)) {
            shards.get(number).last().ifPresent(shard -> elsewhere.keep(number, shard.data(seal)));
        }
    }

    private static String older(int number, Shard known, Shard standing) {
        return "ConfigMap " + place(number) + " is older than what the operator wrote there (turn " + standing.turn()
                + " after " + known.turn() + "): somebody put it back, or etcd was restored. " + known.lacking(standing)
                + " of what was remembered lacks in it and is written again; see the runbook memory-unreadable";
    }

    private static String forged(int number) {
        return "ConfigMap " + place(number) + " is not as the operator wrote it, so what was remembered is not known;"
                + " see the runbook memory-unreadable";
    }

    private static String lost(int number) {
        return "ConfigMap " + place(number) + " is gone, and what was remembered in it is not known; see the runbook"
                + " memory-unreadable";
    }

    private static String place(int number) {
        return Lapse.SYSTEM_NAMESPACE + "/" + Shard.name(number);
    }

    /** The number of the ConfigMap; empty if it is not one of the memory. */
    static OptionalInt number(ConfigMap map) {
        String name = map.getMetadata().getName();
        return IntStream.range(0, Shard.COUNT)
                .filter(number -> Shard.name(number).equals(name))
                .findFirst();
    }
}
