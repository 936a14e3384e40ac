package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;

/** What becomes of an active grant when its role is not any more what it was. */
@SharesCluster
class RoleChangesIT {
    private static final PolicyRule CONFIGMAPS = Rights.rule("get list", "configmaps");
    private static final PolicyRule PODS = Rights.rule("get list", "pods");
    private static final String ROLES = "rbac.authorization.k8s.io/roles:reader";

    private final Story story = Story.begins();
    private final String here = story.namespace();

    @StoryTest
    void aDeletedRoleEndsTheGrant() {
        Grant grant = activeGrant();
        TokenClient token = grant.tokenReadBy("rashid");

        story.admin().rbac().roles().inNamespace(here).withName("reader").delete();

        grant.awaitEnd(GrantPhase.Revoked, EndCause.RoleGone);
        assertThat(token.lists(here)).isNotEqualTo(OK);
    }

    @StoryTest
    void aRoleThatGainsARiskyPermissionEndsTheGrant() {
        widenedBy(Rights.rule("get", "secrets"), "SecretsRead");
    }

    @StoryTest
    void aRoleThatGainsAWildcardEndsTheGrant() {
        widenedBy(Rights.rule("*", "configmaps"), "Wildcard");
    }

    private void widenedBy(PolicyRule gained, String risk) {
        Grant grant = activeGrant();
        TokenClient token = grant.tokenReadBy("rashid");

        story.rights().role(here, "reader", CONFIGMAPS, gained);

        var end = grant.awaitEnd(GrantPhase.Revoked, EndCause.RoleWidened);
        assertThat(end.message()).contains("Role/reader gained").contains(risk);
        assertThat(grant.awaitEvent("Revoked")).contains("Role/reader gained");
        assertThat(token.lists(here)).isNotEqualTo(OK);
        grant.assertAccessRemoved();
    }

    /** Whatever it gives, nobody could tell: the approvers, the risks and the proof would all be guesses. */
    @StoryTest
    void aRoleThatGrowsBeyondWhatCanBeJudgedEndsTheGrant() {
        Grant grant = activeGrant();
        TokenClient token = grant.tokenReadBy("rashid");

        story.rights().role(here, "reader", CONFIGMAPS, tooLargeToJudge());

        var end = grant.awaitEnd(GrantPhase.Revoked, EndCause.RoleWidened);
        assertThat(end.message()).isEqualTo("Role/reader has more rules by now than anybody could judge");
        assertThat(grant.awaitEvent("Revoked")).contains("more rules by now than anybody could judge");
        assertThat(token.lists(here)).isNotEqualTo(OK);
        grant.assertAccessRemoved();
    }

    @StoryTest
    void aRoleThatIsTooLargeToJudgeIsRefusedByItsOwnReason() {
        story.rights().role(here, "reader", CONFIGMAPS, tooLargeToJudge());
        story.rights().give(operator(), here, "bind", ROLES);
        story.rights().give(Rights.user("olivia"), here, "bind", ROLES);
        story.identity(Entry.ofRole("read", "reader").in(here));

        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(
                                story.identityNow().getStatus().entries().get(0).reason())
                        .isEqualTo(Reason.RoleTooLarge.name()));
        Grant grant = story.asks("rashid", "read", "10m").awaitPhase(GrantPhase.Denied);

