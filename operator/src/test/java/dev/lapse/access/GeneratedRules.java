package dev.lapse.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Rules from a small vocabulary, so that generated roles overlap, cover and almost cover each other. */
final class GeneratedRules {
    private static final List<String> VERBS = List.of("*", "create", "delete", "get", "list", "update");
    private static final List<String> GROUPS = List.of("", "*", "apps", "lapse.dev");
    private static final List<String> RESOURCES =
            List.of("*", "*/scale", "deployments", "deployments/scale", "pods", "pods/*", "pods/exec", "secrets");
    private static final List<String> NAMES = List.of("", "a", "b", "c");
    private static final List<String> URLS = List.of("*", "/*", "/api", "/api/*", "/metrics");

    private final Random random;

    GeneratedRules(Random random) {
        this.random = random;
    }

    List<Rule> next(int most) {
        return IntStream.range(0, random.nextInt(most + 1))
                .mapToObj(i -> rule())
                .toList();
    }

    private Rule rule() {
        return random.nextInt(5) == 0
                ? new Rule(List.of(), List.of(), some(VERBS, 1), List.of(), some(URLS, 1))
                : new Rule(
                        some(GROUPS, 1),
                        some(RESOURCES, 1),
                        some(VERBS, 1),
                        random.nextInt(3) == 0 ? some(NAMES, 1) : List.of(),
                        List.of());
    }

    private List<String> some(List<String> values, int least) {
        List<String> chosen = new ArrayList<>();
        int count = least + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            chosen.add(values.get(random.nextInt(values.size())));
        }
        return chosen;
    }
}
