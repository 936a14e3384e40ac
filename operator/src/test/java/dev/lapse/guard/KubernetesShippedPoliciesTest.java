package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field of a policy counts, and what the API server fills in does not. */
class KubernetesShippedPoliciesTest {
    private final KubernetesShippedPolicies shipped = new KubernetesShippedPolicies();

    @ParameterizedTest
    @MethodSource("changes")
    void saysWhereAnInstalledPolicyDiffers(String place, Consumer<ValidatingAdmissionPolicy> change) {
        ValidatingAdmissionPolicy policy = grants();

        change.accept(policy);

        assertThat(shipped.differenceOf(policy)).contains(place);
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("spec.failurePolicy", policy -> policy.getSpec().setFailurePolicy("Ignore")),
                change("spec.paramKind", policy -> policy.getSpec().setParamKind(null)),
                change(
                        "spec.validations[0].expression",
                        policy -> policy.getSpec().getValidations().get(0).setExpression("true")),
                change(
                        "spec.validations",
                        policy -> policy.getSpec().getValidations().remove(0)),
                change(
                        "spec.matchConditions[0].expression",
                        policy -> policy.getSpec().getMatchConditions().get(0).setExpression("false")),
                change(
                        "spec.matchConstraints.matchPolicy",
                        policy -> policy.getSpec().getMatchConstraints().setMatchPolicy("Exact")),
                change(
                        "spec.matchConstraints.resourceRules[0].scope",
                        policy -> policy.getSpec()
                                .getMatchConstraints()
                                .getResourceRules()
                                .get(0)
                                .setScope("Cluster")),
                change("spec.unheardOf", policy -> policy.getSpec().setAdditionalProperty("unheardOf", "field")));
    }

    private static Arguments change(String place, Consumer<ValidatingAdmissionPolicy> change) {
        return Arguments.of(place, change);
    }

    @Test
    void takesWhatTheApiServerFillsInForNoDifference() {
        ValidatingAdmissionPolicy policy = grants();

        policy.getSpec().getMatchConstraints().setMatchPolicy("Equivalent");
        policy.getSpec().getMatchConstraints().getResourceRules().forEach(rule -> rule.setScope("*"));
        policy.getSpec().setFailurePolicy("Fail");
        policy.getMetadata().setGeneration(7L);
        policy.setAdditionalProperty("status", "whatever");

        assertThat(shipped.differenceOf(policy)).isEmpty();
    }

    /** Then it would match only namespaces with that label. */
    @Test
    void aLabelThatHasTheNameOfAFieldIsNoDefault() {
        ValidatingAdmissionPolicy principals = policy("20-guard-principals.yaml");

        principals
                .getSpec()
                .getMatchConstraints()
                .getNamespaceSelector()
                .getMatchLabels()
                .put("failurePolicy", "Fail");

        assertThat(shipped.differenceOf(principals))
                .contains("spec.matchConstraints.namespaceSelector.matchLabels.failurePolicy");
    }

    @Test
    void knowsNoOtherPolicy() {
        HasMetadata policy = grants();
        policy.getMetadata().setName("somebody-elses");

        assertThat(shipped.differenceOf(policy)).contains("spec");
    }

    private static ValidatingAdmissionPolicy grants() {
        return policy("20-guard-grants.yaml");
    }

    private static ValidatingAdmissionPolicy policy(String file) {
        return GuardedCluster.objects(GuardedCluster.manifests().resolve(file)).stream()
                .filter(ValidatingAdmissionPolicy.class::isInstance)
                .map(ValidatingAdmissionPolicy.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
