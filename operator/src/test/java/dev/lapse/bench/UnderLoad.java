package dev.lapse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final String VICTIM = "bench-victim";
    private static final int LOAD_NAMESPACES = 20;
    private static final Duration GIVE_UP = Duration.ofSeconds(60);

    @Mixin
    private Bench.Target target;

    @Option(names = "--activations", defaultValue = "5000", description = "How many are queued.")
    private int activations;

    @Option(names = "--proofs", defaultValue = "1000", description = "How many ends are proved.")
    private int proofs;

    @Option(names = "--ends", defaultValue = "300", description = "How many ends at once are timed to their status.")
    private int ends;

    @Option(names = "--trials", defaultValue = "40", description = "How many of each kind, idle and under load.")
    private int trials;

    /** What is timed, from when a person could know it. */
    private enum Kind {
        EXPIRY("its end → first 403"),
        REVOCATION("revoked: true sent → first 403"),
        SUSPENSION("suspension sent → first 403"),
        ACTIVATION("grant created → Active");

        final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    private Scene scene;
    private final AtomicInteger number = new AtomicInteger();

    @Override
    public Integer call() {
        scene = target.scene();
        for (Kind kind : Kind.values()) {
            scene.namespace(namespace(kind));
        }
        Map<Kind, List<Double>> idle = measured("idle", Instant.now(), () -> true);
        Map<Kind, List<Double>> activating = whileActivating();
        Map<Kind, List<Double>> proving = whileProving();
        report(idle, activating, proving);
        endsToStatus();
        return 0;
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
        Instant far = Instant.now().plus(Duration.ofHours(2)).truncatedTo(ChronoUnit.SECONDS);
        Bench.say("creating %d grants", activations);
        Scene.inParallel(
                activations,
                i -> scene.grant(namespaces.get(i % LOAD_NAMESPACES), "g" + i, "robot", "4h", "None", far));
        // The namespaces take turns, and within one it is first in, first out: the last one made is one of the last.
        int last = activations - 1;
        Map<Kind, List<Double>> seen = measured(
                "while activations are queued",
                Instant.now(),
                () -> !Scene.phase(scene.grant(namespaces.get(last % LOAD_NAMESPACES), "g" + last))
                        .equals("Active"));
        Bench.say("  the last of %d is active", activations);
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
        Instant end = makeThatEndTogether(namespace, proofs);
        // Whoever is to end meanwhile has to be active by then.
        Scene.await("the end", Duration.ofMinutes(30), () -> !Instant.now().isBefore(end.minusSeconds(12)));
        return measured(
                "while ends are proved",
                end,
                () -> IntStream.of(0, proofs / 2, proofs - 1)
                        .anyMatch(i -> scene.grant(namespace, "g" + i)
                                .path("status")
                                .path("end")
                                .path("verifiedAt")
                                .isMissingNode()));
    }

    /** All are active before that. */
    private Instant makeThatEndTogether(String namespace, int count) {
        Instant end = Instant.now().plusSeconds(30 + count / 6).truncatedTo(ChronoUnit.SECONDS);
        Scene.inParallel(count, i -> scene.grant(namespace, "g" + i, "robot", "4h", "Token", end));
        Scene.await("all are active", Duration.ofMinutes(20), () -> scene.bindings(namespace) >= count);
        if (!Instant.now().isBefore(end)) {
            throw new IllegalStateException("this machine is too slow for " + count + " grants: ask for fewer");
        }
        return end;
    }

    /** One trial of each kind after the other, side by side with those of other kinds, for as long as the load lasts. */
    private Map<Kind, List<Double>> measured(String when, Instant loadBegins, BooleanSupplier loaded) {
        Bench.say("measuring %s", when);
        Map<Kind, List<Double>> seen = new EnumMap<>(Kind.class);
        Map<Kind, CompletableFuture<List<Double>>> running = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            running.put(kind, CompletableFuture.supplyAsync(() -> measured(kind, loadBegins, loaded)));
        }
        running.forEach((kind, lags) -> seen.put(kind, lags.join()));
        return seen;
    }

    /** What began before the load, or was over after it, does not count. */
    private List<Double> measured(Kind kind, Instant loadBegins, BooleanSupplier loaded) {
        List<Double> lags = new ArrayList<>();
        while (lags.size() < trials && (Instant.now().isBefore(loadBegins) || loaded.getAsBoolean())) {
            Trial trial = trial(kind, number.getAndIncrement());
            if (!trial.from().isBefore(loadBegins) && loaded.getAsBoolean()) {
                lags.add(trial.lag());
            }
        }
        return lags;
    }

    /** Each a tenant of its own: within a namespace it is first in, first out. */
    private static String namespace(Kind kind) {
        return VICTIM + "-" + kind.name().toLowerCase(Locale.ROOT);
    }

    /** @param lag in milliseconds */
    private record Trial(Instant from, double lag) {}

    private Trial trial(Kind kind, int trial) {
        String namespace = namespace(kind);
        String identity = "robot-" + trial;
        String grant = "g" + trial;
        scene.identity(namespace, identity, "Subject");
        scene.awaitEligible(namespace, identity);
        Api robot = scene.admin().as(scene.tokenOf(namespace, identity));
        Instant end = Instant.now().plusSeconds(kind == Kind.EXPIRY ? 15 : 3600).truncatedTo(ChronoUnit.SECONDS);
        Instant asked = Instant.now();
        scene.grant(namespace, grant, identity, "4h", "None", end);
        try {
            Scene.await(
                    "active",
                    GIVE_UP,
                    () -> Scene.phase(scene.grant(namespace, grant)).equals("Active"));
        } catch (IllegalStateException tooLate) {
            throw new IllegalStateException(
                    kind + " trial: " + grant + " did not become active: " + scene.grant(namespace, grant), tooLate);
        }
        if (kind == Kind.ACTIVATION) {
            Trial active = new Trial(asked, millis(asked, Instant.now()));
            revoke(namespace, grant);
            return active;
        }
        Instant from = end;
        if (kind == Kind.REVOCATION) {
            from = Instant.now();
            revoke(namespace, grant);
        } else if (kind == Kind.SUSPENSION) {
            from = Instant.now();
            scene.patch(namespace, "serviceidentities", identity, "{\"spec\": {\"state\": \"Suspended\"}}");
        }
        return new Trial(from, millis(from, firstRefusal(robot, namespace)));
    }

    private void revoke(String namespace, String grant) {
        scene.patch(namespace, "privilegegrants", grant, "{\"spec\": {\"revoked\": true, \"revokedBy\": \"admin\"}}");
    }

    /** Uses the privilege without a pause until it is refused. */
    private static Instant firstRefusal(Api robot, String namespace) {
        String path = "/api/v1/namespaces/" + namespace + "/configmaps/anything";
        Instant until = Instant.now().plus(GIVE_UP);
        while (robot.status(path) != 403) {
            if (Instant.now().isAfter(until)) {
                throw new IllegalStateException("the privilege still works after " + GIVE_UP);
            }
        }
        return Instant.now();
    }

    private static double millis(Instant from, Instant to) {
        return ChronoUnit.MICROS.between(from, to) / 1000.0;
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
                proofs + " ends proved p50",
                "p99",
                "goal p99");
        for (Kind kind : Kind.values()) {
            figures.row(
                    kind.text,
                    quantile(idle, kind, 0.5),
                    quantile(idle, kind, 0.99),
                    quantile(activating, kind, 0.5),
                    quantile(activating, kind, 0.99),
                    quantile(proving, kind, 0.5),
                    quantile(proving, kind, 0.99),
                    kind == Kind.ACTIVATION ? "≤ 1000" : "≤ 500");
        }
        figures.note(
                "Trials of each kind: %d idle, %d while activations are queued, %d while ends are proved, of expiries; kinds side by side, each in a namespace of its own.",
                idle.get(Kind.EXPIRY).size(),
                activating.get(Kind.EXPIRY).size(),
                proving.get(Kind.EXPIRY).size());
        figures.print();
    }

    private static Object quantile(Map<Kind, List<Double>> seen, Kind kind, double share) {
        List<Double> values = seen.get(kind);
        return values.isEmpty() ? "none" : Figures.quantile(values, share);
    }

    /** From the end of each grant to the status that says so, as somebody sees it who watches the grants. */
    private void endsToStatus() {
        String namespace = "bench-ends";
        scene.namespace(namespace);
        scene.identity(namespace, "robot", "Dedicated");
        scene.awaitEligible(namespace, "robot");
        Instant end = makeThatEndTogether(namespace, ends);
        Map<String, Double> ended = new HashMap<>();
        scene.watchGrants(namespace, grant -> {
            if (Scene.phase(grant).equals("Expired")) {
                ended.putIfAbsent(grant.path("metadata").path("name").asText(), millis(end, Instant.now()));
            }
            return ended.size() == ends;
        });
        List<Double> seenAt = List.copyOf(ended.values());
        Scene.await("bindings and Secrets are gone", GIVE_UP, () -> left(namespace) == 0);
        double gone = millis(end, Instant.now());
        var figures = new Figures(
                "P6b: " + ends + " ends at one instant", "milliseconds after the end", "p50", "p99", "goal", "max");
        figures.row(
                "status says Expired",
                Figures.quantile(seenAt, 0.5),
                Figures.quantile(seenAt, 0.99),
                "≤ 2000",
                Figures.quantile(seenAt, 1));
        figures.note("Bindings and Secrets of all of them were gone %.0f ms after the end.", gone);
        figures.print();
    }

    private int left(String namespace) {
        JsonNode bindings = scene.admin()
                .get("/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace
                        + "/rolebindings?labelSelector=lapse.dev%2Fgrant-uid");
        JsonNode secrets =
                scene.admin().get("/api/v1/namespaces/" + namespace + "/secrets?labelSelector=lapse.dev%2Fgrant-uid");
        return bindings.path("items").size() + secrets.path("items").size();
    }
}
