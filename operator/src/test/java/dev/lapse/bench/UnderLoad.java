package dev.lapse.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * P6: how late one tenant's ends and beginnings are while another tenant has thousands of activations queued, and while
 * many ends of the size of {@code view} are proved.
 */
@Command(name = "p6")
final class UnderLoad implements Callable<Integer> {
    private static final int LOAD_NAMESPACES = 20;

    @Mixin
    private Bench.Target target;

    @Option(names = "--activations", defaultValue = "5000", description = "How many are queued.")
    private int activations;

    @Option(names = "--proofs", defaultValue = "1000", description = "How many ends are proved.")
    private int proofs;

    @Option(names = "--trials", defaultValue = "60", description = "How many of each kind at most, one a second.")
    private int trials;

    private static final int MADE_A_SECOND = 12;
    private static final int SAMPLES = 20;

    private Scene scene;

    @Override
    public Integer call() {
        scene = target.scene();
        Map<Kind, List<Double>> idle = victims("idle", inSeconds(10 + trials)).lags(() -> true, () -> false);
        report(idle, whileActivating(), whileProving());
        return 0;
    }

    private Victims victims(String round, Instant begin) {
        Bench.say("%s: %d trials of each kind", round, trials);
        return Victims.ready(scene, round, trials, begin);
    }

    private static Instant inSeconds(int seconds) {
        return Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS);
    }

    private Map<Kind, List<Double>> whileActivating() {
        List<String> namespaces = IntStream.range(0, LOAD_NAMESPACES)
                .mapToObj(i -> "bench-load-" + i)
                .toList();
        namespaces.forEach(namespace -> {
            scene.namespace(namespace);
            scene.identity(namespace, "robot", "Subject");
            scene.awaitEligible(namespace, "robot");
        });
        // All that is made waits for the same instant, so that there is a queue then whatever it took to make them.
        Instant notBefore = inSeconds(30 + 2 * trials + activations / MADE_A_SECOND);
        Instant far = inSeconds(14_400);
        Bench.say("creating %d grants", activations);
        Scene.inParallel(
                activations, i -> scene.waiting(namespaces.get(i % LOAD_NAMESPACES), "g" + i, "robot", notBefore, far));
        Victims victims = victims("activating", notBefore.plusSeconds(1));
        BooleanSupplier done = once(() -> IntStream.iterate(0, i -> i < activations, i -> i + activations / SAMPLES)
                .allMatch(i -> Scene.phase(scene.grant(namespaces.get(i % LOAD_NAMESPACES), "g" + i))
                        .equals("Active")));
        BooleanSupplier queued = () -> !Instant.now().isBefore(notBefore) && !done.getAsBoolean();
        Map<Kind, List<Double>> seen = victims.lags(queued, done);
        namespaces.forEach(scene::deleteGrants);
        Scene.await("the load is gone", Duration.ofMinutes(15), () -> scene.leftovers() == 0);
        return seen;
    }

    private Map<Kind, List<Double>> whileProving() {
        String namespace = "bench-proofs";
        scene.namespace(namespace);
        scene.identity(namespace, "robot", "Dedicated", "view");
        scene.awaitEligible(namespace, "robot");
        Bench.say("making %d grants of view", proofs);
        Instant end = scene.thatEndTogether(namespace, "robot", proofs, inSeconds(60 + 2 * trials + proofs / 6));
        Victims victims = victims("proving", end);
        BooleanSupplier done = once(() -> IntStream.of(0, proofs / 2, proofs - 1)
                .noneMatch(i -> scene.grant(namespace, "g" + i)
                        .path("status")
                        .path("end")
                        .path("verifiedAt")
                        .isMissingNode()));
        return victims.lags(() -> !done.getAsBoolean(), done);
    }

    /** What is done stays done, and is not asked any more. */
    private static BooleanSupplier once(BooleanSupplier fact) {
        var done = new AtomicBoolean();
        return () -> {
            if (!done.get() && fact.getAsBoolean()) {
                done.set(true);
            }
            return done.get();
        };
    }

    private void report(
            Map<Kind, List<Double>> idle, Map<Kind, List<Double>> activating, Map<Kind, List<Double>> proving) {
        var figures = new Figures(
                "P6: one tenant beside another's load",
                "milliseconds",
                "idle p50",
                "p99",
                activations + " activations queued p50",
                "p99",
                "to idle",
                proofs + " ends proved p50",
                "p99",
                "to idle",
                "goal p99");
        for (Kind kind : Kind.values()) {
            figures.row(
                    kind.text,
                    quantile(idle, kind, 0.5),
                    quantile(idle, kind, 0.99),
                    quantile(activating, kind, 0.5),
                    quantile(activating, kind, 0.99),
                    ratio(activating, idle, kind),
                    quantile(proving, kind, 0.5),
                    quantile(proving, kind, 0.99),
                    ratio(proving, idle, kind),
                    "≤ " + kind.goal);
        }
        figures.note(
                "Trials of each kind, idle, while activations are queued, while ends are proved: %s.",
                IntStream.range(0, Kind.values().length)
                        .mapToObj(i -> Kind.values()[i])
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT) + " "
                                + idle.get(kind).size() + ", "
                                + activating.get(kind).size() + ", "
                                + proving.get(kind).size())
                        .toList());
        figures.print();
    }

    private static Object ratio(Map<Kind, List<Double>> loaded, Map<Kind, List<Double>> idle, Kind kind) {
        return loaded.get(kind).isEmpty()
                ? "none"
                : Figures.quantile(loaded.get(kind), 0.99) / Figures.quantile(idle.get(kind), 0.99);
    }

    private static Object quantile(Map<Kind, List<Double>> seen, Kind kind, double share) {
        List<Double> values = seen.get(kind);
        return values.isEmpty() ? "none" : Figures.quantile(values, share);
    }
}
