package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static dev.lapse.story.TokenClient.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.condition.ConditionType;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.util.List;
import java.util.Map;

/** Privilege for the identity's own account, which was there before the grant and stays after it. */
@SharesCluster
class SubjectGrantIT {
    private static final Map<String, Object> NO_CREDENTIAL = Map.of("credential", Map.of("type", "None"));

    private final Story story = Story.begins();
    private final String here = story.namespace();

    @StoryTest
    void aWorkloadUsesTheTokenItHasAlready() {
        story.letGrantTo(Story.IDENTITY);
        story.identity(Entry.of("look", "view").in(here).forSubject());
        TokenClient workload = story.workloadToken(Story.IDENTITY);
        assertThat(workload.lists(here)).isEqualTo(FORBIDDEN);

        Grant grant = story.asks("rashid", "look", "10m", NO_CREDENTIAL).awaitActive();

        assertThat(workload.lists(here)).isEqualTo(OK);
        assertThat(grant.leftovers()).containsExactly("RoleBinding " + here + "/" + grant.objectName());
        grant.revokedBy("rashid", "rashid");
        var end = grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        assertThat(workload.lists(here)).isEqualTo(FORBIDDEN);
        grant.assertAccessRemoved();
        assertThat(end.tokenDead()).isNull();
    }

    @StoryTest
    void aTokenOfTheSubjectDiesWithItsSecret() {
        story.rights()
                .give(
                        Rights.serviceAccount("lapse-system", "lapse-operator"),
                        here,
                        "create",
                        "serviceaccounts/token:" + Story.IDENTITY);
        story.identity(Entry.of("look", "view").in(here).forSubject());

        Grant grant = story.asks("rashid", "look", "10m").awaitActive();

        TokenClient token = grant.tokenReadBy("rashid");
        assertThat(token.lists(here)).isEqualTo(OK);
        grant.revokedBy("rashid", "rashid");
        grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        assertThat(token.lists(here)).isNotEqualTo(OK);
        await().atMost(InstalledOperator.LIMIT).until(() -> token.lists(here) == UNAUTHORIZED);
        assertThat(story.workloadToken(Story.IDENTITY).lists(here)).isEqualTo(FORBIDDEN);
    }

    @StoryTest
    void withoutTheRightToMintForItNothingIsGivenAndStatusSaysWhy() {
        story.identity(Entry.of("look", "view").in(here).forSubject());

        Grant grant = story.asks("rashid", "look", "10m");

        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(
                        () -> assertThat(grant.condition(ConditionType.Ready).message())
                                .contains("grantableSubjects", "principal Dedicated"));
        assertThat(grant.reason()).isEqualTo("SubjectNotGrantable");
        assertThat(grant.leftovers()).isEmpty();
        grant.revokedBy("rashid", "rashid");
        grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
    }

    /** Also where no token is asked for: RBAC alone would bind to whomever it is told. */
    @StoryTest
    void withoutAnAdministratorsWordNoAccountIsGivenAnything() {
        story.identity(Entry.of("look", "view").in(here).forSubject());

        Grant grant = story.asks("rashid", "look", "10m", NO_CREDENTIAL);

        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(
                        () -> assertThat(grant.condition(ConditionType.Ready).message())
                                .contains("not among the subjects that Lapse may grant to", "principal Dedicated"));
        assertThat(grant.reason()).isEqualTo("SubjectNotGrantable");
        assertThat(grant.leftovers()).isEmpty();
        assertThat(story.identityNow().getStatus().entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.reason()).isEqualTo("SubjectNotGrantable"));
        story.letGrantTo(Story.IDENTITY);
        grant.awaitActive();
    }

    @StoryTest
    void anAccountThatLapseMakesGoesWhenTheIdentityRetires() {
        story.letGrantTo("made");
        story.identity(
                Map.of("subject", Map.of("serviceAccount", Map.of("name", "made", "create", true))),
                Entry.of("look", "view").in(here).forSubject());
        await().atMost(InstalledOperator.LIMIT).until(() -> account("made") != null);
        assertThat(account("made").getMetadata().getLabels()).containsKey(Lapse.IDENTITY_UID_LABEL);
        Grant grant = story.asks("rashid", "look", "10m", NO_CREDENTIAL).awaitActive();

        story.changeIdentity("olivia", "{\"state\": \"Retired\"}");

        grant.awaitEnd(GrantPhase.Revoked, EndCause.IdentityRetired);
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() ->
                        assertThat(story.identityNow().getStatus().phase()).isEqualTo(IdentityPhase.Retired));
        assertThat(account("made")).isNull();
    }

    @StoryTest
    void anAccountThatWasThereBeforeStaysWhenTheIdentityRetires() {
        story.letGrantTo(Story.IDENTITY);
        story.identity(
                Map.of("subject", Map.of("serviceAccount", Map.of("name", Story.IDENTITY, "create", true))),
                Entry.of("look", "view").in(here).forSubject());
        story.asks("rashid", "look", "10m", NO_CREDENTIAL).awaitActive();

        story.changeIdentity("olivia", "{\"state\": \"Retired\"}");

        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() ->
                        assertThat(story.identityNow().getStatus().phase()).isEqualTo(IdentityPhase.Retired));
        assertThat(account(Story.IDENTITY)).isNotNull();
    }

    /** Both grants bind the same role to the same account, so the end of one takes nothing away: status must say so. */
    @StoryTest
    void oneOfTwoGrantsEndsAndTellsThatTheOtherStillGivesAccess() {
        story.letGrantTo(Story.IDENTITY);
        story.identity(Entry.of("look", "view").in(here).forSubject());
        TokenClient workload = story.workloadToken(Story.IDENTITY);
        Grant first = story.asks("rashid", "look", "10m", NO_CREDENTIAL).awaitActive();
        Grant second = story.asks("rashid", "look", "10m", NO_CREDENTIAL).awaitActive();

        first.revokedBy("rashid", "rashid");

        first.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        assertThat(workload.lists(here)).isEqualTo(OK);
        await().atMost(InstalledOperator.LIMIT).untilAsserted(() -> {
            var removed = first.condition(ConditionType.AccessRemoved);
            assertThat(removed.status()).isEqualTo(ConditionStatus.False);
            assertThat(removed.message()).contains(second.objectName()).doesNotContain(first.objectName());
        });
        assertThat(first.status().end().residual()).singleElement().asString().contains(second.objectName());
        second.revokedBy("rashid", "rashid");
        second.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        second.assertAccessRemoved();
        assertThat(workload.lists(here)).isEqualTo(FORBIDDEN);
    }

    @StoryTest
    void privilegeElsewhereIsRefusedUnlessTheEntryTakesThatRiskByName() {
        story.letGrantTo(Story.IDENTITY);
        String elsewhere = story.anotherNamespace();
        story.letBind("olivia", "view", elsewhere);
        story.identity(
                Entry.of("silent", "view").in(elsewhere).with("principal", "Subject"),
                Entry.of("said", "view").in(elsewhere).forSubject());

        Grant refused = story.asks("rashid", "silent", "10m", NO_CREDENTIAL).awaitPhase(GrantPhase.Denied);
        story.asks("rashid", "said", "10m", NO_CREDENTIAL).awaitActive();

        assertThat(refused.reason()).isEqualTo("RiskNotAccepted");
        assertThat(refused.leftovers()).isEmpty();
        assertThat(story.workloadToken(Story.IDENTITY).listsIn(here, elsewhere)).isEqualTo(List.of(FORBIDDEN, OK));
    }

    private ServiceAccount account(String name) {
        return story.admin().serviceAccounts().inNamespace(here).withName(name).get();
    }
}
