package dev.lapse.access;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One rule of a role as a value: no nulls, sorted, without duplicates. */
public record Rule(
        List<String> apiGroups,
        List<String> resources,
        List<String> verbs,
        List<String> resourceNames,
        List<String> nonResourceURLs) {

    public Rule {
        apiGroups = sorted(apiGroups);
        resources = sorted(resources);
        verbs = sorted(verbs);
        resourceNames = sorted(resourceNames);
        nonResourceURLs = sorted(nonResourceURLs);
    }

    public static Rule of(PolicyRule rule) {
        return new Rule(
                parsed(rule.getApiGroups()),
                parsed(rule.getResources()),
                parsed(rule.getVerbs()),
                parsed(rule.getResourceNames()),
                parsed(rule.getNonResourceURLs()));
    }

    /** The rules of a role; a role without any has {@code null} where its list would be. */
    public static List<Rule> of(@Nullable List<PolicyRule> rules) {
        return rules == null
                ? List.of()
                : rules.stream().filter(Objects::nonNull).map(Rule::of).toList();
    }

    private static List<String> parsed(@Nullable Collection<String> values) {
        return values == null
                ? List.of()
                : values.stream().filter(Objects::nonNull).toList();
    }

    private static List<String> sorted(Collection<String> values) {
        return values.stream().distinct().sorted().toList();
    }
}
