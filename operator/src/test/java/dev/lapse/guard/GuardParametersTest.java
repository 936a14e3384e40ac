package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.guard.GuardParameters.ApplierLimit;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardParametersTest {
    @Test
    void readsWhoTheOperatorIsAndWhoMayWriteForOthers() {
        GuardParameters read = GuardParameters.parse(Map.of(
                "operator", " system:serviceaccount:lapse-system:lapse-operator\n",
                "appliers", "  argo\n\tsystem:serviceaccount:velero:velero  "));

        assertThat(read.operator()).isEqualTo("system:serviceaccount:lapse-system:lapse-operator");
        assertThat(read.appliers()).containsExactlyInAnyOrder("argo", "system:serviceaccount:velero:velero");
        assertThat(read.problem()).isEmpty();
    }

    @Test
    void givesAnApplierThatIsNotListedNoReach() {
        GuardParameters read = GuardParameters.parse(Map.of("applierLimits", """
                - name: argo
                  namespaces: [payments]
                  roles: [ClusterRole/view, Role/deployer]
                  clusterWide: true
                - name: velero
                """));

        assertThat(read.limit("argo"))
                .isEqualTo(new ApplierLimit(Set.of("payments"), Set.of("ClusterRole/view", "Role/deployer"), true));
        assertThat(read.limit("velero")).isEqualTo(ApplierLimit.NONE);
        assertThat(read.limit("mallory")).isEqualTo(ApplierLimit.NONE);
        assertThat(read.problem()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"~", "null", "--- ~"})
    void takesNothingForNoList(String limits) {
        GuardParameters read =
                GuardParameters.parse(Map.of("operator", "op", "appliers", "argo", "applierLimits", limits));

        assertThat(read.limits()).isEmpty();
        assertThat(read.problem()).contains("applierLimits");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- name: argo\n  namespaces: [", // cut off
                "argo: {clusterWide: true}", // no list
                "- {name: argo, clusterwide: true}", // a misspelt key would silently be no limit
                "- {clusterWide: true}", // nobody's
                "- {name: argo, clusterWide: yes please}",
                "- {name: argo, roles: [view]}",
                "- {name: argo, roles: [ClusterRole/]}",
                "- {name: argo, roles: [null]}",
                "- {name: ''}",
                "- null",
                "- {name: argo}\n- {name: argo, clusterWide: true}",
            })
    void givesNoReachAtAllIfALimitCannotBeRead(String limits) {
        GuardParameters read = GuardParameters.parse(
                Map.of("operator", "op", "appliers", "argo", "applierLimits", "- name: velero\n" + limits));

        assertThat(read.limits()).isEmpty();
        assertThat(read.appliers()).containsExactly("argo");
        assertThat(read.problem()).startsWith("applierLimits in ConfigMap lapse-system/lapse-guard cannot be read");
    }

    @Test
    void readsNothingFromNothing() {
        assertThat(GuardParameters.parse(Map.of())).isEqualTo(GuardParameters.NONE);
        assertThat(GuardParameters.parse(Map.of("applierLimits", "[]")).problem())
                .isEmpty();
    }
}
