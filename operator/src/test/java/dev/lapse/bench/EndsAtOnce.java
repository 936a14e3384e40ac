package dev.lapse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapse.bench.AuditLog.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** P5: many grants that end at one instant, against a raw loop that deletes as many bindings; and what is left of them. */
@Command(name = "p5")
final class EndsAtOnce implements Callable<Integer> {
    private static final String NAMESPACE = "bench-ends";
    private static final int IDENTITIES = 20;

    /** One grant in so many has an account and a token as well, whose removal has to wait. */
    private static final int WITH_TOKEN = 20;

    @Mixin
    private Bench.Target target;

    @Option(names = "--grants", defaultValue = "1000")
    private int grants;

    @Option(names = "--pairs", defaultValue = "5")
    private int pairs;

    /**
     * @param lastBinding from the instant of the end to the answer to the last binding's deletion, in ms
     * @param tooEarly requests about credentials and statuses of these grants that came before it
     * @param wrong ended grants whose status or remains are not as they should be
     */
    private record Wave(double lastBinding, double reported, long tooEarly, long wrong) {}

    @Override
    public Integer call() {
        Scene scene = target.scene();
        AuditLog audit = target.audit();
        scene.namespace(NAMESPACE);
        for (int i = 0; i < IDENTITIES; i++) {
            scene.identity(NAMESPACE, "robot-" + i, "Subject");
            scene.identity(NAMESPACE, "courier-" + i, "Dedicated");
        }
        for (int i = 0; i < IDENTITIES; i++) {
            scene.awaitEligible(NAMESPACE, "robot-" + i);
            scene.awaitEligible(NAMESPACE, "courier-" + i);
        }
        var raw = new RawBindings(scene, audit, "bench-raw");
        Bench.say("a first small pair, not counted");
        wave(scene, audit, 100);
        raw.deleteAll(100);
        var figures = new Figures(
                "P5: " + grants + " grants ending at one instant",
                "pair",
                "last binding gone, ms",
                "raw loop, ms",
                "ratio",
                "too early",
                "wrong",
                "all reported, s");
        List<Double> ratios = new ArrayList<>();
        long faults = 0;
        for (int pair = 1; pair <= pairs; pair++) {
            // Who goes first alternates, so that neither always finds the other's leftovers.
            double before = pair % 2 == 0 ? raw.deleteAll(grants) : 0;
            Wave wave = wave(scene, audit, grants);
            double loop = pair % 2 == 0 ? before : raw.deleteAll(grants);
            ratios.add(wave.lastBinding / loop);
            faults += wave.tooEarly + wave.wrong;
            figures.row(
                    pair,
                    Math.round(wave.lastBinding),
                    Math.round(loop),
                    ratio(wave.lastBinding / loop),
                    wave.tooEarly,
                    wave.wrong,
                    wave.reported / 1000);
            Bench.say("pair %d of %d: %s", pair, pairs, ratio(wave.lastBinding / loop));
        }
        figures.note(
                "Ratio: median %s, minimum %s, maximum %s; goal ≤ 1.25.",
                ratio(Figures.quantile(ratios, 0.5)),
                ratio(Figures.quantile(ratios, 0)),
                ratio(Figures.quantile(ratios, 1)));
        figures.note(
                "One grant in %d has an account and a token (Dedicated, Token), the others a binding only (Subject, None);"
                        + " %d identities, one namespace. The raw loop deletes as many bare bindings, by UID, eight in"
                        + " parallel. Both times end with the answer to the last deletion in the audit log. Too early:"
                        + " deletions of accounts and Secrets and writes of status of these grants before the last binding was"
                        + " gone; goal 0. Wrong: grants that are not Expired with effectiveAt and verifiedAt and without"
                        + " finalizer, and objects that are left; goal 0. All reported: until the last status was written.",
                WITH_TOKEN, 2 * IDENTITIES);
        figures.print();
        return faults == 0 ? 0 : 1;
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private Wave wave(Scene scene, AuditLog audit, int count) {
        Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(30 + count / 15);
        Bench.say("%d grants that end at %s", count, end);
        Scene.inParallel(count, i -> {
            boolean token = i % WITH_TOKEN == 0;
            String identity = (token ? "courier-" : "robot-") + i / WITH_TOKEN % IDENTITIES;
            scene.grant(NAMESPACE, "g" + i, identity, "4h", token ? "Token" : "None", end);
        });
        Duration left = Duration.between(Instant.now(), end);
        Scene.await("all grants are active before their end", left, () -> scene.bindings(NAMESPACE) == count);
        Scene.pause(Duration.between(Instant.now(), end).minusSeconds(1));
        long begin = audit.end();
        Scene.await("all grants have ended", Duration.ofMinutes(10), () -> scene.bindings(NAMESPACE) == 0);
        Scene.await("all ends are reported", Duration.ofMinutes(20), () -> allReleased(scene, count));
        List<Request> requests = audit.since(begin, AuditLog.OPERATOR);
        Wave wave = wave(scene, requests, end, count);
        scene.deleteGrants(NAMESPACE);
        Scene.await("the grants are gone", () -> scene.grants(NAMESPACE).isEmpty());
        return wave;
    }

    private static boolean allReleased(Scene scene, int count) {
        Scene.pause(Duration.ofMillis(500));
        JsonNode grants = scene.grants(NAMESPACE);
        return grants.size() == count
                && StreamSupport.stream(grants.spliterator(), false)
                        .allMatch(grant -> Scene.phase(grant).equals("Expired") && Scene.released(grant));
    }

    private static Wave wave(Scene scene, List<Request> requests, Instant end, int count) {
        List<Request> bindings = requests.stream()
                .filter(request -> request.kind().equals("delete rolebindings"))
                .filter(request -> request.code() == 200)
                .toList();
        if (bindings.size() != count) {
            throw new IllegalStateException(
                    bindings.size() + " bindings were deleted for " + count + " grants, see the audit log");
        }
        Instant last = bindings.stream()
                .map(Request::answered)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        var later = Set.of("delete serviceaccounts", "delete secrets", "update privilegegrants/status");
        List<Request> others = requests.stream()
                .filter(request -> later.contains(request.kind()))
                .toList();
        Instant reported = others.stream()
                .map(Request::answered)
                .max(Comparator.naturalOrder())
                .orElse(last);
        return new Wave(
                millis(end, last),
                millis(end, reported),
                others.stream()
                        .filter(request -> request.received().isBefore(last))
                        .count(),
                wrong(scene, end) + scene.leftovers());
    }

    /** Grants whose record of the end is not what happened; the first is shown. */
    private static long wrong(Scene scene, Instant end) {
        List<JsonNode> wrong = StreamSupport.stream(scene.grants(NAMESPACE).spliterator(), false)
                .map(grant -> grant.path("status").path("end"))
                .filter(told -> !right(told, end))
                .toList();
        wrong.stream().findFirst().ifPresent(told -> Bench.say("not as it should be: %s", told));
        return wrong.size();
    }

    private static boolean right(JsonNode told, Instant end) {
        String effective = told.path("effectiveAt").asText("");
        return !effective.isEmpty()
                && !Instant.parse(effective).isBefore(end)
                && !told.path("verifiedAt").isMissingNode()
                && told.path("cause").asText().equals("Expired")
                && told.path("residual").isEmpty();
    }

    private static double millis(Instant from, Instant to) {
        return ChronoUnit.MICROS.between(from, to) / 1000.0;
    }
}
