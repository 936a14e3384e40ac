package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.WayRound.Account;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WayRoundTest {
    private static final List<Account> APPLIERS = List.of(new Account("argocd", "applier"));

    /** In the whole cluster, where the namespace is a dash. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*           | */*                                                          | -                | Everything",
                "impersonate | users                                                        | -                | ImpersonateUsers",
                "impersonate | users:olivia                                                 | -                | ImpersonateUsers",
                "impersonate | groups                                                       | -                | ImpersonateGroups",
                "impersonate:user-info | authentication.k8s.io/users                        | -                | ImpersonateUsers",
                "impersonate | serviceaccounts                                              | -                | ImpersonateOperator ImpersonatePrincipals ControlPlane ApplierAccount",
                "impersonate | serviceaccounts                                              | lapse-system     | ImpersonateOperator",
                "impersonate | serviceaccounts                                              | lapse-principals | ImpersonatePrincipals",
                "impersonate | serviceaccounts:lapse-operator                               | lapse-system     | ImpersonateOperator",
                "create      | serviceaccounts/token                                        | -                | OperatorToken ControlPlane ApplierAccount",
                "create      | serviceaccounts/token:lapse-operator                         | lapse-system     | OperatorToken",
                "create      | pods                                                         | lapse-system     | OperatorPods",
                "create      | pods/exec                                                    | lapse-system     | OperatorPods",
                "patch       | apps/deployments                                             | lapse-system     | OperatorPods",
                "get         | secrets                                                      | lapse-system     | OperatorSecrets",
                "get         | secrets:lapse-seal                                           | lapse-system     | OperatorSecrets",
                "create      | secrets                                                      | lapse-system     | OperatorSecrets",
                "update      | configmaps:lapse-guard                                       | lapse-system     | GuardParameters",
                "delete      | configmaps                                                   | -                | GuardParameters",
                "delete      | admissionregistration.k8s.io/validatingadmissionpolicies     | -                | GuardPolicies",
                "patch       | admissionregistration.k8s.io/validatingadmissionpolicybindings:lapse-names | -  | GuardPolicies",
                "create      | admissionregistration.k8s.io/mutatingwebhookconfigurations   | -                | MutatingAdmission",
                "patch       | apiextensions.k8s.io/customresourcedefinitions:privilegegrants.lapse.dev | -    | Definitions",
                "create      | apiregistration.k8s.io/apiservices                           | -                | Definitions",
                "mint        | lapse.dev/principals:lapse-1                                 | lapse-principals | MintByHand",
                "bind        | rbac.authorization.k8s.io/clusterroles                       | -                | BindOrEscalate",
                "bind        | rbac.authorization.k8s.io/clusterroles:cluster-admin         | -                | BindOrEscalate",
                "escalate    | rbac.authorization.k8s.io/clusterroles:small                 | -                | BindOrEscalate",
                "update      | certificates.k8s.io/certificatesigningrequests/approval      | -                | Certificates",
                "get         | nodes/proxy                                                  | -                | Nodes",
                "create      | pods                                                         | kube-system      | ControlPlane",
                "create      | serviceaccounts/token                                        | argocd           | ApplierAccount",
                "impersonate | serviceaccounts:applier                                      | argocd           | ApplierAccount",
                "create      | batch/jobs                                                   | argocd           | Applier",
            })
    void opens(String verb, String resource, String where, String ways) {
        assertThat(of(rule(verb.strip(), resource.strip()), where.strip()))
                .extracting(WayRound::name)
                .containsExactlyInAnyOrder(ways.strip().split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "impersonate | users                                                              | lapse-system",
                "impersonate | serviceaccounts:default                                            | lapse-system",
                "impersonate | serviceaccounts                                                    | payments",
                "create      | serviceaccounts/token                                              | payments",
                "create      | serviceaccounts/token                                              | lapse-principals",
                "create      | serviceaccounts/token:default                                      | lapse-system",
                "update      | configmaps:kube-root-ca.crt                                        | lapse-system",
                "get         | configmaps                                                         | lapse-system",
                "get         | pods                                                               | lapse-system",
                "delete      | admissionregistration.k8s.io/validatingadmissionpolicies           | lapse-system",
                "delete      | admissionregistration.k8s.io/validatingadmissionpolicies:other     | -",
                "delete      | admissionregistration.k8s.io/validatingwebhookconfigurations       | -",
                "patch       | apiextensions.k8s.io/customresourcedefinitions:others.example.com  | -",
                "bind        | rbac.authorization.k8s.io/clusterroles:view                        | -",
                "bind        | rbac.authorization.k8s.io/clusterroles                             | payments",
                "mint        | lapse.dev/principals                                               | lapse-principals",
                "create      | serviceaccounts/token:other                                        | argocd",
                "get         | pods                                                               | argocd",
                "request     | lapse.dev/serviceidentities                                        | -",
            })
    void opensNone(String verb, String resource, String where) {
        assertThat(of(rule(verb.strip(), resource.strip()), where.strip())).isEmpty();
    }

    @Test
    void withoutAppliersTheirNamespacesAreLikeAnyOther() {
        assertThat(WayRound.of(List.of(rule("*", "*")), Optional.of("argocd"), List.of()))
                .isEmpty();
    }

    @Test
    void aClusterWideEditOpensWhatTheThreatModelSays() {
        List<Rule> edit = List.of(
                rule("impersonate", "serviceaccounts"),
                rule("create", "serviceaccounts/token"),
                rule("create", "pods"),
                rule("get", "secrets"),
                rule("update", "configmaps"));

        assertThat(WayRound.of(edit, Optional.empty(), List.of()))
                .containsExactlyInAnyOrder(
                        WayRound.ImpersonateOperator,
                        WayRound.ImpersonatePrincipals,
                        WayRound.OperatorToken,
                        WayRound.OperatorPods,
                        WayRound.OperatorSecrets,
                        WayRound.GuardParameters,
                        WayRound.ControlPlane);
    }

    static Stream<WayRound> ways() {
        return EnumSet.allOf(WayRound.class).stream();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void eachSaysWhatItIsAndWhatToDo(WayRound way) {
        assertThat(way.what()).matches("[a-z].*[^.]");
        assertThat(way.remedy()).matches("[a-z].*[^.]");
    }

    private static Set<WayRound> of(Rule rule, String where) {
        return WayRound.of(List.of(rule), Optional.of(where).filter(name -> !name.equals("-")), APPLIERS);
    }

    /** @param resource {@code group/resource} if there is a dot or a star before the slash, with {@code :name} behind it */
    private static Rule rule(String verb, String resource) {
        String[] named = resource.split(":", 2);
        String[] parts = named[0].split("/", 2);
        boolean grouped = parts.length == 2
                && (parts[0].contains(".")
                        || Arrays.asList("*", "apps", "batch").contains(parts[0]));
        return new Rule(
                List.of(grouped ? parts[0] : resource.equals("*") ? "*" : ""),
                List.of(grouped ? parts[1] : named[0]),
                List.of(verb),
                named.length == 2 ? List.of(named[1]) : List.of(),
                List.of());
    }
}
