package dev.lapse.runtime;

import dev.lapse.cluster.ServerClock;
import dev.lapse.grant.GrantMetricsSample;
import dev.lapse.guard.GuardState;
import dev.lapse.review.ReviewMetricsSample;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Lapse's metrics as a scrape shows them once each was measured, as a table for the reference. */
public final class MetricsReference {
    private static final Pattern SAMPLE = Pattern.compile("(lapse_[a-z_]+)(?:\\{([^}]*)})? .*");

    private MetricsReference() {}

    public static String table() {
        Map<String, String> types = new TreeMap<>();
        Map<String, String> helps = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        scrape().lines().forEach(line -> {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# TYPE lapse_")) {
                types.put(words[2], words[3]);
            } else if (line.startsWith("# HELP lapse_")) {
                helps.put(words[2], words[3]);
            } else if (line.startsWith("lapse_")) {
                labels(line, labels);
            }
        });
        StringBuilder table = new StringBuilder("| metric | type | labels | what it is |\n|---|---|---|---|\n");
        types.forEach((name, type) -> table.append("| `%s` | %s | %s | %s |\n"
                .formatted(
                        name,
                        type,
                        labels.getOrDefault(name, Set.of()).stream()
                                .map(label -> "`" + label + "`")
                                .collect(Collectors.joining(", ")),
                        helps.get(name))));
        return table.toString();
    }

    /** The names of all metrics and of their series, those of histograms with their endings. */
    public static Set<String> names() {
        return scrape().lines()
                .map(line -> line.startsWith("# TYPE lapse_") ? line.split(" ", 4)[2] + " 0" : line)
                .map(SAMPLE::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .collect(Collectors.toSet());
    }

    private static void labels(String line, Map<String, Set<String>> labels) {
        Matcher sample = SAMPLE.matcher(line);
        if (sample.matches() && sample.group(2) != null) {
            for (String label : sample.group(2).split(",", -1)) {
                labels.computeIfAbsent(sample.group(1), name -> new LinkedHashSet<>())
                        .add(label.substring(0, label.indexOf('=')));
            }
        }
    }

    private static String scrape() {
        Meters meters = begun();
        GrantMetricsSample.measure(meters.registry());
        ReviewMetricsSample.measure(meters.registry());
        return meters.scrape();
    }

    /** What a process shows that has just begun to lead. */
    static String fresh() {
        Meters meters = begun();
        GrantMetricsSample.begin(meters.registry());
        ReviewMetricsSample.begin(meters.registry());
        return meters.scrape();
    }

    private static Meters begun() {
        Meters meters = new Meters();
        meters.watchHeap();
        meters.watchRoom(() -> false);
        meters.watchClock(() -> new ServerClock.Reading(true, Duration.ZERO), () -> 0);
        meters.watchLease(() -> true, () -> Duration.ZERO);
        meters.watchWatches(new Watches(System::nanoTime), () -> true);
        meters.watchDisk(() -> false);
        meters.watchGuard(() -> GuardState.notReady(""));
        meters.watchMemory(List::of, () -> Map.of("Claim", 1L), () -> Map.of("Claim", 0.01), () -> 0);
        return meters;
    }
}
