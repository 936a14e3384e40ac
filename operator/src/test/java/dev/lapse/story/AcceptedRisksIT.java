package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.condition.Reason;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What lets a holder outlive a grant is given only by an entry that takes it by name. */
@SharesCluster
class AcceptedRisksIT {
    private static final String ROLES = "rbac.authorization.k8s.io/roles:worker";
    private static final PolicyRule CONFIGMAPS = Rights.rule("get list", "configmaps");
    private static final PolicyRule SECRETS = Rights.rule("get", "secrets");

    private final Story story = Story.begins();
    private final String here = story.namespace();

    @StoryTest
    void theBuiltInEditIsRefusedAndEachOfItsRisksIsNamed() {
        story.letBind("olivia", "edit", here);
        story.identity(Entry.of("change", "edit").in(here).accepting("Exec"));

        Grant grant = story.asks("rashid", "change", "10m").awaitPhase(GrantPhase.Denied);

        assertThat(grant.reason()).isEqualTo(Reason.RiskNotAccepted.name());
        assertThat(grant.awaitEvent("Denied"))
                .contains("(TokenCreate, SecretsRead, PodsWrite, WorkloadsWrite, Impersonate, NodesProxy)")
                .contains("add each to accepts with a reason");
        EntryStatus entry = entry();
        assertThat(entry.state()).isEqualTo(EntryState.Refused);
        assertThat(entry.reason()).isEqualTo(Reason.RiskNotAccepted.name());
        assertThat(entry.message()).contains("ClusterRole/edit", "TokenCreate", "add each to accepts");
        assertThat(grant.leftovers()).isEmpty();
    }

    @StoryTest
    void theBuiltInViewHoldsNoneOfThem() {
        story.identity(Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m").awaitActive();

        assertThat(grant.status().resolved().risks()).isEmpty();
        assertThat(entry().state()).isEqualTo(EntryState.Eligible);
    }

    @StoryTest
    void whatTheEntryAcceptsIsShownToApproversAndGiven() {
        story.letBind("olivia", "edit", here);
        story.let("ada", "patch", "lapse.dev/accessreviews");
        story.let("ada", "approve", Story.IDENTITIES);
        story.identity(Entry.of("change", "edit").in(here).acceptingEdit().with("approvals", Map.of("required", 1)));

        Grant grant = story.asks("rashid", "change", "10m").awaitPhase(GrantPhase.AwaitingApproval);

        Review review = Review.of(story, grant);
        assertThat(review.now().getSpec().requested().risks())
                .containsExactly(
                        "TokenCreate",
                        "SecretsRead",
                        "PodsWrite",
                        "WorkloadsWrite",
                        "Exec",
                        "Impersonate",
                        "NodesProxy");
        review.approvedBy("ada");
        grant.awaitActive();
        assertThat(grant.tokenReadBy("rashid").get("/api/v1/namespaces/" + here + "/secrets"))
                .isEqualTo(OK);
    }

    @StoryTest
    void aRoleThatGainsARiskWhileItsGrantWaitsIsNotGiven() {
        story.let("ada", "patch", "lapse.dev/accessreviews");
        story.let("ada", "approve", Story.IDENTITIES);
        worker(CONFIGMAPS);
        story.identity(Entry.ofRole("work", "worker").in(here).with("approvals", Map.of("required", 1)));
        Grant grant = story.asks("rashid", "work", "10m").awaitPhase(GrantPhase.AwaitingApproval);

        worker(CONFIGMAPS, SECRETS);

        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.reason()).isEqualTo(Reason.RiskNotAccepted.name());
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(entry().reason()).isEqualTo(Reason.RiskNotAccepted.name()));
        assertThat(grant.leftovers()).isEmpty();
    }

    @StoryTest
    void aRiskAcceptedFromTheBeginningDoesNotEndAGrantWhenTheRoleGainsItButItsWithdrawalDoes() {
        worker(CONFIGMAPS);
        story.identity(Entry.ofRole("work", "worker").in(here).accepting("SecretsRead"));
        Grant grant = story.asks("rashid", "work", "10m").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");
        String secrets = "/api/v1/namespaces/" + here + "/secrets/" + grant.objectName();
        assertThat(token.get(secrets)).isEqualTo(FORBIDDEN);

        worker(CONFIGMAPS, SECRETS);

        await().during(Duration.ofSeconds(2))
                .atMost(InstalledOperator.LIMIT)
                .until(() -> grant.phase() == GrantPhase.Active);
        assertThat(token.get(secrets)).isEqualTo(OK);
        // Gained afterwards, so it was accepted but is not among what was resolved: it has to be withdrawn by the
        // entry.
        Grant next = story.asks("rashid", "work", "10m").awaitActive();
        story.changeIdentity(
                "olivia",
                Caller.json(Map.of(
                        "eligible",
                        List.of(Entry.ofRole("work", "worker").in(here).by("olivia")))));
        next.awaitEnd(GrantPhase.Revoked, EndCause.EligibilityLost);
        grant.awaitEnd(GrantPhase.Revoked, EndCause.RoleWidened);
        assertThat(token.get(secrets)).isNotEqualTo(OK);
    }

    private void worker(PolicyRule... rules) {
        story.rights().role(here, "worker", rules);
        if (rules.length == 1) {
            story.rights().give(Rights.serviceAccount("lapse-system", "lapse-operator"), here, "bind", ROLES);
            story.rights().give(Rights.user("olivia"), here, "bind", ROLES);
            story.let("olivia", "create", Story.ROLE_BINDINGS);
        }
    }

    private EntryStatus entry() {
        return story.identityNow().getStatus().entries().get(0);
    }
}
