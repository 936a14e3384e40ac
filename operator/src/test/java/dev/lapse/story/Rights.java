package dev.lapse.story;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Gives actors the rights of a story, each by a role of its own, so that nobody holds more than is written there. */
final class Rights {
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final KubernetesClient admin;

    Rights(KubernetesClient admin) {
        this.admin = admin;
    }

    static Subject user(String name) {
        return new SubjectBuilder()
                .withApiGroup(RBAC)
                .withKind("User")
                .withName(name)
                .build();
    }

    static Subject group(String name) {
        return new SubjectBuilder()
                .withApiGroup(RBAC)
                .withKind("Group")
                .withName(name)
                .build();
    }

    static Subject serviceAccount(String namespace, String name) {
        return new SubjectBuilder()
                .withKind("ServiceAccount")
                .withNamespace(namespace)
                .withName(name)
                .build();
    }

    /**
     * @param verbs separated by spaces
     * @param resource {@code group/resource}, {@code resource} of the core group, or either with {@code :name} behind it
     * @return what gives it: whoever deletes it takes it away
     */
    RoleBinding give(Subject whom, String namespace, String verbs, String resource) {
        String name = "story-" + NUMBER.incrementAndGet();
        admin.resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withRules(rule(verbs, resource))
                        .build())
                .create();
        RoleBinding binding = bind(whom, namespace, "Role", name);
        awaitNoticed(whom, namespace, rule(verbs, resource));
        return binding;
    }

    /** The API server decides by its own watch of roles and bindings, which follows a moment later. */
    private void awaitNoticed(Subject whom, @Nullable String namespace, PolicyRule rule) {
        String[] resource = rule.getResources().get(0).split("/", 2);
        boolean group = whom.getKind().equals("Group");
        SubjectAccessReview question = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(group ? "somebody" : userName(whom))
                .withGroups(group ? List.of(whom.getName()) : List.of())
                .withNewResourceAttributes()
                .withNamespace(namespace)
                .withVerb(rule.getVerbs().get(0))
                .withGroup(rule.getApiGroups().get(0))
                .withResource(resource[0])
                .withSubresource(resource.length == 1 ? null : resource[1])
                .withName(rule.getResourceNames().stream().findFirst().orElse(null))
                .endResourceAttributes()
                .endSpec()
                .build();
        await("what was given to " + whom.getName() + " is noticed")
                .pollInterval(Duration.ofMillis(20))
                .pollDelay(Duration.ZERO)
                .atMost(InstalledOperator.LIMIT)
                .until(() -> admin.authorization()
                        .v1()
                        .subjectAccessReview()
                        .create(question)
                        .getStatus()
                        .getAllowed());
    }

    private static String userName(Subject whom) {
        return whom.getKind().equals("ServiceAccount")
                ? "system:serviceaccount:" + whom.getNamespace() + ":" + whom.getName()
                : whom.getName();
    }

    void giveEverywhere(Subject whom, String verbs, String resource) {
        String name = "story-" + NUMBER.incrementAndGet();
        clusterRole(name, rule(verbs, resource));
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewRoleRef(RBAC, "ClusterRole", name)
                        .withSubjects(whom)
                        .build())
                .create();
        awaitNoticed(whom, null, rule(verbs, resource));
    }

    /** What {@link #giveEverywhere} gave this subject. */
    void takeEverywhere(Subject whom) {
        var bindings = admin.rbac().clusterRoleBindings();
        bindings.list().getItems().stream()
                .filter(binding ->
                        binding.getSubjects() != null && binding.getSubjects().contains(whom))
                .forEach(binding -> bindings.resource(binding).delete());
    }

    RoleBinding bind(Subject whom, String namespace, String kind, String role) {
        return admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("story-" + NUMBER.incrementAndGet())
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef(RBAC, kind, role)
                        .withSubjects(whom)
                        .build())
                .create();
    }

    /** All that stories gave this subject in the namespace. */
    void takeFrom(Subject whom, String namespace) {
        var bindings = admin.rbac().roleBindings().inNamespace(namespace);
        bindings.list().getItems().stream()
                .filter(binding -> binding.getSubjects().contains(whom))
                .forEach(binding -> bindings.resource(binding).delete());
    }

    void clusterRole(String name, PolicyRule... rules) {
        admin.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .serverSideApply();
    }

    void role(String namespace, String name, PolicyRule... rules) {
        admin.resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .serverSideApply();
    }

    static PolicyRule rule(String verbs, String resource) {
        String[] pathAndName = resource.split(":", 2);
        int slash = pathAndName[0].indexOf('.') < 0 ? -1 : pathAndName[0].indexOf('/');
        return new PolicyRuleBuilder()
                .withApiGroups(slash < 0 ? "" : pathAndName[0].substring(0, slash))
                .withResources(pathAndName[0].substring(slash + 1))
                .withVerbs(verbs.split(" "))
                .withResourceNames(pathAndName.length == 1 ? List.of() : List.of(pathAndName[1]))
                .build();
    }
}
