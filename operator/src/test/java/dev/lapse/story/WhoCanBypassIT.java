package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.story.Terminal.Answer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Ways round the guard are opened on the real server, each is found by an administrator with the right to look, and closed. */
@TakesTurns("changes the guard's parameters")
class WhoCanBypassIT {
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String ADMISSION = "admissionregistration.k8s.io/";

    @TempDir
    Path home;

    private final Story story = Story.begins();

    /** @param where nothing for the whole cluster */
    record Opened(String way, Optional<String> where, String kind, String role, PolicyRule... rules) {
        static Opened rule(String way, String verbs, String resource) {
            return new Opened(way, Optional.empty(), "ClusterRole", role(way), Rights.rule(verbs, resource));
        }

        static Opened in(String where, String way, String verbs, String resource) {
            return new Opened(way, Optional.of(where), "ClusterRole", role(way), Rights.rule(verbs, resource));
        }

        private static String role(String way) {
            return "bypass-" + way.toLowerCase(java.util.Locale.ROOT);
        }
    }

    @StoryTest
    void eachHoleIsToldWhileItIsOpenAndNotAfterwards() {
        letLook("gina");
        String argo = story.anotherNamespace();
        List<Opened> holes = List.of(
                new Opened("Everything", Optional.empty(), "ClusterRole", "cluster-admin"),
                Opened.rule("ImpersonateUsers", "impersonate", "users"),
                Opened.rule("ImpersonateGroups", "impersonate", "groups"),
                Opened.in("lapse-system", "ImpersonateOperator", "impersonate", "serviceaccounts"),
                Opened.in("lapse-principals", "ImpersonatePrincipals", "impersonate", "serviceaccounts"),
                Opened.in("lapse-system", "OperatorToken", "create", "serviceaccounts/token:lapse-operator"),
                Opened.in("lapse-system", "OperatorPods", "create", "pods"),
                Opened.in("lapse-system", "OperatorSecrets", "get", "secrets"),
                Opened.in("lapse-system", "GuardParameters", "update", "configmaps:lapse-guard"),
                Opened.rule("GuardPolicies", "delete", ADMISSION + "validatingadmissionpolicybindings"),
                Opened.rule("MutatingAdmission", "create", ADMISSION + "mutatingwebhookconfigurations"),
                Opened.rule("Definitions", "update", "apiextensions.k8s.io/customresourcedefinitions"),
                Opened.in("lapse-principals", "MintByHand", "mint", "lapse.dev/principals:lapse-1"),
                Opened.rule("BindOrEscalate", "escalate", RBAC + "/clusterroles"),
                Opened.rule("Certificates", "update", "certificates.k8s.io/certificatesigningrequests/approval"),
                Opened.rule("Nodes", "get", "nodes/proxy"),
                Opened.in("kube-system", "ControlPlane", "create", "pods"),
                new Opened("ApplierAccount", Optional.of(argo), "ClusterRole", "edit"));
        Map<String, String> expected =
                holes.stream().collect(java.util.stream.Collectors.toMap(each -> "User/" + each.way(), Opened::way));
        setAppliers("gitops-applier system:serviceaccount:" + argo + ":applier");
        List<HasMetadata> opened = holes.stream().flatMap(this::open).toList();
        try {
            Answer told = asked("-o", "json");

            assertThat(told.exit()).as(told.all()).isEqualTo(6);
            var found = new Caller.Answer(200, told.out()).json().path("holes");
            expected.forEach((who, way) -> assertThat(found).as(told.out()).anySatisfy(hole -> {
                assertThat(hole.path("subject").asText()).isEqualTo(who);
                assertThat(hole.path("ways").findValuesAsText("way")).contains(way);
                assertThat(hole.path("ways").findValuesAsText("remedy")).allMatch(text -> !text.isEmpty());
            }));
            assertThat(asked("--expect", String.join(",", expected.keySet())).out())
                    .doesNotContain(expected.keySet());
        } finally {
            opened.forEach(object -> story.admin().resource(object).delete());
            setAppliers("gitops-applier");
        }

        assertThat(asked("-o", "name").out().lines()).doesNotContainAnyElementsOf(expected.keySet());
    }

    @StoryTest
    void whoMayNotLookIsToldSoAndNotThatAllIsWell() {
        Answer told = new Terminal(story.cluster(), home).lapse("mallory", "who-can-bypass");

        assertThat(told.exit()).as(told.all()).isEqualTo(1);
        assertThat(told.all()).contains("you may not list clusterroles");
    }

    private Answer asked(String... words) {
        return new Terminal(story.cluster(), home)
                .lapse(
                        "gina",
                        Stream.concat(Stream.of("who-can-bypass"), Arrays.stream(words))
                                .toArray(String[]::new));
    }

    private void letLook(String person) {
        story.rights().giveEverywhere(Rights.user(person), "list", RBAC + "/clusterroles");
        story.rights().giveEverywhere(Rights.user(person), "list", RBAC + "/clusterrolebindings");
        story.rights().giveEverywhere(Rights.user(person), "list", RBAC + "/roles");
        story.rights().giveEverywhere(Rights.user(person), "list", RBAC + "/rolebindings");
        story.rights().give(Rights.user(person), "lapse-system", "get", "configmaps:lapse-guard");
    }

    private Stream<HasMetadata> open(Opened hole) {
        KubernetesClient admin = story.admin();
        if (hole.rules().length > 0) {
            story.rights().clusterRole(hole.role(), hole.rules());
        }
        Subject whom = Rights.user(hole.way());
        String name = "bypass-" + hole.way().toLowerCase(java.util.Locale.ROOT);
        HasMetadata binding = hole.where().isEmpty()
                ? new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewRoleRef(RBAC, hole.kind(), hole.role())
                        .withSubjects(whom)
                        .build()
                : new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(hole.where().get())
                        .endMetadata()
                        .withNewRoleRef(RBAC, hole.kind(), hole.role())
                        .withSubjects(whom)
                        .build();
        return Stream.of(admin.resource(binding).create());
    }

    /** A change of the guard's parameters is another epoch: the operator settles anew before others go on. */
    private void setAppliers(String names) {
        String before = InstalledOperator.epoch(story.cluster());
        story.admin()
                .configMaps()
                .inNamespace("lapse-system")
                .withName("lapse-guard")
                .edit(map -> {
                    map.getData().put("appliers", names);
                    return map;
                });
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> !before.equals(InstalledOperator.epoch(story.cluster()))
                        && InstalledOperator.ready(story.cluster()));
    }
}
