package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleTest {

    @Test
    void isSortedAndWithoutDuplicatesHoweverItWasWritten() {
        PolicyRule written = new PolicyRuleBuilder()
                .withApiGroups("apps", "")
                .withResources("pods", "deployments", "pods")
                .withVerbs("list", "get", "list")
                .withResourceNames("b", "a")
                .build();

        Rule rule = Rule.of(written);

        assertThat(rule)
                .isEqualTo(new Rule(
                        List.of("", "apps"),
                        List.of("deployments", "pods"),
                        List.of("get", "list"),
                        List.of("a", "b"),
                        List.of()));
    }

    @Test
    void hasNoNullsWhereTheObjectHas() {
        PolicyRule written = new PolicyRule(null, null, null, null, Arrays.asList("get", null));

        Rule rule = Rule.of(written);

        assertThat(rule).isEqualTo(new Rule(List.of(), List.of(), List.of("get"), List.of(), List.of()));
    }

    @Test
    void aRoleHasItsRulesInTheirOrder() {
        PolicyRule pods = new PolicyRuleBuilder().withResources("pods").build();
        PolicyRule nodes = new PolicyRuleBuilder().withResources("nodes").build();

        assertThat(Rule.of(Arrays.asList(pods, null, nodes))).containsExactly(Rule.of(pods), Rule.of(nodes));
    }

    @Test
    void aRoleWithoutRulesHasNone() {
        assertThat(Rule.of((List<PolicyRule>) null)).isEmpty();
    }
}
