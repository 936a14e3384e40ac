package dev.lapse.memory;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.guard.Seal;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what must outlive its object in ConfigMaps of lapse-system, and reads it from an informer. Each write carries the
 * resourceVersion that was read: of two leaders the later one is refused, and its pass begins again with what the other
 * has written.
 */
public final class KubernetesMemory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesMemory.class);
    private static final int CONFLICT = 409;
    private static final long PAGE = 500;

    /** An installation whose key is younger has not remembered anything yet: what is missing was never there. */
    private static final Duration NEW = Duration.ofMinutes(10);

    private final KubernetesClient client;
    private final Seal seal;
    private final SharedIndexInformer<ConfigMap> informer;
    private final AtomicReferenceArray<HeldShard> shards = new AtomicReferenceArray<>(Shard.COUNT);
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Object> locks =
            IntStream.range(0, Shard.COUNT).mapToObj(number -> new Object()).toList();

    public KubernetesMemory(KubernetesClient client, Seal seal) {
        this.client = client;
        this.seal = seal;
        // With a limit it lists what etcd has; without one the API server may answer from a cache that is behind.
        informer = client.configMaps()
                .inNamespace(Lapse.SYSTEM_NAMESPACE)
                .withLimit(PAGE)
                .runnableInformer(0);
        informer.exceptionHandler((started, cause) -> true);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(ConfigMap map) {
                seen(map);
            }

            @Override
            public void onUpdate(ConfigMap before, ConfigMap after) {
                seen(after);
            }

            @Override
            public void onDelete(ConfigMap map, boolean finalStateUnknown) {
                gone(map);
            }
        });
        for (int number = 0; number < Shard.COUNT; number++) {
            shards.set(number, new HeldShard("", 0, Optional.empty(), Optional.empty(), lost(number)));
        }
    }

    /**
     * Reads what there is, and makes what a new installation lacks.
     *
     * @param sealMadeAt when the key of the seal was made, and with it the installation
     */
    public void start(Instant sealMadeAt, Duration limit, Instant now) throws Exception {
        informer.start().toCompletableFuture().get(limit.toSeconds(), TimeUnit.SECONDS);
        informer.getStore().list().forEach(this::seen);
        boolean fresh = sealMadeAt.plus(NEW).isAfter(now);
        // They are made in order: what is missing before another was there, and is lost.
        int made = IntStream.range(0, Shard.COUNT)
                .filter(number -> !shards.get(number).uid().isEmpty())
                .max()
                .orElse(-1);
        for (int number = 0; number < Shard.COUNT; number++) {
            HeldShard held = shards.get(number);
            if (held.uid().isEmpty() && fresh && number > made) {
                begin(number);
            } else if (held.sound().isEmpty()) {
                LOG.atError().addKeyValue("problem", held.problem()).log("memory cannot be read");
            }
        }
    }

    /** What cannot be made now is made by the sweep: it must not keep what is overdue from being taken away. */
    private void begin(int number) {
        Shard empty = Shard.empty(number);
        HeldShard held = shards.updateAndGet(number, now -> now.uid().isEmpty() ? now.knownAs(empty) : now);
        try {
            if (held.uid().isEmpty()) {
                put(number, held, empty);
            }
        } catch (KubernetesClientException failed) {
            // Where another instance was faster, the informer will bring it.
            if (failed.getCode() != CONFLICT) {
                LOG.atWarn()
                        .addKeyValue("name", Shard.name(number))
                        .addKeyValue("error", failed.getMessage())
                        .log("memory could not be made, the sweep tries again");
            }
        }
    }

    /** Calls {@code listener} whenever what could not be read can be read again. */
    public void onReadable(Runnable listener) {
        listeners.add(listener);
    }

    public boolean healthy() {
        return informer.hasSynced();
    }

    /** What is remembered about the objects of {@code namespace}. Asks nobody. */
    public Recollection of(String namespace) {
        HeldShard held = shards.get(Shard.of(namespace));
        return held.sound()
                .map(shard -> Recollection.of(namespace, shard))
                .orElseGet(() -> Recollection.unreadable(namespace, held.problem()));
    }

    /** Remembers {@code record} in place of an earlier one of the same key, and forgets what is over. */
    public void remember(Remembered record, Instant now) {
        write(record.namespace(), shard -> shard.with(record, now));
    }

    /**
     * As {@link #remember}, if what is remembered by then allows it.
     *
     * @return what is remembered afterwards
     */
    public Recollection rememberIf(Remembered record, Predicate<Recollection> allowed, Instant now) {
        write(
                record.namespace(),
                shard -> allowed.test(Recollection.of(record.namespace(), shard)) ? shard.with(record, now) : shard);
        return of(record.namespace());
    }

    /** Forgets {@code record} before its time. */
    public void forget(Remembered record, Instant now) {
        write(record.namespace(), shard -> shard.without(record, now));
    }

    /** Writes what this process knows into each ConfigMap that somebody else has changed or deleted; for the sweep. */
    public void heal() {
        for (int number = 0; number < Shard.COUNT; number++) {
            HeldShard held = shards.get(number);
            if (held.sound().isEmpty() && held.last().isPresent()) {
                LOG.atWarn()
                        .addKeyValue("problem", held.problem())
                        .log("memory was changed by somebody else: what is known of it is written again");
                put(number, held, held.last().get());
            }
        }
    }

    /** Why some of it is not known, one sentence a ConfigMap. */
    public List<String> problems() {
        return all(held -> held.sound().isEmpty() ? Optional.of(held.problem()) : Optional.empty());
    }

    /** Those of one kind that are not over, of every namespace, as far as they are known. */
    public <T extends Remembered> List<T> all(Class<T> kind, Instant now) {
        return all(HeldShard::sound).stream()
                .flatMap(Shard::records)
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(record -> !record.over(now))
                .toList();
    }

    /** How many records there are of each kind. */
    public Map<String, Long> census() {
        return all(HeldShard::sound).stream()
                .flatMap(Shard::kinds)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    /** How much of its room each kind takes, where it takes most. */
    public Map<String, Double> fill(Instant now) {
        return all(HeldShard::sound).stream()
                .flatMap(shard -> shard.fill(now).entrySet().stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Math::max));
    }

    private <T> List<T> all(Function<HeldShard, Optional<T>> what) {
        return IntStream.range(0, Shard.COUNT)
                .mapToObj(shards::get)
                .flatMap(held -> what.apply(held).stream())
                .toList();
    }

    @Override
    public void close() {
        informer.stop();
    }

    private void write(String namespace, UnaryOperator<Shard> change) {
        int number = Shard.of(namespace);
        synchronized (locks.get(number)) {
            HeldShard held = shards.get(number);
            Shard before = held.sound().orElseThrow(() -> new NotRemembered(held.problem()));
            Shard after = change.apply(before);
            if (!after.equals(before)) {
                put(number, held, after);
            }
        }
    }

    private void put(int number, HeldShard held, Shard shard) {
        boolean there = !held.uid().isEmpty();
        ConfigMap map = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(Shard.name(number))
                .withNamespace(Lapse.SYSTEM_NAMESPACE)
                .withResourceVersion(there ? Long.toString(held.version()) : null)
                .addToLabels("app.kubernetes.io/part-of", "lapse")
                .endMetadata()
                .withData(shard.data(seal))
                .build();
        seen(there ? client.resource(map).update() : client.resource(map).create());
    }

    /** An informer is behind the writer: of two versions the later counts. */
    private void seen(ConfigMap map) {
        number(map).ifPresent(number -> {
            Optional<Shard> read =
                    Shard.read(number, Optional.ofNullable(map.getData()).orElse(Map.of()), seal);
            HeldShard before = shards.getAndUpdate(
                    number,
                    held -> HeldShard.versionOf(map) < held.version()
                            ? held
                            : read.map(shard -> HeldShard.sound(map, shard))
                                    .orElseGet(() -> held.unsound(map, forged(number))));
            if (before.sound().isEmpty() && shards.get(number).sound().isPresent()) {
                listeners.forEach(Runnable::run);
            }
        });
    }

    private void gone(ConfigMap map) {
        number(map)
                .ifPresent(number -> shards.updateAndGet(
                        number, held -> held.uid().equals(HeldShard.uidOf(map)) ? held.gone(lost(number)) : held));
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

    private static OptionalInt number(ConfigMap map) {
        String name = map.getMetadata().getName();
        return IntStream.range(0, Shard.COUNT)
                .filter(number -> Shard.name(number).equals(name))
                .findFirst();
    }
}
