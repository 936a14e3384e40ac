package dev.lapse.memory;

import static dev.lapse.cluster.KubernetesFailure.CONFLICT;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.guard.Seal;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what must outlive its object in ConfigMaps of lapse-system, and reads them from an informer. Each write
 * carries the resourceVersion that was read. If two leaders write, the later one gets a conflict, and its pass begins
 * again with what the other has written.
 */
public final class KubernetesMemory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesMemory.class);
    private static final long PAGE = 500;

    /** A page of this many ConfigMaps, because each may hold a mebibyte. */
    private static final long AT_ONCE = 4;

    /**
     * If the key of the seal is younger, the installation is new: a missing ConfigMap was never there, so nothing is
     * lost.
     */
    private static final Duration NEW = Duration.ofMinutes(10);

    private final KubernetesClient client;
    private final Seal seal;
    private final SharedIndexInformer<ConfigMap> informer;
    private final HeldShards shards;
    private final List<Object> locks =
            IntStream.range(0, Shard.COUNT).mapToObj(number -> new Object()).toList();

    /**
     * @param elsewhere the copy outside the cluster
     * @param putBack gets a sentence for each ConfigMap that is older than the known content
     */
    public KubernetesMemory(KubernetesClient client, Seal seal, Elsewhere elsewhere, Consumer<String> putBack) {
        this.client = client;
        this.seal = seal;
        shards = new HeldShards(seal, elsewhere, putBack);
        // A list with a limit is read from etcd. Without one the API server may answer from a cache that lags.
        informer = client.configMaps()
                .inNamespace(Lapse.SYSTEM_NAMESPACE)
                .withLimit(PAGE)
                .runnableInformer(0);
        informer.exceptionHandler((started, cause) -> true);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(ConfigMap map) {
                shards.seen(map);
            }

            @Override
            public void onUpdate(ConfigMap before, ConfigMap after) {
                shards.seen(after);
            }

            @Override
            public void onDelete(ConfigMap map, boolean finalStateUnknown) {
                shards.gone(map);
            }
        });
    }

    /**
     * Reads what there is, and makes what a new installation lacks.
     *
     * @param sealMadeAt when the key of the seal was made, and with it the installation
     */
    public void start(Instant sealMadeAt, Duration limit, Instant now) throws Exception {
        informer.start().toCompletableFuture().get(limit.toSeconds(), TimeUnit.SECONDS);
        informer.getStore().list().forEach(shards::seen);
        boolean fresh = sealMadeAt.plus(NEW).isAfter(now);
        // The ConfigMaps are made in order. So a missing one before an existing one was there before, and is lost.
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

    /** If the ConfigMap cannot be made now, the sweep makes it. The failure must not delay overdue ends. */
    private void begin(int number) {
        HeldShard held = shards.begins(number);
        try {
            if (held.uid().isEmpty()) {
                put(number, held, held.last().orElseThrow());
            }
        } catch (KubernetesClientException failed) {
            // If another instance has made it first, the informer will bring it.
            if (failed.getCode() != CONFLICT) {
                LOG.atWarn()
                        .addKeyValue("name", Shard.name(number))
                        .addKeyValue("error", failed.getMessage())
                        .log("memory could not be made, the sweep tries again");
            }
        }
    }

    /** Calls {@code listener} whenever a ConfigMap that was unreadable becomes readable again. */
    public void onReadable(Runnable listener) {
        shards.onReadable(listener);
    }

    public boolean healthy() {
        return informer.hasSynced();
    }

    /** What is remembered about the objects of {@code namespace}. Sends no request. */
    public Recollection of(String namespace) {
        HeldShard held = shards.get(Shard.of(namespace));
        return held.sound()
                .map(shard -> Recollection.of(namespace, shard))
                .orElseGet(() -> Recollection.unreadable(namespace, held.problem()));
    }

    /**
     * Remembers {@code record} in place of an earlier one with the same key, and forgets records whose time is over.
     */
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

    /**
     * For the sweep: reads the ConfigMaps from etcd, and writes what this process knows into each one that somebody
     * has changed, put back or deleted. A failure with one ConfigMap does not stop the others; the next sweep tries
     * again.
     */
    public void heal() {
        try {
            look();
        } catch (RuntimeException failed) {
            // The informer reports most of these changes too.
            LOG.atWarn().addKeyValue("error", failed.getMessage()).log("etcd could not be asked for the memory");
        }
        for (int number = 0; number < Shard.COUNT; number++) {
            HeldShard held = shards.get(number);
            Optional<Shard> unwritten = held.unwritten();
            if (unwritten.isPresent()) {
                LOG.atWarn()
                        .addKeyValue("name", Shard.name(number))
                        .addKeyValue("problem", held.problem())
                        .log("memory was changed by somebody else: what is known of it is written again");
                healOne(number, held, unwritten.get());
            }
        }
    }

    private void healOne(int number, HeldShard held, Shard unwritten) {
        try {
            put(number, held, unwritten);
        } catch (RuntimeException failed) {
            LOG.atWarn()
                    .addKeyValue("name", Shard.name(number))
                    .addKeyValue("error", failed.getMessage())
                    .log("memory could not be written again, the next sweep tries again");
        }
    }

    /** Reads from etcd, because a restored etcd has lower versions, and a watch never reports a lower version. */
    private void look() {
        List<HeldShard> before =
                IntStream.range(0, Shard.COUNT).mapToObj(shards::get).toList();
        Set<Integer> missing = IntStream.range(0, Shard.COUNT).boxed().collect(Collectors.toCollection(HashSet::new));
        ListOptions page = new ListOptionsBuilder().withLimit(AT_ONCE).build();
        String next;
        do {
            ConfigMapList found =
                    client.configMaps().inNamespace(Lapse.SYSTEM_NAMESPACE).list(page);
            found.getItems()
                    .forEach(map -> HeldShards.number(map).ifPresent(number -> {
                        missing.remove(number);
                        shards.answered(before.get(number), map);
                    }));
            next = Optional.ofNullable(found.getMetadata().getContinue()).orElse("");
            page.setContinue(next);
        } while (!next.isEmpty());
        missing.forEach(number -> shards.missing(number, before.get(number)));
    }

    /** Why records are not known: one sentence for each ConfigMap that cannot be read. */
    public List<String> problems() {
        return shards.problems();
    }

    /** The records of one kind, of every namespace, whose time is not over, from the ConfigMaps that can be read. */
    public <T extends Remembered> List<T> all(Class<T> kind, Instant now) {
        return shards.all(kind, now);
    }

    /** How many records there are of each kind. */
    public Map<String, Long> census() {
        return shards.census();
    }

    /** How full each kind is, as a share of its bound, in the fullest place. */
    public Map<String, Double> fill(Instant now) {
        return shards.fill(now);
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
                put(number, held, after.next());
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
        shards.answered(
                held,
                there ? client.resource(map).update() : client.resource(map).create());
    }
}
