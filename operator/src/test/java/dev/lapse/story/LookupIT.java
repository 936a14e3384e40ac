package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The API server refuses to say who may do what: the operator's right to ask is taken away for a while. */
@TakesTurns("takes a right of the operator away")
class LookupIT {
    private static final String QUESTION = """
            {apiVersion: authorization.k8s.io/v1, kind: SubjectAccessReview,
             spec: {user: anybody, resourceAttributes: {verb: get, resource: pods}}}""";

    private final Story story = Story.begins();
    private final String here = story.namespace();

    @Test
    void whileTheServerRefusesToBeAskedNothingBegins() {
        story.identity(Entry.of("look", "view").in(here));
        Resource<ClusterRole> rights = story.admin().rbac().clusterRoles().withName("lapse-operator");
        ClusterRole shipped = rights.require();
        Grant grant;

        rights.edit(LookupIT::withoutTheRightToAsk);
        try {
            await().atMost(InstalledOperator.LIMIT).until(() -> !operatorMayAsk());
            grant = story.asks("rashid", "look", "10m").awaitReason(Reason.LookupFailed.name());
            await().during(Duration.ofSeconds(2))
                    .atMost(InstalledOperator.LIMIT)
                    .until(() -> grant.phase() == GrantPhase.Pending);
            assertThat(grant.leftovers()).isEmpty();
        } finally {
            rights.edit(role ->
                    new ClusterRoleBuilder(role).withRules(shipped.getRules()).build());
            await().atMost(InstalledOperator.LIMIT).until(this::operatorMayAsk);
        }

        grant.awaitActive();
    }

    private static ClusterRole withoutTheRightToAsk(ClusterRole role) {
        return new ClusterRoleBuilder(role)
                .withRules(role.getRules().stream()
                        .filter(rule -> !isTheRightToAsk(rule))
                        .toList())
                .build();
    }

    private static boolean isTheRightToAsk(PolicyRule rule) {
        return rule.getResources().contains("subjectaccessreviews");
    }

    private boolean operatorMayAsk() {
        return new Caller(story.cluster().asAccount("lapse-system", "lapse-operator"))
                .create("/apis/authorization.k8s.io/v1/subjectaccessreviews", QUESTION)
                .passed();
    }
}
