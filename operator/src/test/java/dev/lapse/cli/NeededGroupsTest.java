package dev.lapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EligibleEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeededGroupsTest {
    private static final Person GINA =
            new Person("gina", List.of("payments-dev", "platform", "singers", "system:authenticated"));

    @Test
    void aRightOfOnesOwnNeedsNoGroup() {
        Right right = Right.of(true, "RBAC: allowed by RoleBinding \"b/ns\" of Role \"r\" to User \"gina\"");

        assertThat(NeededGroups.of(GINA, List.of(), right)).isEmpty();
    }

    @Test
    void theGroupThatARightComesFromIsStated() {
        Right right =
                Right.of(true, "RBAC: allowed by RoleBinding \"b/ns\" of ClusterRole \"r\" to Group \"payments-dev\"");

        assertThat(NeededGroups.of(GINA, List.of(), right)).containsExactly("payments-dev");
    }

    @Test
    void whatEverybodyBelongsToIsNeverStated() {
        Right right = Right.of(
                true,
                "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to Group \"system:authenticated\"");

        assertThat(NeededGroups.of(GINA, List.of(group("system:authenticated")), right))
                .isEmpty();
    }

    @Test
    void aPlaceOnTheListThroughAGroupNeedsOneGroup() {
        Right right = Right.of(true, "");

        assertThat(NeededGroups.of(GINA, List.of(group("others"), group("platform"), group("singers")), right))
                .containsExactly("platform");
        assertThat(NeededGroups.of(GINA, List.of(user("gina"), group("platform")), right))
                .isEmpty();
    }

    @Test
    void oneGroupMayServeBoth() {
        Right right = Right.of(true, "RBAC: allowed by RoleBinding \"b/ns\" of Role \"r\" to Group \"singers\"");

        assertThat(NeededGroups.of(GINA, List.of(group("platform"), group("singers")), right))
                .containsExactly("singers");
        assertThat(NeededGroups.of(GINA, List.of(group("platform")), right)).containsExactly("singers", "platform");
    }

    private static EligibleEntry.Person user(String name) {
        return new EligibleEntry.Person(name, null);
    }

    private static EligibleEntry.Person group(String name) {
        return new EligibleEntry.Person(null, name);
    }
}
