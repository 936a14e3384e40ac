package dev.lapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.Rule;
import dev.lapse.access.WayRound;
import dev.lapse.cli.BypassReport.Given;
import dev.lapse.cli.SecretReaders.Subject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BypassReportTest {
    private static final Subject GINA = new Subject("User", Optional.empty(), "gina");
    private static final Subject HELPDESK = new Subject("Group", Optional.empty(), "helpdesk");
    private static final Rule ANYTHING = rule("*", "*", "*");
    private static final Rule IMPERSONATES = rule("", "users", "impersonate");

    @Test
    void namesWhoCouldByWhichBindingAndWhatToDo() {
        BypassReport report = report(given(IMPERSONATES, GINA));

        assertThat(report.told())
                .startsWith("1 could get round the guard (beside 0 bindings that are expected to)\n")
                .contains(
                        "User/gina, by ClusterRoleBinding/support in the whole cluster, ClusterRole/support",
                        "ImpersonateUsers  writes in anybody's name",
                        "remedy: take impersonate on users away");
    }

    @Test
    void whoIsMeantToIsCountedAndNotNamed() {
        BypassReport report = report(given(
                ANYTHING,
                new Subject("Group", Optional.empty(), "system:masters"),
                new Subject("User", Optional.empty(), "system:kube-controller-manager"),
                new Subject("ServiceAccount", Optional.of("kube-system"), "generic-garbage-collector"),
                new Subject("ServiceAccount", Optional.of("lapse-system"), "lapse-operator")));

        assertThat(report.holes()).isEmpty();
        assertThat(report.expected()).isEqualTo(4);
        assertThat(report.told()).startsWith("nobody could get round the guard by RBAC (beside 4 bindings");
    }

    @Test
    void everybodyIsNotPartOfKubernetes() {
        BypassReport report = report(given(
                IMPERSONATES,
                new Subject("Group", Optional.empty(), "system:authenticated"),
                new Subject("Group", Optional.empty(), "system:serviceaccounts:payments")));

        assertThat(report.holes()).hasSize(2);
    }

    @Test
    void whoIsExpectedByNameIsNotTold() {
        BypassReport report = BypassReport.of(
                List.of(given(IMPERSONATES, GINA, HELPDESK)), List.of(), Set.of("Group/helpdesk"), List.of());

        assertThat(report.holes()).extracting(BypassReport.Hole::who).containsExactly(GINA);
        assertThat(report.expected()).isEqualTo(1);
    }

    @Test
    void theRightThatLapseGivesToMintIsNoHole() {
        Rule mint =
                new Rule(List.of("lapse.dev"), List.of("principals"), List.of("mint"), List.of("lapse-1"), List.of());

        assertThat(report(in("lapse-principals", true, mint)).holes()).isEmpty();
        assertThat(report(in("lapse-principals", false, mint)).holes())
                .singleElement()
                .extracting(BypassReport.Hole::ways)
                .isEqualTo(Set.of(WayRound.MintByHand));
    }

    @Test
    void whatCouldNotBeLookedAtIsSaid() {
        BypassReport report = BypassReport.of(List.of(), List.of(), Set.of(), List.of("clusterroles"));

        assertThat(report.isWhole()).isFalse();
        assertThat(report.told())
                .startsWith("nobody was found; but see below")
                .contains("you may not list clusterroles", "system:masters");
    }

    @Test
    void isDataForPrograms() {
        assertThat(Output.yaml(report(given(IMPERSONATES, GINA)).data())).startsWith("""
                        holes:
                        - subject: User/gina
                          binding: ClusterRoleBinding/support
                          role: ClusterRole/support
                          ways:
                          - way: ImpersonateUsers
                        """);
    }

    private static BypassReport report(Given... given) {
        return BypassReport.of(List.of(given), List.of(), Set.of(), List.of());
    }

    private static Given given(Rule rule, Subject... to) {
        return new Given(
                "ClusterRoleBinding/support",
                Optional.empty(),
                "ClusterRole/support",
                List.of(rule),
                List.of(to),
                false);
    }

    private static Given in(String namespace, boolean byLapse, Rule rule) {
        return new Given("RoleBinding/m", Optional.of(namespace), "Role/m", List.of(rule), List.of(GINA), byLapse);
    }

    private static Rule rule(String group, String resource, String verb) {
        return new Rule(List.of(group), List.of(resource), List.of(verb), List.of(), List.of());
    }
}
