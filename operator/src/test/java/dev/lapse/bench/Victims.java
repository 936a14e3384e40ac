package dev.lapse.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * One tenant's ends and beginnings beside another's load: everything that they need is there before the load begins. Each
 * kind is a tenant of its own, as within a namespace it is first in, first out.
 */
final class Victims {
    /** From one trial of a kind to the next. */
    private static final Duration PACE = Duration.ofSeconds(1);

    private static final Duration GIVE_UP = Duration.ofSeconds(60);

    /** Between two tries, so that trying is not a load of its own; also how exact the figures are. */
    private static final Duration TRY_AGAIN = Duration.ofMillis(2);

    private record Victim(String namespace, String identity, String grant, Api robot, Instant at) {}

    private final Scene scene;
    private final Map<Kind, List<Victim>> victims = new EnumMap<>(Kind.class);

    private Victims(Scene scene) {
        this.scene = scene;
    }

    /** @param begin when the first trial is due, in a whole second; all are ready before */
    static Victims ready(Scene scene, String round, int trials, Instant begin) {
        var made = new Victims(scene);
        for (Kind kind : Kind.values()) {
            String namespace = "bench-" + round + "-" + kind.name().toLowerCase(Locale.ROOT);
            scene.namespace(namespace);
            List<Victim> ready = new ArrayList<>();
            for (int i = 0; i < trials; i++) {
                scene.identity(namespace, "robot-" + i, "Subject");
            }
            for (int i = 0; i < trials; i++) {
                String identity = "robot-" + i;
                scene.awaitEligible(namespace, identity);
                ready.add(new Victim(
                        namespace,
                        identity,
                        "g" + i,
                        scene.admin().as(scene.tokenOf(namespace, identity)),
                        begin.plus(PACE.multipliedBy(i))));
            }
            made.victims.put(kind, ready);
        }
        made.victims.forEach((kind, all) -> {
            if (kind != Kind.ACTIVATION) {
                all.forEach(victim -> made.grant(kind, victim));
                all.forEach(made::awaitActive);
            }
        });
        if (!Instant.now().isBefore(begin)) {
            throw new IllegalStateException("this machine is too slow for " + trials + " trials: ask for fewer");
        }
        return made;
    }

    /**
     * The lags in milliseconds of the trials that began and were over under load.
     *
     * @param over no trial begins any more
     */
    Map<Kind, List<Double>> lags(BooleanSupplier loaded, BooleanSupplier over) {
        Map<Kind, CompletableFuture<List<Double>>> running = new EnumMap<>(Kind.class);
        var threads = Executors.newFixedThreadPool(Kind.values().length);
        try {
            victims.forEach((kind, all) ->
                    running.put(kind, CompletableFuture.supplyAsync(() -> lags(kind, all, loaded, over), threads)));
            Map<Kind, List<Double>> lags = new EnumMap<>(Kind.class);
            running.forEach((kind, seen) -> lags.put(kind, seen.join()));
            return lags;
        } finally {
            threads.shutdownNow();
            // What was activated would stay so, and be part of the next round's load.
            victims.values()
                    .forEach(all ->
                            all.stream().map(Victim::namespace).distinct().forEach(scene::deleteGrants));
        }
    }

    private List<Double> lags(Kind kind, List<Victim> all, BooleanSupplier loaded, BooleanSupplier over) {
        List<Double> lags = new ArrayList<>();
        for (Victim victim : all) {
            Scene.pause(Duration.between(Instant.now(), victim.at()));
            if (over.getAsBoolean()) {
                break;
            }
            boolean before = loaded.getAsBoolean();
            double lag = lag(kind, victim);
            if (before && loaded.getAsBoolean()) {
                lags.add(lag);
            }
        }
        return lags;
    }

    private double lag(Kind kind, Victim victim) {
        Instant from = kind == Kind.EXPIRY ? victim.at() : Instant.now();
        switch (kind) {
            case EXPIRY -> {}
            case REVOCATION ->
                scene.patch(
                        victim.namespace(),
                        "privilegegrants",
                        victim.grant(),
                        "{\"spec\": {\"revoked\": true, \"revokedBy\": \"admin\"}}");
            case SUSPENSION ->
                scene.patch(
                        victim.namespace(),
                        "serviceidentities",
                        victim.identity(),
                        "{\"spec\": {\"state\": \"Suspended\"}}");
            case ACTIVATION -> {
                grant(kind, victim);
                awaitActive(victim);
            }
        }
        if (kind != Kind.ACTIVATION) {
            awaitRefusal(victim);
        }
        return ChronoUnit.MICROS.between(from, Instant.now()) / 1000.0;
    }

    private void grant(Kind kind, Victim victim) {
        Instant end = kind == Kind.EXPIRY
                ? victim.at()
                : Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
        scene.grant(victim.namespace(), victim.grant(), victim.identity(), "4h", "None", end);
    }

    private void awaitActive(Victim victim) {
        until(
                "active",
                () -> Scene.phase(scene.grant(victim.namespace(), victim.grant()))
                        .equals("Active"));
    }

    private static void awaitRefusal(Victim victim) {
        String path = "/api/v1/namespaces/" + victim.namespace() + "/configmaps/anything";
        until("refused", () -> victim.robot().status(path) == 403);
    }

    private static void until(String what, BooleanSupplier fact) {
        Instant until = Instant.now().plus(GIVE_UP);
        while (!fact.getAsBoolean()) {
            if (Instant.now().isAfter(until)) {
                throw new IllegalStateException("not " + what + " after " + GIVE_UP);
            }
            Scene.pause(TRY_AGAIN);
        }
    }
}
