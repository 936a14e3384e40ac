package dev.lapse.runtime;

import dev.lapse.cluster.ServerClock;
import dev.lapse.guard.GuardState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The metrics of the process, in the format Prometheus reads. */
final class Meters {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Runnable> beforeScrape = new CopyOnWriteArrayList<>();

    /**
     * Anybody who reaches the port may read the metrics without a pause. The counts that take time are made once in
     * this time at most.
     */
    private static final long COUNTED_AFTER = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanos;
    private boolean counted;
    private long countedAt;

    Meters() {
        this(System::nanoTime);
    }

    Meters(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The meters of the JVM: there is one process. */
    @SuppressWarnings("resource") // lives as long as the process
    Meters withJvm() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        watchHeap();
        return this;
    }

    void watchHeap() {
        Gauge.builder("lapse.heap.used.ratio", this, meters -> heapUsed())
                .description(
                        "How full the heap is with what is in use: after its last full collection, as a share of its"
                                + " maximum; 0 before the first one")
                .strongReference(true)
                .register(registry);
    }

    void watchRoom(BooleanSupplier endsOnly) {
        Gauge.builder("lapse.heap.full", endsOnly, full -> full.getAsBoolean() ? 1 : 0)
                .description(
                        "1 while the heap has no room for everything that is watched: grants end by what their own status"
                                + " says, and nothing else is done")
                .strongReference(true)
                .register(registry);
    }

    /** The share in use after a collection, of the pool where objects stay. */
    private static double heapUsed() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .filter(MemoryPoolMXBean::isCollectionUsageThresholdSupported)
                .filter(pool -> pool.getCollectionUsage() != null
                        && pool.getCollectionUsage().getMax() > 0)
                .filter(pool ->
                        pool.getName().contains("Tenured") || pool.getName().contains("Old"))
                .mapToDouble(pool -> (double) pool.getCollectionUsage().getUsed()
                        / pool.getCollectionUsage().getMax())
                .max()
                .orElse(0);
    }

    MeterRegistry registry() {
        return registry;
    }

    /**
     * Runs {@code count} when somebody reads the metrics, at most once a second, so that idle objects cost nothing.
     */
    void beforeScrape(Runnable count) {
        beforeScrape.add(count);
    }

    void watchClock(Supplier<ServerClock.Reading> reading, LongSupplier steps) {
        Gauge.builder("lapse.clock.offset", reading, read -> seconds(read.get().offset()))
                .description("By how much the clock of the operator's machine is ahead of the API server's, in seconds")
                .baseUnit("seconds")
                .strongReference(true)
                .register(registry);
        Gauge.builder(
                        "lapse.clock.trusted",
                        reading,
                        read -> read.get().problem().isEmpty() ? 1 : 0)
                .description(
                        "1 while the API server's time is known and that clock is no more than 30 s off; 0: nothing"
                                + " new is granted")
                .strongReference(true)
                .register(registry);
        // A FunctionCounter holds its object only weakly. This one is safe, because these meters live as long as the
        // process.
        FunctionCounter.builder("lapse.clock.steps", this, meters -> steps.getAsLong())
                .description("How often that clock was set, or the machine slept")
                .register(registry);
    }

    void watchLease(BooleanSupplier leading, Supplier<Duration> unrenewed) {
        Gauge.builder("lapse.leader", leading, leads -> leads.getAsBoolean() ? 1 : 0)
                .description("1 if this instance leads")
                .strongReference(true)
                .register(registry);
        Gauge.builder("lapse.lease.unrenewed", unrenewed, since -> seconds(since.get()))
                .description(
                        "For how long nobody has renewed the lease, as this instance saw it: beyond 15 s nobody leads")
                .baseUnit("seconds")
                .strongReference(true)
                .register(registry);
    }

    /** @param counts false while another instance watches */
    void watchWatches(Watches watches, BooleanSupplier counts) {
        for (WatchedKind kind : WatchedKind.values()) {
            Gauge.builder(
                            "lapse.watch.alive",
                            watches,
                            all -> counts.getAsBoolean() && all.problem(kind).isPresent() ? 0 : 1)
                    .description("0 while this instance leads, or would, and hears nothing of that kind")
                    .tag("kind", kind.text())
                    .strongReference(true)
                    .register(registry);
            Gauge.builder("lapse.watch.age", watches, all -> counts.getAsBoolean() ? seconds(all.age(kind)) : 0)
                    .description(
                            "How long ago that kind was last heard of; the API server says something once a minute")
                    .baseUnit("seconds")
                    .tag("kind", kind.text())
                    .strongReference(true)
                    .register(registry);
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }

    void watchGuard(Supplier<GuardState> guard) {
        Gauge.builder("lapse.guard.ready", guard, state -> state.get().ready() ? 1 : 0)
                .description("1 while every admission policy was seen to refuse what it must; 0: nothing is granted")
                .strongReference(true)
                .register(registry);
    }

    void watchDisk(BooleanSupplier failing) {
        Gauge.builder("lapse.ended.file.failing", failing, fails -> fails.getAsBoolean() ? 1 : 0)
                .description(
                        "1 while what setting ended-file keeps outside the cluster cannot be written or read: after a restore"
                                + " of etcd the next process would not know what had ended early")
                .strongReference(true)
                .register(registry);
    }

    /**
     * @param problems a sentence for each ConfigMap that cannot be read
     * @param census how many records there are of each kind
     * @param fill how full each kind is
     * @param putBack how often a ConfigMap was older than the known content
     */
    void watchMemory(
            Supplier<List<String>> problems,
            Supplier<Map<String, Long>> census,
            Supplier<Map<String, Double>> fill,
            LongSupplier putBack) {
        Gauge.builder("lapse.memory.unreadable", problems, found -> found.get().size())
                .description(
                        "ConfigMaps of the memory that are gone or that somebody else wrote; what needs them waits")
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder("lapse.memory.put.back", this, meters -> putBack.getAsLong())
                .description(
                        "How often a ConfigMap of the memory was older than what the operator had written there: somebody"
                                + " put it back, or etcd was restored")
                .register(registry);
        byKind("lapse.memory.records", "What is remembered beyond the life of its object, by kind", census);
        byKind(
                "lapse.memory.fill",
                "How much of its room each kind takes, in the namespace where it takes most: at 1 what needs one more waits",
                fill);
    }

    private void byKind(String name, String description, Supplier<? extends Map<String, ? extends Number>> counted) {
        MultiGauge gauge = MultiGauge.builder(name).description(description).register(registry);
        beforeScrape(() -> gauge.register(
                counted.get().entrySet().stream()
                        .map(kind -> MultiGauge.Row.of(Tags.of("kind", kind.getKey()), kind.getValue()))
                        .toList(),
                true));
    }

    String scrape() {
        count();
        return registry.scrape();
    }

    /** Readers that come at the same time wait for one count. */
    private synchronized void count() {
        long now = nanos.getAsLong();
        if (!counted || now - countedAt >= COUNTED_AFTER) {
            beforeScrape.forEach(Runnable::run);
            counted = true;
            countedAt = now;
        }
    }
}
