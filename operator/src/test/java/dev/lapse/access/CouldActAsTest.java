package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.CouldActAs.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CouldActAsTest {
    private static final String ROBOT = "system:serviceaccount:payments:robot";

    private static final Pattern ASKED_BY_THE_GUARD =
            Pattern.compile("authorizer\\.group\\('([^']*)'\\)\\.resource\\('([^']*)'\\)"
                    + "(?:\\.subresource\\('([^']*)'\\))?\\.namespace\\(variables\\.home\\)(\\.name\\(variables\\.name\\))?"
                    + "\\.check\\('([^']*)'\\)");

    private static List<String> waysTo(String user) {
        return CouldActAs.ways(user).stream().map(Way::describe).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "impersonate serviceaccounts \"robot\"",
        "impersonate:serviceaccount serviceaccounts.authentication.k8s.io \"robot\"",
        "create serviceaccounts/token \"robot\"",
        "create secrets and get secrets",
        "create secrets and list secrets",
        "create secrets and watch secrets",
        "list secrets",
        "create pods",
        "create deployments.apps",
        "patch statefulsets.apps",
        "update daemonsets.apps",
        "create replicasets.apps",
        "create jobs.batch",
        "patch cronjobs.batch",
        "create replicationcontrollers",
        "patch pods/ephemeralcontainers",
        "create pods/exec",
        "get pods/attach"
    })
    void isAWayToActAsAnAccount(String way) {
        assertThat(waysTo(ROBOT)).contains(way);
    }

    /** As Kubernetes has it: to bind or to escalate lets somebody give what they do not hold, and writing it takes another right. */
    @ParameterizedTest
    @CsvSource({
        "bind roles, create rolebindings",
        "bind roles, update rolebindings",
        "bind roles, patch rolebindings",
        "bind clusterroles, create rolebindings",
        "bind clusterroles, update rolebindings",
        "bind clusterroles, patch rolebindings",
        "bind clusterroles, create clusterrolebindings",
        "bind clusterroles, update clusterrolebindings",
        "bind clusterroles, patch clusterrolebindings",
        "escalate roles, create roles",
        "escalate roles, update roles",
        "escalate roles, patch roles",
        "escalate clusterroles, create clusterroles",
        "escalate clusterroles, update clusterroles",
        "escalate clusterroles, patch clusterroles"
    })
    void isAWayToGiveOneselfOneOfTheOthers(String first, String second) {
        assertThat(waysTo(ROBOT))
                .contains(first + ".rbac.authorization.k8s.io and " + second + ".rbac.authorization.k8s.io");
    }

    /** A ClusterRoleBinding names no Role, and a role that one may not escalate gets only what one holds. */
    @Test
    void nothingElseOfRbacIsAWay() {
        assertThat(waysTo(ROBOT))
                .filteredOn(way -> way.contains("rbac.authorization.k8s.io"))
                .hasSize(15);
    }

    @ParameterizedTest
    @CsvSource({
        "get secrets",
        "create secrets",
        "get pods",
        "delete pods",
        "create configmaps",
        "create rolebindings.rbac.authorization.k8s.io"
    })
    void isNone(String right) {
        assertThat(waysTo(ROBOT)).doesNotContain(right);
    }

    @Test
    void aWayIsOneInTheNamespaceOfTheAccount() {
        assertThat(CouldActAs.ways(ROBOT))
                .allSatisfy(way -> assertThat(way.namespace()).isEqualTo(Optional.of("payments")));
    }

    @Test
    void theGuardKeepsTokensOfAGrantsOwnAccountForTheOperator() {
        assertThat(waysTo("system:serviceaccount:lapse-principals:lapse-1"))
                .doesNotContain("create serviceaccounts/token \"lapse-1\"")
                .contains("impersonate serviceaccounts \"lapse-1\"", "create pods");
    }

    /** One notion in two languages: admission asks with all groups, and has no room for changing workloads. */
    @Test
    void theGuardAsksForTheSameRights() throws IOException {
        Path manifest = Path.of(System.getProperty("lapse.root", ".."), "helm/lapse/manifests/20-guard-reviews.yaml");
        Set<String> asked = ASKED_BY_THE_GUARD
                .matcher(Files.readString(manifest))
                .results()
                .map(match -> Permission.onResource(
                                match.group(5),
                                match.group(1),
                                match.group(2) + (match.group(3) == null ? "" : "/" + match.group(3)),
                                match.group(4) == null ? "" : "robot")
                        .describe())
                .collect(Collectors.toCollection(TreeSet::new));
        Pattern workloadChanged = Pattern.compile("(update|patch) (.*\\.(apps|batch)|replicationcontrollers)");

        assertThat(asked)
                .containsExactlyInAnyOrderElementsOf(CouldActAs.ways(ROBOT).stream()
                        .flatMap(way -> way.rights().stream())
                        .map(Permission::describe)
                        .filter(right -> !workloadChanged.matcher(right).matches())
                        .collect(Collectors.toSet()));
    }

    @Test
    void aUserIsActedAsByImpersonationAlone() {
        assertThat(waysTo("build-bot"))
                .containsExactly(
                        "impersonate users \"build-bot\"",
                        "impersonate:user-info users.authentication.k8s.io \"build-bot\"");
    }
}
