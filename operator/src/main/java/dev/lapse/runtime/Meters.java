package dev.lapse.runtime;

import dev.lapse.guard.GuardState;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The metrics of the process, in the format Prometheus reads. */
final class Meters {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Runnable> beforeScrape = new CopyOnWriteArrayList<>();

    @SuppressWarnings("resource") // lives as long as the process
    Meters() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    MeterRegistry registry() {
        return registry;
    }

    /** Runs {@code count} whenever somebody reads the metrics, so that idle objects cost nothing. */
    void beforeScrape(Runnable count) {
        beforeScrape.add(count);
    }

    void watchGuard(Supplier<GuardState> guard) {
        Gauge.builder("lapse.guard.ready", guard, state -> state.get().ready() ? 1 : 0)
                .description("1 while every admission policy was seen to refuse what it must; 0: nothing is granted")
                .strongReference(true)
                .register(registry);
    }

    /**
     * @param problems one for each ConfigMap that cannot be read
     * @param census how many records there are of each kind
     * @param fill how much of its room each kind takes
     */
    void watchMemory(
            Supplier<List<String>> problems, Supplier<Map<String, Long>> census, Supplier<Map<String, Double>> fill) {
        Gauge.builder("lapse.memory.unreadable", problems, found -> found.get().size())
                .description(
                        "ConfigMaps of the memory that are gone or that somebody else wrote; what needs them waits")
                .strongReference(true)
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
        beforeScrape.forEach(Runnable::run);
        return registry.scrape();
    }
}
