package dev.lapse.access;

import java.util.List;

/**
 * What the API server checks before it lets somebody bind a role whose rules it compares, written again from its source.
 *
 * @see <a href="https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go">
 *     policy_comparator.go</a>
 */
final class KubernetesEscalationCheck {
    private KubernetesEscalationCheck() {}

    static boolean covers(List<Rule> held, List<Rule> wanted) {
        return wanted.stream().allMatch(rule -> covers(held, rule));
    }

    private static boolean covers(List<Rule> held, Rule wanted) {
        for (String verb : wanted.verbs()) {
            for (String url : wanted.nonResourceURLs()) {
                if (held.stream().noneMatch(rule -> coversUrl(rule, verb, url))) {
                    return false;
                }
            }
            for (String group : wanted.apiGroups()) {
                for (String resource : wanted.resources()) {
                    if (!coversNames(held, verb, group, resource, wanted.resourceNames())) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean coversNames(
            List<Rule> held, String verb, String group, String resource, List<String> names) {
        List<Rule> matching = held.stream()
                .filter(rule -> has(rule.verbs(), verb)
                        && has(rule.apiGroups(), group)
                        && coversResource(rule.resources(), resource))
                .toList();
        return names.isEmpty()
                ? matching.stream().anyMatch(rule -> rule.resourceNames().isEmpty())
                : names.stream()
                        .allMatch(name -> matching.stream()
                                .anyMatch(rule -> rule.resourceNames().isEmpty()
                                        || rule.resourceNames().contains(name)));
    }

    private static boolean coversUrl(Rule rule, String verb, String url) {
        return has(rule.verbs(), verb)
                && rule.nonResourceURLs().stream()
                        .anyMatch(mine -> mine.equals("*")
                                || mine.equals(url)
                                || (mine.endsWith("*") && url.startsWith(mine.substring(0, mine.length() - 1))));
    }

    private static boolean coversResource(List<String> held, String wanted) {
        return has(held, wanted)
                || (wanted.contains("/") && held.contains("*/" + wanted.substring(wanted.indexOf('/') + 1)));
    }

    private static boolean has(List<String> values, String value) {
        return values.contains("*") || values.contains(value);
    }
}
