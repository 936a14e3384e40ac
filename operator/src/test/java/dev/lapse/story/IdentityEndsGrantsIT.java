package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** What happens to an active grant when the identity it belongs to changes. */
@SharesCluster
class IdentityEndsGrantsIT {
    private final Story story = Story.begins();
    private final String here = story.namespace();

    @StoryTest
    void suspensionEndsGrantsAndRefusesNewOnesUntilItIsLifted() {
        Grant grant = activeGrant();

        story.changeIdentity("olivia", "{\"state\": \"Suspended\"}");

        ended(grant, EndCause.IdentitySuspended);
        Grant meanwhile = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.Denied);
        assertThat(meanwhile.reason()).isEqualTo("IdentityNotActive");
        story.changeIdentity("olivia", "{\"state\": \"Active\"}");
        story.awaitIdentityKnown(Story.IDENTITY);
        story.asks("rashid", "look", "10m").awaitActive();
    }

    @StoryTest
    void retirementEndsGrants() {
        Grant grant = activeGrant();

        story.changeIdentity("olivia", "{\"state\": \"Retired\"}");

        ended(grant, EndCause.IdentityRetired);
    }

    @StoryTest
    void anEntryThatIsTakenAwayEndsGrants() {
        Grant grant = activeGrant();

        story.changeIdentity("olivia", "{\"eligible\": []}");

        ended(grant, EndCause.EligibilityLost);
    }

    @StoryTest
    void anEntryThatReachesLessEndsGrantsThatReachMore() {
        String elsewhere = story.anotherNamespace();
        story.letBind("olivia", "view", elsewhere);
        story.identity(Entry.of("look", "view").in(here, elsewhere));
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();

        story.changeIdentity(
                "olivia",
                "{\"eligible\": [{\"name\": \"look\", \"role\": {\"kind\": \"ClusterRole\", \"name\": \"view\"},"
                        + " \"namespaces\": [\"" + here + "\"], \"entitledBy\": \"olivia\"}]}");

        ended(grant, EndCause.EligibilityLost);
    }

    @StoryTest
    void aLostOwnerEndsGrants() {
        Grant grant = activeGrant();

        story.changeIdentity("olivia", "{\"owner\": null}");

        ended(grant, EndCause.OwnerLost);
    }

    @StoryTest
    void aDeletedIdentityEndsGrants() {
        Grant grant = activeGrant();

        story.cluster()
                .as("olivia")
                .resources(ServiceIdentity.class)
                .inNamespace(here)
                .withName(Story.IDENTITY)
                .delete();

        ended(grant, EndCause.IdentityGone);
    }

    @StoryTest
    void aDeletedSubjectEndsGrants() {
        Grant grant = activeGrant();

        story.admin()
                .serviceAccounts()
                .inNamespace(here)
                .withName(Story.IDENTITY)
                .delete();

        ended(grant, EndCause.SubjectGone);
    }

    @StoryTest
    void theIdentitysOwnEndIsTheLatestEndOfItsGrants() {
        Instant until = Instant.now().plusSeconds(6).truncatedTo(ChronoUnit.SECONDS);
        story.identity(
                Map.of("validUntil", until.toString()), Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m").awaitActive();

        assertThat(grant.status().expiresAt()).isEqualTo(until);
        grant.awaitEnd(GrantPhase.Expired, EndCause.Expired);
        Grant late = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.Denied);
        assertThat(late.reason()).isEqualTo("IdentityExpired");
    }

    @StoryTest
    void anEndThatMovesCloserEndsGrantsThen() {
        Grant grant = activeGrant();
        Instant until = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);

        story.changeIdentity("olivia", "{\"validUntil\": \"" + until + "\"}");

        ended(grant, EndCause.IdentityExpired);
        assertThat(grant.status().end().dueAt()).isEqualTo(until);
    }

    @StoryTest
    void whatTheIdentityIsForChangesNothing() {
        Grant grant = activeGrant();

        story.changeIdentity("olivia", "{\"purpose\": \"something else\", \"systems\": [\"ledger\"]}");
        story.awaitIdentityKnown(Story.IDENTITY);

        assertThat(grant.phase()).isEqualTo(GrantPhase.Active);
        assertThat(grant.tokenReadBy("rashid").lists(here)).isEqualTo(OK);
        assertThat(story.identityNow().getStatus().activeGrants()).containsExactly(grant.name());
    }

    private Grant activeGrant() {
        story.identity(Entry.of("look", "view").in(here));
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        assertThat(grant.tokenReadBy("rashid").lists(here)).isEqualTo(OK);
        return grant;
    }

    private void ended(Grant grant, EndCause cause) {
        grant.awaitEnd(GrantPhase.Revoked, cause);
        grant.assertAccessRemoved();
    }
}
