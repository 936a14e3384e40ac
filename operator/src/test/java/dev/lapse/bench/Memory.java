package dev.lapse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** P9: resident memory of the operator's process, empty and with many active grants. */
@Command(name = "p9")
final class Memory implements Callable<Integer> {
    private static final int NAMESPACES = 10;
    private static final int IDENTITIES = 10;
    private static final Duration QUIET = Duration.ofSeconds(20);

    @Mixin
    private Bench.Target target;

    @Option(names = "--grants", defaultValue = "10000")
    private int grants;

    /** Resident memory now and at its highest, in KiB. */
    private record Resident(long now, long highest) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Scene scene = target.scene();
        Scene.pause(QUIET);
        Resident empty = resident();
        Bench.say("empty: %s", mebibytes(empty.now));
        for (int n = 0; n < NAMESPACES; n++) {
            String namespace = "bench-" + n;
            scene.namespace(namespace);
            for (int i = 0; i < IDENTITIES; i++) {
                scene.identity(namespace, "robot-" + i, "Subject");
            }
            scene.awaitEligible(namespace, "robot-" + (IDENTITIES - 1));
        }
        Instant begin = Instant.now();
        Scene.inParallel(
                grants,
                i -> scene.grant(
                        "bench-" + i % NAMESPACES,
                        "g" + i,
                        "robot-" + i / NAMESPACES % IDENTITIES,
                        "4h",
                        "None",
                        begin.plus(Duration.ofHours(6))));
        Bench.say("created after %d s", Duration.between(begin, Instant.now()).toSeconds());
        awaitActive(scene);
        Bench.say("active after %d s", Duration.between(begin, Instant.now()).toSeconds());
        Scene.pause(QUIET);
        Resident full = resident();
        target.restartOperator();
        Scene.pause(QUIET);
        Resident restarted = resident();
        report(empty, full, restarted);
        return 0;
    }

    private void awaitActive(Scene scene) {
        Scene.await("all grants are active", Duration.ofMinutes(30), () -> {
            Scene.pause(Duration.ofSeconds(2));
            return IntStream.range(0, NAMESPACES)
                            .map(n -> scene.bindings("bench-" + n))
                            .sum()
                    == grants;
        });
    }

    private Resident resident() throws IOException {
        long now = 0;
        long highest = 0;
        for (String line : Files.readAllLines(Path.of("/proc", target.operatorPid(), "status"))) {
            if (line.startsWith("VmRSS:")) {
                now = kibibytes(line);
            } else if (line.startsWith("VmHWM:")) {
                highest = kibibytes(line);
            }
        }
        return new Resident(now, highest);
    }

    private static long kibibytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    private void report(Resident empty, Resident full, Resident restarted) {
        var figures = new Figures("P9: resident memory", "", "now", "goal", "highest", "for each grant", "goal");
        figures.row("empty", mebibytes(empty.now), "≤ 140 MiB", mebibytes(empty.highest), "", "");
        figures.row(
                grants + " active grants",
                mebibytes(full.now),
                "≤ 256 MiB",
                mebibytes(full.highest),
                each(full.now - empty.now),
                "≤ 12 KiB");
        figures.row(
                "the same, restarted",
                mebibytes(restarted.now),
                "",
                mebibytes(restarted.highest),
                each(restarted.now - empty.now),
                "");
        figures.note(
                "Subject, None; %d identities in %d namespaces, created eight in parallel; VmRSS and VmHWM of the process,"
                        + " %d s after the last activity. Resident memory follows the heap's limit more than what lives in it.",
                NAMESPACES * IDENTITIES, NAMESPACES, QUIET.toSeconds());
        figures.print();
    }

    private static String mebibytes(long kibibytes) {
        return String.format(Locale.ROOT, "%.0f MiB", kibibytes / 1024.0);
    }

    private String each(long kibibytes) {
        return String.format(Locale.ROOT, "%.1f KiB", (double) kibibytes / grants);
    }
}
