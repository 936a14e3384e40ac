package dev.lapse.access;

import java.util.ArrayList;
import java.util.List;

/** Names what a set of rules says, whatever order it is written in. */
public final class RulesHash {
    private RulesHash() {}

    public static String of(List<Rule> rules) {
        return ContentHash.of(
                rules.stream().map(RulesHash::of).distinct().sorted().toArray(String[]::new));
    }

    private static String of(Rule rule) {
        List<String> parts = new ArrayList<>();
        for (List<String> list : List.of(
                rule.apiGroups(), rule.resources(), rule.verbs(), rule.resourceNames(), rule.nonResourceURLs())) {
            // The size keeps the last value of one list from reading as the first of the next.
            parts.add(Integer.toString(list.size()));
            parts.addAll(list);
        }
        return ContentHash.of(parts.toArray(String[]::new));
    }
}
