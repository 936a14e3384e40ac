package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.guard.GuardParameters.ApplierLimit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardParametersTest {
    @Test
    void readsWhoTheOperatorIsAndWhoMayWriteForOthers() {
        GuardParameters read = GuardParameters.parse(Map.of(
                "operator", "system:serviceaccount:lapse-system:lapse-operator",
                "appliers", "  argo\n\tsystem:serviceaccount:velero:velero\r\n\f "));

        assertThat(read.operator()).isEqualTo("system:serviceaccount:lapse-system:lapse-operator");
        assertThat(read.appliers()).containsExactlyInAnyOrder("argo", "system:serviceaccount:velero:velero");
        assertThat(read.problem()).isEmpty();
    }

    /** Java takes U+000B for white space, RE2 does not, and the policies go by RE2. */
    @Test
    void splitsNamesWhereThePoliciesDoAndNowhereElse() {
        GuardParameters read = GuardParameters.parse(
                Map.of("appliers", "argo\u000bmallory velero", "protectedNamespaces", "prod\u000bstaging\u00a0x"));

        assertThat(read.appliers()).containsExactlyInAnyOrder("argo\u000bmallory", "velero");
        assertThat(read.protectedNamespaces()).containsExactly("prod\u000bstaging\u00a0x");
    }

    /** They compare it with the user name of whoever writes, as it is. */
    @Test
    void takesTheOperatorAsThePoliciesDo() {
        assertThat(GuardParameters.parse(Map.of("operator", " op\n")).operator())
                .isEqualTo(" op\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0B, 0x85, 0xA0, 0xAD, 0x200B, 0x2028, 0x202E, 0x2800, 0xFEFF, 0x3164, 0xE0041})
    void tellsOfACharacterThatNobodySees(int point) {
        String hidden = Character.toString(point);
        for (String key : List.of("operator", "appliers", "protectedNamespaces", "clusterWide")) {
            assertThat(GuardParameters.hidden(Map.of(key, "argo" + hidden + " velero")))
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .startsWith(key
                                    + " in ConfigMap lapse-system/lapse-guard holds the hidden character U+%04X"
                                            .formatted(point))
                            .contains("type it again"));
        }
    }

    /** Before it was told, such a name was merely nobody's: an upgrade must not take the reach of all others away. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: 'argo ', clusterWide: true}",
                "{name: ' argo', clusterWide: true}",
                "{name: 'argo cd', clusterWide: true}",
                "{name: \"argo\\u200b\", clusterWide: true}",
                "{name: argo, clusterWide: true, namespaces: [\"pay\\u00a0ments\"]}",
                "{name: argo, clusterWide: true, roles: [\"Role/de\\u00adployer\"]}",
            })
    void anEntryThatSaysSomethingElseThanItShowsAloneReachesNowhere(String entry) {
        GuardParameters read = GuardParameters.parse(Map.of(
                "appliers",
                "argo velero",
                "applierLimits",
                "- " + entry + "\n- {name: velero, namespaces: [payments]}"));

        assertThat(read.limit("argo")).isEqualTo(ApplierLimit.NONE);
        assertThat(read.limits().values())
                .containsExactlyInAnyOrder(ApplierLimit.NONE, new ApplierLimit(Set.of("payments"), Set.of(), false));
        assertThat(read.reachOf("velero").namespaces()).containsExactly("payments");
        assertThat(read.problem())
                .startsWith("the entry of ")
                .contains("argo", "in applierLimits in ConfigMap lapse-system/lapse-guard reaches nowhere");
    }

    @Test
    void tellsOfEachEntryThatReachesNowhereAndOfWhatElseIsWrong() {
        GuardParameters read = GuardParameters.parse(
                Map.of("applierLimits", "- {name: 'argo '}\n- {name: 'velero '}", "clusterWide", "yes"));

        assertThat(read.problem()).contains("the entry of argo", "; the entry of velero", "; clusterWide in ConfigMap");
    }

    @Test
    void findsNothingHiddenInWhatIsWrittenAsItShouldBe() {
        assertThat(GuardParameters.hidden(Map.of(
                        "operator", "system:serviceaccount:lapse-system:lapse-operator",
                        "appliers", "\t argo\r\nvelero\n",
                        "protectedNamespaces", "",
                        "clusterWide", "false",
                        "note", "nobody\u200breads this")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true ", "true\n", "True", "yes"})
    void tellsOfAClusterWideThatIsNeitherTrueNorFalse(String value) {
        GuardParameters read = GuardParameters.parse(Map.of("clusterWide", value));

        assertThat(read.clusterWide()).isFalse();
        assertThat(read.problem()).startsWith("clusterWide in ConfigMap lapse-system/lapse-guard is neither");
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
