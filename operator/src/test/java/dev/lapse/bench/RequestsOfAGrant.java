package dev.lapse.bench;

import dev.lapse.bench.AuditLog.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** P3: how many requests the operator sends for one grant, from its creation to the release of its finalizer. */
@Command(name = "p3")
final class RequestsOfAGrant implements Callable<Integer> {
    private static final Duration QUIET = Duration.ofMillis(1500);

    @Mixin
    private Bench.Target target;

    @Option(names = "--grants", defaultValue = "20")
    private int grants;

    private enum Shape {
        BINDING("binding only", "Subject", "None", 6),
        TOKEN("binding, token", "Subject", "Token", 10),
        ACCOUNT("binding, token, account", "Dedicated", "Token", 12);

        final String text;
        final String principal;
        final String credential;
        final int goal;

        Shape(String text, String principal, String credential, int goal) {
            this.text = text;
            this.principal = principal;
            this.credential = credential;
            this.goal = goal;
        }

        String namespace() {
            return "bench-" + name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where a request belongs in the count. */
    private enum Share {
        GRANT,
        REVIEW,
        EVENT,
        IDENTITY,
        SHARED;

        static Share of(Request request) {
            if (request.resource().equals("leases") || request.verb().equals("watch") || request.dryRun()) {
                return SHARED;
            }
            return switch (request.resource()) {
                case "subjectaccessreviews" -> REVIEW;
                case "events" -> EVENT;
                case "serviceidentities", "serviceidentities/status" -> IDENTITY;
                default -> GRANT;
            };
        }
    }

    @Override
    public Integer call() {
        Scene scene = target.scene();
        AuditLog audit = target.audit();
        var figures = new Figures(
                "P3: requests of a grant's whole life",
                "grant",
                "requests",
                "goal",
                "of them GET, LIST",
                "refused",
                "SubjectAccessReviews",
                "Events",
                "identity's status");
        var lists = new StringBuilder();
        for (Shape shape : Shape.values()) {
            Bench.say("%d grants one after another: %s", grants, shape.text);
            List<Request> requests = liveAndEnd(scene, audit, shape);
            Map<Share, List<Request>> shares = requests.stream().collect(Collectors.groupingBy(Share::of));
            List<Request> own = shares.getOrDefault(Share.GRANT, List.of());
            figures.row(
                    shape.text,
                    each(own.size()),
                    "≤ " + shape.goal,
                    each(count(own, request -> List.of("get", "list").contains(request.verb()))),
                    each(count(own, request -> request.code() >= 400)),
                    each(shares.getOrDefault(Share.REVIEW, List.of()).size()),
                    each(shares.getOrDefault(Share.EVENT, List.of()).size()),
                    each(shares.getOrDefault(Share.IDENTITY, List.of()).size()));
            lists.append("\n- ").append(shape.text).append(": ").append(byKind(own));
        }
        figures.note(
                "Averages of %d grants one after another, each of them active for 2 s; a role of one rule in one namespace"
                        + " (a SubjectAccessReview is asked for each rule after the end). Counted from the audit log. Not counted:"
                        + " leases, watches and the dry runs that prove the guard. The requests:%s",
                grants, lists);
        figures.print();
        return 0;
    }

    private List<Request> liveAndEnd(Scene scene, AuditLog audit, Shape shape) {
        String namespace = shape.namespace();
        scene.namespace(namespace);
        scene.identity(namespace, "robot", shape.principal);
        scene.awaitEligible(namespace, "robot");
        one(scene, shape, "first");
        Scene.pause(QUIET);
        long begin = audit.end();
        for (int i = 0; i < grants; i++) {
            one(scene, shape, "g" + i);
        }
        Scene.pause(QUIET);
        return audit.since(begin, AuditLog.OPERATOR);
    }

    private static void one(Scene scene, Shape shape, String name) {
        scene.grant(
                shape.namespace(),
                name,
                "robot",
                "2s",
                shape.credential,
                Instant.now().plusSeconds(60));
        Scene.await(
                "grant " + name + " is active",
                () -> Scene.phase(scene.grant(shape.namespace(), name)).equals("Active"));
        Scene.await("grant " + name + " has ended and is released", () -> {
            var grant = scene.grant(shape.namespace(), name);
            return Scene.phase(grant).equals("Expired") && Scene.released(grant);
        });
    }

    private static long count(List<Request> requests, java.util.function.Predicate<Request> fits) {
        return requests.stream().filter(fits).count();
    }

    private String each(long count) {
        return String.format(Locale.ROOT, "%.1f", (double) count / grants);
    }

    private String byKind(List<Request> requests) {
        Map<String, Long> counted =
                requests.stream().collect(Collectors.groupingBy(Request::kind, TreeMap::new, Collectors.counting()));
        return counted.entrySet().stream()
                .map(kind -> each(kind.getValue()) + " " + kind.getKey())
                .collect(Collectors.joining(", "));
    }
}
