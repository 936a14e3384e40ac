package dev.lapse.access;

import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.api.v1alpha1.StatusText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out after an end whether the privilege is gone, and if not, what still gives it. */
public final class AccessVerification {
    private static final int MOST_RESIDUAL = 16;
    private static final List<String> COMMON_VERBS = List.of("get", "create", "update", "delete");
    private static final List<String> COMMON_RESOURCES = List.of("pods", "secrets", "configmaps");

    private AccessVerification() {}

    /**
     * Asks the same sample of questions in each namespace. If one gets no answer, the rest of that namespace is not
     * asked, because those questions would most likely get none either.
     *
     * @param namespaces empty for cluster-wide
     * @param most the most questions for one namespace
     */
    public static ResidualAccess check(
            UserInfo principal, List<Rule> rules, List<String> namespaces, int most, AccessOracle oracle) {
        List<Rule> given = toAsk(rules, namespaces.isEmpty());
        List<Permission> sample = AccessQuestions.sample(given, most);
        List<Optional<String>> places = namespaces.isEmpty()
                ? List.of(Optional.empty())
                : namespaces.stream().map(Optional::of).toList();
        Set<String> residual = new LinkedHashSet<>();
        int asked = 0;
        boolean undecided = false;
        for (Optional<String> place : places) {
            for (Permission permission : sample) {
                Answer answer = oracle.ask(principal, permission, permission.isOnUrl() ? Optional.empty() : place);
                if (answer.verdict() == Verdict.Unknown) {
                    undecided = true;
                    break;
                }
                asked++;
                if (answer.verdict() == Verdict.Allowed) {
                    residual.add(text(answer, permission, place));
                }
            }
        }
        return new ResidualAccess(
                asked,
                total(given, most, places.size()),
                residual.stream().limit(MOST_RESIDUAL).toList(),
                undecided);
    }

    private static List<Rule> toAsk(List<Rule> rules, boolean clusterWide) {
        // A RoleBinding gives no rights on URLs, so a right on a URL never came from the privilege that ended.
        List<Rule> given = new ArrayList<>(
                clusterWide
                        ? rules
                        : rules.stream().map(AccessVerification::withoutUrls).toList());
        rules.stream()
                .filter(RiskyPermission.Wildcard::isIn)
                .map(AccessVerification::example)
                .forEach(given::add);
        return given;
    }

    /**
     * A question for {@code *} gets yes only from a wildcard. To find narrower rights that are left, the question uses
     * an example.
     */
    private static Rule example(Rule rule) {
        boolean core =
                rule.apiGroups().contains(RulePattern.ALL) || rule.apiGroups().contains("");
        return new Rule(
                examples(rule.apiGroups(), List.of("")),
                core ? examples(rule.resources(), COMMON_RESOURCES) : rule.resources(),
                examples(rule.verbs(), COMMON_VERBS),
                rule.resourceNames(),
                List.of());
    }

    private static List<String> examples(List<String> values, List<String> ofWildcard) {
        return values.contains(RulePattern.ALL) ? ofWildcard : values;
    }

    private static Rule withoutUrls(Rule rule) {
        return new Rule(rule.apiGroups(), rule.resources(), rule.verbs(), rule.resourceNames(), List.of());
    }

    /** How many questions there are. Beyond {@code most} a permission that is written twice counts twice. */
    private static int total(List<Rule> rules, int most, int places) {
        int upToOneMore = AccessQuestions.sample(rules, most + 1).size();
        long each = upToOneMore <= most ? upToOneMore : Combinations.count(rules);
        return (int) Math.min(Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, each) * places);
    }

    private static String text(Answer answer, Permission permission, Optional<String> place) {
        // An authorizer need not give a reason; its yes must be shown all the same.
        String text = answer.reason().isBlank()
                ? "allowed without a reason: " + permission.describe()
                        + place.map(namespace -> " in namespace " + namespace).orElse("")
                : answer.reason();
        return StatusText.fit(text, StatusText.WORD);
    }
}
