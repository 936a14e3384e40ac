package dev.lapse.access;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers as the RBAC authorizer does, for one author whose rules the test gives; its matching is Kubernetes' own. */
final class RbacOracle implements AccessOracle {
    private final Map<String, List<Rule>> byNamespace = new HashMap<>();
    private List<Rule> clusterWide = List.of();

    RbacOracle everywhere(List<Rule> rules) {
        clusterWide = rules;
        return this;
    }

    RbacOracle in(String namespace, List<Rule> rules) {
        byNamespace.put(namespace, rules);
        return this;
    }

    @Override
    public Answer ask(UserInfo who, Permission what, Optional<String> namespace) {
        boolean allowed = clusterWide.stream().anyMatch(rule -> allows(rule, what))
                || namespace.stream()
                        .flatMap(name -> byNamespace.getOrDefault(name, List.of()).stream())
                        .anyMatch(rule -> allows(rule, what));
        return allowed
                ? new Answer(Verdict.Allowed, "RBAC: allowed by RoleBinding \"b\"")
                : new Answer(Verdict.Denied, "");
    }

    private static boolean allows(Rule rule, Permission what) {
        return all(rule.verbs(), what.verb())
                && (what.isOnUrl()
                        ? rule.nonResourceURLs().stream().anyMatch(url -> allowsUrl(url, what.nonResourceUrl()))
                        : all(rule.apiGroups(), what.apiGroup())
                                && allowsResource(rule.resources(), what)
                                && (rule.resourceNames().isEmpty()
                                        || rule.resourceNames().contains(what.name())));
    }

    private static boolean all(List<String> values, String value) {
        return values.contains("*") || values.contains(value);
    }

    private static boolean allowsResource(List<String> resources, Permission what) {
        String combined = what.subresource().isEmpty() ? what.resource() : what.resource() + "/" + what.subresource();
        return all(resources, combined)
                || (!what.subresource().isEmpty() && resources.contains("*/" + what.subresource()));
    }

    private static boolean allowsUrl(String rule, String url) {
        return rule.equals("*")
                || rule.equals(url)
                || (rule.endsWith("*") && url.startsWith(rule.substring(0, rule.length() - 1)));
    }
}
