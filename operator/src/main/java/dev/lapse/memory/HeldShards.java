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
 * What this process knows of all ConfigMaps of the memory, and what it makes of each that it sees. One that is older than
 * what is known (an etcd that was restored, or somebody who put it back) is true by its seal, and takes nothing away.
 */
final class HeldShards {
    private final Seal seal;
    private final Elsewhere elsewhere;
    private final Consumer<String> putBack;
    private final AtomicReferenceArray<HeldShard> shards = new AtomicReferenceArray<>(Shard.COUNT);
    private final List<Object> keeping =
            IntStream.range(0, Shard.COUNT).mapToObj(number -> new Object()).toList();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** @param putBack is told, as a sentence, of each that is older than what is known */
    HeldShards(Seal seal, Elsewhere elsewhere, Consumer<String> putBack) {
        this.seal = seal;
        this.elsewhere = elsewhere;
        this.putBack = putBack;
        for (int number = 0; number < Shard.COUNT; number++) {
            shards.set(number, HeldShard.unread(latest(number), lost(number)));
        }
    }

    /** Of those that are true by their seal; whoever says there that it begins anew says nothing. */
    private Optional<Shard> latest(int number) {
        return elsewhere.read(number).stream()
                .flatMap(data -> Shard.read(number, data, seal).stream())
                .filter(shard -> shard.turn() > 0)
                .max(Comparator.comparingLong(Shard::turn));
    }

    HeldShard get(int number) {
        return shards.get(number);
    }

    /** Calls {@code listener} whenever what could not be read can be read again. */
    void onReadable(Runnable listener) {
        listeners.add(listener);
    }

    /** It is to be made, empty unless more is known of it; what somebody has made meanwhile counts. */
    HeldShard begins(int number) {
        return shards.updateAndGet(
                number,
                now -> now.uid().isEmpty() ? now.knownAs(now.known().orElseGet(() -> Shard.empty(number))) : now);
    }

    /** An informer is behind the writer: of two versions the later counts. */
    void seen(ConfigMap map) {
        take(map, held -> HeldShard.versionOf(map) >= held.version());
    }

    /**
     * A write, or a question to etcd, was answered. What was known when it was asked is no later than the answer: a lower
     * version then says that etcd was restored.
     */
    void answered(HeldShard before, ConfigMap map) {
        take(map, held -> held == before || HeldShard.versionOf(map) >= held.version());
    }

    void gone(ConfigMap map) {
        number(map)
                .ifPresent(number -> shards.updateAndGet(
                        number, held -> held.uid().equals(HeldShard.uidOf(map)) ? held.gone(lost(number)) : held));
    }

    /** It was not there when etcd was asked. */
    void missing(int number, HeldShard before) {
        if (!before.uid().isEmpty()) {
            shards.compareAndSet(number, before, before.gone(lost(number)));
        }
    }

    /** Why some of it is not known, one sentence a ConfigMap. */
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

    /** What is known by now: meanwhile another thread may have taken, and kept, a later one. */
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

    /** Which it is; empty for one that is none of the memory. */
    static OptionalInt number(ConfigMap map) {
        String name = map.getMetadata().getName();
        return IntStream.range(0, Shard.COUNT)
                .filter(number -> Shard.name(number).equals(name))
                .findFirst();
    }
}
