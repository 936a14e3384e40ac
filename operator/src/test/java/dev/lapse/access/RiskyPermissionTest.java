package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.lapse.api.v1alpha1.EligibleEntry.AcceptedRisk;
import dev.lapse.api.v1alpha1.EligibleEntry.Risk;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RiskyPermissionTest {

    @ParameterizedTest(name = "{0} on {2} of {1}: {3}")
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            # verbs                    | API groups                   | resources                            | exactly these risks
            *                          | batch                        | cronjobs/status                      | Wildcard
            get                        | *                            | nodes                                | Wildcard
            get                        | apps                         | */scale                              | Wildcard
            list                       | policy                       | *                                    | Wildcard
            get, list, watch           | core, apps                   | pods, deployments, configmaps        | none

            create                     | core                         | serviceaccounts/token                | TokenCreate
            get, list, update          | core                         | serviceaccounts/token                | none
            create                     | core                         | serviceaccounts                      | none
            create                     | apps                         | serviceaccounts/token                | Unclassified
            create                     | core                         | */token                              | Wildcard, TokenCreate

            get                        | core                         | secrets                              | SecretsRead
            list                       | core                         | secrets                              | SecretsRead
            watch                      | core                         | secrets                              | SecretsRead
            patch                      | core                         | secrets                              | SecretsRead
            update                     | core                         | secrets                              | SecretsRead
            delete                     | core                         | secrets                              | SecretsRead
            deletecollection           | core                         | secrets                              | SecretsRead
            create                     | core                         | secrets                              | none
            get                        | external.io                  | secrets                              | none
            get                        | core                         | secrets/status                       | Unclassified

            create                     | core                         | pods                                 | PodsWrite
            patch                      | core                         | pods                                 | PodsWrite
            update                     | core                         | pods                                 | PodsWrite
            delete, get                | core                         | pods                                 | none
            create                     | core                         | pods/eviction                        | none
            create                     | metrics.k8s.io               | pods                                 | Unclassified

            create                     | apps                         | deployments                          | WorkloadsWrite
            update                     | apps                         | daemonsets                           | WorkloadsWrite
            patch                      | apps                         | statefulsets                         | WorkloadsWrite
            patch                      | apps                         | replicasets                          | WorkloadsWrite
            create                     | batch                        | jobs                                 | WorkloadsWrite
            create                     | batch                        | cronjobs                             | WorkloadsWrite
            create                     | core                         | replicationcontrollers               | WorkloadsWrite
            update, patch              | apps                         | deployments/scale                    | none
            delete                     | apps                         | deployments                          | none
            create                     | apps                         | jobs                                 | Unclassified

            create                     | core                         | pods/exec                            | Exec
            get                        | core                         | pods/exec                            | Exec
            create                     | core                         | pods/attach                          | Exec
            get                        | core                         | pods/portforward                     | Exec
            patch                      | core                         | pods/ephemeralcontainers             | Exec
            update                     | core                         | pods/ephemeralcontainers             | Exec
            create                     | core                         | */exec                               | Wildcard, Exec
            create                     | core                         | pods/*                               | Wildcard, Exec, NodesProxy, NodesWrite
            delete, list               | core                         | pods/exec                            | none
            get                        | core                         | pods/log                             | none

            create                     | rbac.authorization.k8s.io    | rolebindings                         | RbacWrite
            update                     | rbac.authorization.k8s.io    | roles                                | RbacWrite
            patch                      | rbac.authorization.k8s.io    | clusterroles                         | RbacWrite
            delete                     | rbac.authorization.k8s.io    | clusterrolebindings                  | RbacWrite
            deletecollection           | rbac.authorization.k8s.io    | rolebindings                         | RbacWrite
            get, list, watch           | rbac.authorization.k8s.io    | roles, rolebindings                  | none
            create                     | core                         | roles                                | Unclassified

            bind                       | rbac.authorization.k8s.io    | clusterroles                         | Bind
            bind                       | rbac.authorization.k8s.io    | roles                                | Bind
            bind                       | rbac.authorization.k8s.io    | rolebindings                         | none
            escalate                   | rbac.authorization.k8s.io    | roles                                | Escalate
            escalate                   | rbac.authorization.k8s.io    | clusterroles                         | Escalate
            escalate                   | rbac.authorization.k8s.io    | rolebindings                         | none
            *                          | rbac.authorization.k8s.io    | clusterroles                         | Wildcard, RbacWrite, Bind, Escalate

            impersonate                | core                         | users                                | Impersonate
            impersonate                | core                         | groups                               | Impersonate
            impersonate                | core                         | serviceaccounts                      | Impersonate
            impersonate                | authentication.k8s.io        | uids                                 | Impersonate
            impersonate                | authentication.k8s.io        | userextras/scopes                    | Impersonate
            impersonate                | authentication.k8s.io        | userextras                           | Impersonate
            impersonate:user-info      | authentication.k8s.io        | users                                | Impersonate
            impersonate:arbitrary-node | authentication.k8s.io        | nodes                                | Impersonate
            *                          | core                         | serviceaccounts                      | Wildcard, Impersonate
            impersonate                | core                         | pods                                 | none
            get                        | core                         | serviceaccounts                      | none

            create                     | certificates.k8s.io          | certificatesigningrequests           | CertificateSigning
            update                     | certificates.k8s.io          | certificatesigningrequests/approval  | CertificateSigning
            patch                      | certificates.k8s.io          | certificatesigningrequests/status    | CertificateSigning
            approve                    | certificates.k8s.io          | signers                              | CertificateSigning
            sign                       | certificates.k8s.io          | signers                              | CertificateSigning
            get, delete                | certificates.k8s.io          | certificatesigningrequests           | none
            create                     | cert-manager.io              | certificatesigningrequests           | Unclassified

            create                     | admissionregistration.k8s.io | validatingwebhookconfigurations      | AdmissionWrite
            update                     | admissionregistration.k8s.io | mutatingwebhookconfigurations        | AdmissionWrite
            delete                     | admissionregistration.k8s.io | validatingadmissionpolicies          | AdmissionWrite
            deletecollection           | admissionregistration.k8s.io | validatingadmissionpolicybindings    | AdmissionWrite
            patch                      | admissionregistration.k8s.io | mutatingadmissionpolicies            | AdmissionWrite
            patch                      | admissionregistration.k8s.io | mutatingadmissionpolicybindings      | AdmissionWrite
            get                        | admissionregistration.k8s.io | validatingadmissionpolicies          | none
            patch                      | admissionregistration.k8s.io | validatingadmissionpolicies/status   | none

            get                        | core                         | nodes/proxy                          | NodesProxy
            create                     | core                         | services/proxy                       | NodesProxy
            delete                     | core                         | pods/proxy                           | NodesProxy
            get                        | core                         | nodes, nodes/stats, nodes/metrics    | none

            create                     | lapse.dev                    | privilegegrants                      | LapseWrite
            patch                      | lapse.dev                    | serviceidentities                    | LapseWrite
            update                     | lapse.dev                    | privilegegrants/status               | LapseWrite
            delete                     | lapse.dev                    | accessreviews                        | LapseWrite
            approve                    | lapse.dev                    | serviceidentities                    | LapseWrite
            *                          | lapse.dev                    | serviceidentities                    | Wildcard, LapseWrite
            patch                      | lapse.dev                    | */status                             | Wildcard, LapseWrite
            get, list, watch           | lapse.dev                    | privilegegrants                      | none
            patch                      | lapse.io                     | privilegegrants                      | Unclassified

            update                     | apiextensions.k8s.io         | customresourcedefinitions            | ApiWrite
            update                     | apiextensions.k8s.io         | customresourcedefinitions/status     | ApiWrite
            create                     | apiregistration.k8s.io       | apiservices                          | ApiWrite
            patch                      | apiregistration.k8s.io       | apiservices                          | ApiWrite
            delete                     | apiregistration.k8s.io       | apiservices                          | ApiWrite
            patch                      | internal.apiserver.k8s.io    | storageversions                      | ApiWrite
            create                     | storagemigration.k8s.io      | storageversionmigrations             | ApiWrite
            get, list, watch           | apiextensions.k8s.io         | customresourcedefinitions            | none
            update                     | core                         | namespaces                           | NamespacesWrite
            update                     | core                         | namespaces/finalize                  | NamespacesWrite
            update                     | core                         | namespaces/status                    | NamespacesWrite
            delete                     | core                         | namespaces                           | NamespacesWrite
            get, list, watch           | core                         | namespaces                           | none
            patch                      | core                         | nodes                                | NodesWrite
            patch                      | core                         | nodes/status                         | NodesWrite
            patch                      | core                         | bindings                             | NodesWrite
            patch                      | core                         | pods/binding                         | NodesWrite
            create                     | node.k8s.io                  | runtimeclasses                       | NodesWrite
            create                     | networking.k8s.io            | ingressclasses                       | NodesWrite
            create                     | networking.k8s.io            | servicecidrs, ipaddresses            | NodesWrite
            update                     | resource.k8s.io              | deviceclasses, resourceslices        | NodesWrite
            update                     | resource.k8s.io              | resourceclaims                       | none
            update                     | core                         | persistentvolumes                    | StorageWrite
            update                     | core                         | persistentvolumes/status             | StorageWrite
            create                     | storage.k8s.io               | storageclasses                       | StorageWrite
            create                     | storage.k8s.io               | volumeattachments                    | StorageWrite
            create                     | storage.k8s.io               | csidrivers                           | StorageWrite
            create                     | storage.k8s.io               | csinodes                             | StorageWrite
            create, delete             | core                         | persistentvolumeclaims               | none
            patch                      | flowcontrol.apiserver.k8s.io | flowschemas                          | PriorityWrite
            patch                      | flowcontrol.apiserver.k8s.io | flowschemas/status                   | PriorityWrite
            patch                      | flowcontrol.apiserver.k8s.io | prioritylevelconfigurations          | PriorityWrite
            create                     | scheduling.k8s.io            | priorityclasses                      | PriorityWrite
            create                     | apps                         | controllerrevisions                  | WorkloadsWrite
            create                     | certificates.k8s.io          | podcertificaterequests               | CertificateSigning
            delete                     | certificates.k8s.io          | clustertrustbundles                  | CertificateSigning
            attest                     | certificates.k8s.io          | signers                              | CertificateSigning
            get                        | core                         | nodes/log                            | NodesProxy
            create                     | core                         | nodes/checkpoint                     | NodesProxy

            create                     | example.com                  | widgets                              | Unclassified
            get, list, watch           | example.com                  | widgets, widgets/status              | none
            patch                      | example.com                  | widgets/scale                        | Unclassified
            get                        | subresources.kubevirt.io     | virtualmachineinstances/console      | Unclassified
            use                        | security.openshift.io        | securitycontextconstraints           | Unclassified
            get                        | apps                         | whatever-comes                       | Unclassified
            get                        | core                         | pods/whatever-comes                  | Unclassified
            create                     | *                            | configmaps                           | Wildcard, Unclassified
            create                     | apps                         | *                                    | Wildcard, WorkloadsWrite
            create                     | example.com                  | *                                    | Wildcard, Unclassified
            list                       | *                            | *                                    | Wildcard, SecretsRead, NodesProxy
            create, delete             | core, batch, policy          | configmaps, poddisruptionbudgets     | none
            get, list                  | core, example.com            | configmaps, widgets                  | none
            create                     | core, example.com            | configmaps                           | Unclassified

            create                     | none                         | pods                                 | none
            none                       | core                         | pods                                 | none
            """)
    void aRuleHasExactlyTheRisksOfItsRow(String verbs, String apiGroups, String resources, String risks) {
        Rule rule = new Rule(values(apiGroups), values(resources), values(verbs), List.of(), List.of());
        Rule narrowed = new Rule(
                rule.apiGroups(), rule.resources(), rule.verbs(), List.of("only-this"), rule.nonResourceURLs());

        Set<RiskyPermission> expected =
                values(risks).stream().map(RiskyPermission::valueOf).collect(Collectors.toSet());
        assertThat(RiskyPermission.of(List.of(rule))).isEqualTo(expected);
        assertThat(RiskyPermission.of(List.of(narrowed)))
                .as("with resourceNames")
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"*, true", "/*, true", "/metrics/*, false", "/metrics, false"})
    void onlyEveryUrlIsAWildcard(String url, boolean risky) {
        Rule rule = new Rule(List.of(), List.of(), List.of("*"), List.of(), List.of(url));

        assertThat(RiskyPermission.of(List.of(rule)))
                .isEqualTo(risky ? EnumSet.of(RiskyPermission.Wildcard) : EnumSet.noneOf(RiskyPermission.class));
    }

    @Test
    void aClusterAdminHasThemAll() {
        Rule everything = new Rule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of());

        assertThat(RiskyPermission.of(List.of(everything))).containsExactly(RiskyPermission.values());
    }

    @Test
    void whatOneRuleAllowsAndAnotherIsAboutDoesNotAddUp() {
        Rule create = new Rule(List.of(""), List.of("configmaps"), List.of("create"), List.of(), List.of());
        Rule pods = new Rule(List.of(""), List.of("pods"), List.of("get"), List.of(), List.of());

        assertThat(RiskyPermission.of(List.of(create, pods))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void isDescribedInOneSentence(RiskyPermission risk) {
        assertThat(risk.description()).matches("[A-Z][^.]+\\.").hasSizeLessThan(120);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void moreRulesNeverHaveFewerRisks(long seed) {
        GeneratedRules generated = new GeneratedRules(new Random(seed));
        for (int i = 0; i < 3_000; i++) {
            List<Rule> some = generated.next(3);
            List<Rule> others = generated.next(3);
            Set<RiskyPermission> both = new HashSet<>(RiskyPermission.of(some));
            both.addAll(RiskyPermission.of(others));

            List<Rule> together = Stream.concat(some.stream(), others.stream()).toList();
            assertThat(RiskyPermission.of(together)).isEqualTo(both);
        }
    }

    private static List<String> values(String cell) {
        return cell == null
                ? List.of()
                : Arrays.stream(cell.split(", *"))
                        .map(value -> value.equals("core") ? "" : value)
                        .toList();
    }

    @Test
    void anEntryCanAcceptEachByItsNameAndBesideThemOnlySubjectReach() {
        Set<String> acceptable = Stream.of(Risk.values()).map(Enum::name).collect(Collectors.toSet());

        Set<String> known = Stream.of(RiskyPermission.values()).map(Enum::name).collect(Collectors.toSet());
        known.add("SubjectReach");
        assertThat(acceptable).isEqualTo(known);
    }

    @Test
    void theReferenceOfAnEntryTellsWhatEachOfThemMeans() throws NoSuchMethodException {
        String told = AcceptedRisk.class
                .getDeclaredConstructor(Risk.class, String.class)
                .getParameters()[0]
                .getAnnotation(JsonPropertyDescription.class)
                .value();

        assertThat(RiskyPermission.values())
                .allSatisfy(risk -> assertThat(told).contains(" " + risk + ": " + risk.description()));
    }
}
