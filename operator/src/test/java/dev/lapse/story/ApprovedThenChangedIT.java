package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** What somebody approved is not what it would give when its time comes: it is asked for anew, and has given nothing. */
@SharesCluster
class ApprovedThenChangedIT {
    private static final String REVIEWS = "lapse.dev/accessreviews";
    private static final String ROLES = "rbac.authorization.k8s.io/roles:reader";
    private static final PolicyRule CONFIGMAPS = Rights.rule("get list", "configmaps");
    private static final PolicyRule PODS = Rights.rule("get list", "pods");

    private final Story story = Story.begins();
    private final String here = story.namespace();

    ApprovedThenChangedIT() {
        story.let("ada", "get patch", REVIEWS);
        story.let("ada", "approve", Story.IDENTITIES);
        story.rights().role(here, "reader", CONFIGMAPS);
        story.rights().give(Rights.serviceAccount("lapse-system", "lapse-operator"), here, "bind", ROLES);
        story.rights().give(Rights.user("olivia"), here, "bind", ROLES);
        story.identity(Entry.ofRole("read", "reader").in(here).with("approvals", Map.of("required", 1)));
    }

    @StoryTest
    void aRoleThatGainsSomethingVoidsTheApproval() {
        approvedAnewAfter(() -> story.rights().role(here, "reader", CONFIGMAPS, PODS));
    }

    @StoryTest
    void anotherOwnerVoidsTheApproval() {
        approvedAnewAfter(
                () -> story.changeIdentity("olivia", "{\"owner\": {\"user\": \"erin\"}, \"changedBy\": \"olivia\"}"));
    }

    private void approvedAnewAfter(Runnable change) {
        String later =
                Instant.now().plusSeconds(15).truncatedTo(ChronoUnit.SECONDS).toString();
        Grant grant =
                story.asks("rashid", "read", "10m", Map.of("notBefore", later)).awaitPhase(GrantPhase.AwaitingApproval);
        Review first = Review.of(story, grant);
        first.approvedBy("ada");
        grant.awaitPhase(GrantPhase.Scheduled);

        change.run();

        grant.awaitPhase(GrantPhase.AwaitingApproval);
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> !first.name().equals(grant.status().review()));
        Review second = Review.of(story, grant);
        assertThat(second.now().getStatus().approvals()).isEqualTo("0/1");
        assertThat(grant.leftovers()).isEmpty();
        second.approvedBy("ada");
        grant.awaitActive();
    }
}