        assertThat(grant.reason()).isEqualTo(Reason.RoleTooLarge.name());
        assertThat(grant.condition(ConditionType.Ready).message())
                .contains("Role reader has more rules than anybody could judge")
                .contains("a role of less than 128 KiB");
    }

    @StoryTest
    void aRoleThatGainsSomethingHarmlessGoesOn() {
        Grant grant = activeGrant();
        TokenClient token = grant.tokenReadBy("rashid");
        assertThat(token.get("/api/v1/namespaces/" + here + "/pods")).isEqualTo(FORBIDDEN);

        story.rights().role(here, "reader", CONFIGMAPS, PODS);

        goesOn(grant);
        assertThat(token.get("/api/v1/namespaces/" + here + "/pods")).isEqualTo(OK);
    }

    /** From reading ConfigMaps to deleting Pods, which lets nobody outlive the grant, and is not what was approved. */
    @StoryTest
    void aRoleThatGrowsIsToldOfTheGrantOfItsIdentityAndToTheNextApprover() {
        story.rights().role(here, "reader", CONFIGMAPS);
        story.rights().give(operator(), here, "bind", ROLES);
        story.rights().give(Rights.user("olivia"), here, "bind", ROLES);
        story.identity(
                Entry.ofRole("read", "reader").in(here),
                Entry.ofRole("asked", "reader").in(here).with("approvals", Map.of("required", 1)));
        Grant grant = story.asks("rashid", "read", "10m").awaitActive();
        double changedBefore = rolesChanged();

        story.rights().role(here, "reader", CONFIGMAPS, Rights.rule("delete", "pods"));

        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(
                                grant.condition(ConditionType.RoleAsGranted).message())
                        .contains("Role/reader was changed while the grant was active"));
        assertThat(grant.awaitEvent("RoleChanged")).contains("allows something else than what was approved");
        // Other stories change roles at the same time.
        assertThat(rolesChanged()).isGreaterThan(changedBefore);
        assertThat(grant.phase()).isEqualTo(GrantPhase.Active);
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(
                                story.identityNow().getStatus().entries().get(0).roleChangedAt())
                        .isNotNull());

        Grant next = story.asks("rashid", "asked", "10m").awaitPhase(GrantPhase.AwaitingApproval);

        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(
                                Review.of(story, next).now().getStatus().items())
                        .singleElement()
                        .satisfies(item -> assertThat(item.roleChangedAt()).isNotNull()));
    }

    @StoryTest
    void aRoleThatLosesSomethingGoesOnWithTheRest() {
        Grant grant = activeGrant();
        TokenClient token = grant.tokenReadBy("rashid");

        story.rights().role(here, "reader", PODS);

        goesOn(grant);
        assertThat(token.lists(here)).isEqualTo(FORBIDDEN);
        grant.revokedBy("rashid", "rashid");
        grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        grant.assertAccessRemoved();
    }

    /** The wider role counts from the next grant on, which its entry's author must be able to give. */
    @StoryTest
    void aWiderRoleNeedsAnAuthorWhoMayBindAllOfIt() {
        story.rights().role(here, "reader", CONFIGMAPS);
        story.rights().give(operator(), here, "bind", ROLES);
        story.let("olivia", "get list", "configmaps");
        story.identity(Entry.ofRole("read", "reader").in(here));
        story.asks("rashid", "read", "10m").awaitActive();

        story.rights().role(here, "reader", CONFIGMAPS, PODS);

        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(
                                story.identityNow().getStatus().entries().get(0).reason())
                        .isEqualTo(Reason.AuthorNotEntitled.name()));
        Grant late = story.asks("rashid", "read", "10m").awaitPhase(GrantPhase.Denied);
        assertThat(late.reason()).isEqualTo(Reason.AuthorNotEntitled.name());
    }

    private double rolesChanged() {
        return Double.parseDouble(InstalledOperator.metric(story.cluster(), "lapse_roles_changed_total"));
    }

    private Grant activeGrant() {
        story.rights().role(here, "reader", CONFIGMAPS);
        story.rights().give(operator(), here, "bind", ROLES);
        story.rights().give(Rights.user("olivia"), here, "bind", ROLES);
        story.identity(Entry.ofRole("read", "reader").in(here));
        Grant grant = story.asks("rashid", "read", "10m").awaitActive();
        assertThat(grant.tokenReadBy("rashid").lists(here)).isEqualTo(OK);
        return grant;
    }

    /** More than 128 KiB of what is harmless. */
    private static PolicyRule tooLargeToJudge() {
        return new PolicyRuleBuilder(CONFIGMAPS)
                .withResourceNames(IntStream.range(0, 4_000)
                        .mapToObj(i -> "a-config-map-with-a-long-name-number-" + i)
                        .toList())
                .build();
    }

    private static void goesOn(Grant grant) {
        await().during(Duration.ofSeconds(2))
                .atMost(InstalledOperator.LIMIT)
                .until(() -> grant.phase() == GrantPhase.Active);
    }

    private static io.fabric8.kubernetes.api.model.rbac.Subject operator() {
        return Rights.serviceAccount("lapse-system", "lapse-operator");
    }
}
