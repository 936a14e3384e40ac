package dev.lapse.bench;

import dev.lapse.bench.AuditLog.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** P6, its second table: many grants that end at one instant, from there to the status that says so. */
@Command(name = "p6b")
final class EndsToStatus implements Callable<Integer> {
    private static final Duration GIVE_UP = Duration.ofSeconds(60);

    @Mixin
    private Bench.Target target;

    @Option(names = "--ends", defaultValue = "300", description = "How many grants end at once.")
    private int ends;

    @Option(names = "--rounds", defaultValue = "3", description = "How often, each in a namespace of its own.")
    private int rounds;

    @Override
    public Integer call() {
        var figures = new Figures(
                "P6b: " + ends + " ends at one instant",
                "milliseconds after the end: round",
                "status says Expired, p50",
                "p99",
                "goal",
                "max",
                "accounts, bindings, Secrets gone",
                "goal",
                "proved, p99",
                "raw loop",
                "p99 to raw loop");
        Map<String, Integer> requests = new TreeMap<>();
        Scene scene = target.scene();
        var raw = new RawEnds(scene, "bench-raw");
        for (int round = 1; round <= rounds; round++) {
            round(scene, raw, round, figures, requests);
        }
        figures.note(
                "Each has an account and a token (Dedicated, Token). As somebody sees it who watches grants, accounts and Secrets."
                        + " The first round is that of a process that has just begun.");
        figures.note(
                "Raw loop: the same four writes for each end by the smallest client, eight in parallel: the API server needs that"
                        + " long alone, without a watch, a proof or an Event.");
        figures.note(
                "Requests of the operator in the 10 s after the end, of all rounds, for each grant: %s.",
                requests.entrySet().stream()
                        .map(kind -> "%s %.1f".formatted(kind.getKey(), kind.getValue() / (double) (ends * rounds)))
                        .collect(Collectors.joining(", ")));
        figures.print();
        return 0;
    }

    private void round(Scene scene, RawEnds raw, int round, Figures figures, Map<String, Integer> requests) {
        String namespace = "bench-ends-" + round;
        AuditLog audit = target.audit();
        scene.namespace(namespace);
        scene.identity(namespace, "robot", "Dedicated");
        scene.awaitEligible(namespace, "robot");
        Bench.say("%s: %d grants that end together", namespace, ends);
        Instant end = scene.thatEndTogether(namespace, "robot", ends);
        Scene.pause(Duration.between(Instant.now(), end).minusSeconds(1));
        long begin = audit.end();
        Map<String, Double> ended = new HashMap<>();
        Map<String, Double> proved = new HashMap<>();
        scene.watchGrants(namespace, grant -> {
            String name = grant.path("metadata").path("name").asText();
            if (Scene.phase(grant).equals("Expired")) {
                ended.putIfAbsent(name, millis(end, Instant.now()));
            }
            if (!grant.path("status").path("end").path("verifiedAt").isMissingNode()) {
                proved.putIfAbsent(name, millis(end, Instant.now()));
            }
            return proved.size() == ends;
        });
        Scene.await("10 s after the end", GIVE_UP, () -> !Instant.now().isBefore(end.plusSeconds(10)));
        Scene.await("nothing is left", GIVE_UP, () -> scene.leftovers() == 0);
        List<Request> sent = audit.since(begin, AuditLog.OPERATOR);
        List<Double> seenAt = List.copyOf(ended.values());
        double loop = raw.end(ends, scene.grant(namespace, "g0"));
        figures.row(
                round,
                Figures.quantile(seenAt, 0.5),
                Figures.quantile(seenAt, 0.99),
                "≤ 2000",
                Figures.quantile(seenAt, 1),
                lastDeletion(sent, end),
                "≤ 2000",
                Figures.quantile(List.copyOf(proved.values()), 0.99),
                loop,
                Figures.quantile(seenAt, 0.99) / loop);
        sent.forEach(request -> requests.merge(request.kind(), 1, Integer::sum));
    }

    private static double lastDeletion(List<Request> sent, Instant end) {
        return sent.stream()
                .filter(request -> request.verb().equals("delete"))
                .mapToDouble(request -> millis(end, request.answered()))
                .max()
                .orElseThrow();
    }

    private static double millis(Instant from, Instant to) {
        return ChronoUnit.MICROS.between(from, to) / 1000.0;
    }
}
