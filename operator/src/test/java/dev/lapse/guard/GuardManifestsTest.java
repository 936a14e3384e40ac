package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The shipped manifests and the code that expects them say the same. */
class GuardManifestsTest {
    private final List<ValidatingAdmissionPolicy> policies = shipped(ValidatingAdmissionPolicy.class);
    private final List<ValidatingAdmissionPolicyBinding> bindings = shipped(ValidatingAdmissionPolicyBinding.class);

    @Test
    void shipEveryBindingTheOperatorExpectsAndNoOther() {
        Map<String, String> shipped = bindings.stream()
                .collect(Collectors.toMap(
                        binding -> binding.getMetadata().getName(),
                        binding -> binding.getSpec().getPolicyName()));

        assertThat(shipped).isEqualTo(GuardEpoch.POLICY_OF_BINDING);
        assertThat(policies)
                .extracting(policy -> policy.getMetadata().getName())
                .containsExactlyInAnyOrderElementsOf(
                        Map.copyOf(shipped).values().stream().distinct().toList());
    }

    @Test
    void readNoParameterWhoseChangeWouldBeginNoEpoch() {
        List<ValidatingAdmissionPolicy> others = policies.stream()
                .filter(policy -> !policy.getMetadata().getName().equals("lapse-operator-reach"))
                .toList();

        assertThat(parametersReadBy(others)).isEqualTo(GuardEpoch.READ_BY_POLICIES);
    }

    @Test
    void readWhatSaysHowFarTheOperatorReachesInNoPolicyThatProvesNames() {
        Set<String> read = parametersReadBy(policies);

        read.removeAll(GuardEpoch.READ_BY_POLICIES);

        assertThat(read).isEqualTo(GuardEpoch.READ_FOR_THE_OPERATORS_REACH);
    }

    private static Set<String> parametersReadBy(List<ValidatingAdmissionPolicy> some) {
        return Pattern.compile("params\\.data(?:\\.|\\[.)(\\w+)")
                .matcher(some.toString())
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void haveNoPartThatTheOperatorWouldFindTooWeak() {
        assertThat(policies)
                .allSatisfy(policy ->
                        assertThat(policy.getSpec().getFailurePolicy()).isEqualTo("Fail"))
                .allSatisfy(
                        policy -> assertThat(KubernetesGuardParts.fault(policy)).isEmpty());
        assertThat(bindings)
                .allSatisfy(binding ->
                        assertThat(binding.getSpec().getValidationActions()).containsExactly("Deny"))
                .allSatisfy(binding ->
                        assertThat(KubernetesGuardParts.fault(binding)).isEmpty());
    }

    @Test
    void areTheOnesThatTheJarComparesTheInstalledOnesWith() {
        KubernetesShippedPolicies inTheJar = new KubernetesShippedPolicies();

        assertThat(inTheJar.names())
                .hasSize(policies.size() + bindings.size())
                .containsAll(names(policies))
                .containsAll(names(bindings));
        assertThat(policies)
                .allSatisfy(policy -> assertThat(inTheJar.differenceOf(policy)).isEmpty());
        assertThat(bindings)
                .allSatisfy(
                        binding -> assertThat(inTheJar.differenceOf(binding)).isEmpty());
    }

    private static List<String> names(List<? extends HasMetadata> objects) {
        return objects.stream()
                .map(object -> object.getKind() + "/" + object.getMetadata().getName())
                .toList();
    }

    @Test
    void haveOneCanaryForEachBinding() {
        assertThat(Canary.all())
                .extracting(Canary::binding)
                .containsExactlyInAnyOrderElementsOf(GuardEpoch.POLICY_OF_BINDING.keySet());
    }

    @Test
    void letNoPolicyThatMatchesOtherPeoplesObjectsWaitForAConfigMap() {
        List<String> withoutParameters = policies.stream()
                .filter(policy -> policy.getSpec().getParamKind() == null)
                .map(policy -> policy.getMetadata().getName())
                .toList();

        assertThat(withoutParameters).containsExactlyInAnyOrderElementsOf(GuardEpoch.WITHOUT_PARAMETERS);
    }

    @Test
    void nameTheOperatorAndNoApplier() {
        ConfigMap shipped = shipped(ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().equals(GuardEpoch.PARAMETERS))
                .findFirst()
                .orElseThrow();

        GuardParameters parameters = GuardParameters.parse(shipped.getData());

        assertThat(parameters.operator()).isEqualTo("system:serviceaccount:lapse-system:lapse-operator");
        assertThat(parameters.appliers()).isEmpty();
        assertThat(parameters.limits()).isEmpty();
        assertThat(parameters.problem()).isEmpty();
        assertThat(shipped.getMetadata().getNamespace()).isEqualTo(KubernetesGuardMemory.NAMESPACE);
    }

    /** Events say why something was refused, in either API group. */
    @Test
    void letHoldersOfEveryRoleForPeopleSeeEvents() {
        List<ClusterRole> roles = GuardedCluster.objects(
                        GuardedCluster.manifests().resolve("15-roles.yaml"))
                .stream()
                .map(ClusterRole.class::cast)
                .toList();

        assertThat(roles)
                .hasSizeGreaterThanOrEqualTo(7)
                .allSatisfy(role -> assertThat(role.getRules())
                        .as(role.getMetadata().getName())
                        .filteredOn(rule -> rule.getResources().contains("events"))
                        .singleElement()
                        .satisfies(rule -> {
                            assertThat(rule.getApiGroups()).containsExactlyInAnyOrder("", "events.k8s.io");
                            assertThat(rule.getResources()).containsExactly("events");
                            assertThat(rule.getVerbs()).containsExactlyInAnyOrder("get", "list", "watch");
                        }));
    }

    private static <T> List<T> shipped(Class<T> type) {
        return GuardedCluster.objects(GuardedCluster.manifests()).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}
