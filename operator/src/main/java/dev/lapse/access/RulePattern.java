package dev.lapse.access;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What a risk looks like in a rule: one of these verbs, in this API group, on one of these resources. */
record RulePattern(Set<String> verbs, String apiGroup, List<String> resources) implements Predicate<Rule> {
    static final String ALL = "*";

    /** The verbs of a pattern that is still without its resources. */
    record Verbs(Set<String> verbs) {
        /** @param apiGroup {@code *} for any; the empty string is the core group, as in rules */
        RulePattern on(String apiGroup, String... resources) {
            return new RulePattern(verbs, apiGroup, List.of(resources));
        }
    }

    static Verbs verbs(String... verbs) {
        return new Verbs(Set.of(verbs));
    }

    static Verbs anyVerb() {
        return verbs(ALL);
    }

    static Verbs writes() {
        return verbs("create", "update", "patch", "delete", "deletecollection");
    }

    @Override
    public boolean test(Rule rule) {
        return rule.verbs().stream().anyMatch(verb -> verbs.stream().anyMatch(mine -> same(verb, mine)))
                && rule.apiGroups().stream().anyMatch(group -> same(group, apiGroup))
                && rule.resources().stream()
                        .anyMatch(theirs -> resources.stream().anyMatch(mine -> covers(theirs, mine)));
    }

    /** Wider than RBAC, where {@code pods/*} means nothing: its author meant all subresources. */
    static boolean covers(String theirs, String mine) {
        if (theirs.equals(ALL)) {
            return true;
        }
        String[] their = theirs.split("/", 2);
        String[] my = mine.split("/", 2);
        return their.length == my.length && same(their[0], my[0]) && (my.length == 1 || same(their[1], my[1]));
    }

    private static boolean same(String theirs, String mine) {
        return theirs.equals(mine) || theirs.equals(ALL) || mine.equals(ALL);
    }
}
