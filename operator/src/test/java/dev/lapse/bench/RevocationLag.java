package dev.lapse.bench;

import dev.lapse.bench.AuditLog.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** P4: how long after its end a privilege still works, seen by whoever has it; one end at a time, nothing else going on. */
@Command(name = "p4")
final class RevocationLag implements Callable<Integer> {
    private static final String NAMESPACE = "bench-lag";
    private static final Duration POLL_BEFORE = Duration.ofMillis(150);
    private static final Duration GIVE_UP = Duration.ofSeconds(30);

    @Mixin
    private Bench.Target target;

    @Option(names = "--trials", defaultValue = "200")
    private int trials;

    @Option(names = "--pause", defaultValue = "1", description = "Seconds between two ends.")
    private int pause;

    @Option(names = "--lifetime", defaultValue = "5", description = "Seconds from a grant's creation to its end.")
    private int lifetime;

    /** @param lag from the end to the first refusal seen, in ms; negative if it was refused early */
    private record Trial(String binding, Instant end, double lag) {}

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        Scene scene = target.scene();
        AuditLog audit = target.audit();
        scene.namespace(NAMESPACE);
        int accounts = lifetime / pause + 2;
        for (int i = 0; i < accounts; i++) {
            scene.identity(NAMESPACE, "robot-" + i, "Subject");
        }
        List<Api> robots = new ArrayList<>();
        for (int i = 0; i < accounts; i++) {
            scene.awaitEligible(NAMESPACE, "robot-" + i);
            robots.add(scene.admin().as(scene.tokenOf(NAMESPACE, "robot-" + i)));
        }
        Bench.say("%d trials, one each %d s", trials, pause);
        long begin = audit.end();
        List<Trial> seen = run(scene, robots);
        if (seen.isEmpty()) {
            throw new IllegalStateException("no grant became active, for example " + scene.grant(NAMESPACE, "g0"));
        }
        report(seen, onTheWay(seen, audit.since(begin, AuditLog.OPERATOR)));
        return seen.stream().anyMatch(trial -> trial.lag < 0) ? 1 : 0;
    }

    /** The ends lie on whole seconds, the creations half-way between two ends. */
    private List<Trial> run(Scene scene, List<Api> robots) throws InterruptedException, ExecutionException {
        Instant first = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(lifetime + 3L);
        Duration early = Duration.ofSeconds(lifetime).minusMillis(pause * 500L);
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(4);
        try {
            List<Future<Optional<Trial>>> running = new ArrayList<>();
            for (int i = 0; i < trials; i++) {
                int trial = i;
                Instant end = first.plusSeconds((long) i * pause);
                int robot = i % robots.size();
                Future<String> uid = at(
                        timer,
                        end.minus(early),
                        () -> scene.grant(NAMESPACE, "g" + trial, "robot-" + robot, "4h", "None", end)
                                .path("metadata")
                                .path("uid")
                                .asText());
                running.add(at(
                        timer,
                        end.minus(POLL_BEFORE),
                        () -> watchTheEnd(robots.get(robot), "lapse-" + uid.get(), end)));
            }
            List<Trial> seen = new ArrayList<>();
            for (int i = 0; i < trials; i++) {
                running.get(i).get().ifPresent(seen::add);
                if ((i + 1) % 25 == 0) {
                    Bench.say("  %d of %d", i + 1, trials);
                }
            }
            return seen;
        } finally {
            timer.shutdownNow();
        }
    }

    private static <T> Future<T> at(ScheduledExecutorService timer, Instant when, Callable<T> task) {
        return timer.schedule(task, Duration.between(Instant.now(), when).toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Uses the privilege without a pause until it is refused; nothing if it was not there yet. */
    private static Optional<Trial> watchTheEnd(Api robot, String binding, Instant end) {
        String path = "/api/v1/namespaces/" + NAMESPACE + "/configmaps/anything";
        // 404: allowed to read what is not there.
        if (robot.status(path) != 404) {
            return Optional.empty();
        }
        Instant until = end.plus(GIVE_UP);
        while (true) {
            int code = robot.status(path);
            Instant now = Instant.now();
            if (code == 403) {
                return Optional.of(new Trial(binding, end, ChronoUnit.MICROS.between(end, now) / 1000.0));
            }
            if (code != 404 || now.isAfter(until)) {
                throw new IllegalStateException(binding + " still answers " + code + " at " + now);
            }
        }
    }

    /** How long after the end the API server had the deletion of the binding in its hands, in ms. */
    private static List<Double> onTheWay(List<Trial> trials, List<Request> requests) {
        Map<String, Instant> deletions = new HashMap<>();
        requests.stream()
                .filter(request -> request.kind().equals("delete rolebindings"))
                .forEach(request -> deletions.putIfAbsent(request.name(), request.received()));
        return trials.stream()
                .filter(trial -> deletions.containsKey(trial.binding))
                .map(trial -> ChronoUnit.MICROS.between(trial.end, deletions.get(trial.binding)) / 1000.0)
                .toList();
    }

    private void report(List<Trial> trials, List<Double> arrived) {
        List<Double> lags = trials.stream().map(Trial::lag).toList();
        var figures = new Figures(
                "P4: revocation lag, idle", "milliseconds after the end", "p50", "goal", "p99", "goal", "max", "early");
        figures.row(
                "first 403 seen",
                Figures.quantile(lags, 0.5),
                "≤ 25",
                Figures.quantile(lags, 0.99),
                "≤ 100",
                Figures.quantile(lags, 1),
                lags.stream().filter(lag -> lag < 0).count());
        figures.row(
                "deletion at the API server",
                Figures.quantile(arrived, 0.5),
                "",
                Figures.quantile(arrived, 0.99),
                "",
                Figures.quantile(arrived, 1),
                arrived.stream().filter(lag -> lag < 0).count());
        figures.note(
                "%d trials, one end each %d s, grants %d s old; a prober outside the operator uses the privilege without a"
                        + " pause over a kept-alive connection. The second row is from the audit log.",
                trials.size(), pause, lifetime);
        if (trials.size() < this.trials) {
            figures.note(
                    "%d more were not active shortly before their end and are not counted.",
                    this.trials - trials.size());
        }
        figures.print();
    }
}
