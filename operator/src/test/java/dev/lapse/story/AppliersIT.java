package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** What comes through Git names people without proof: Argo applies here as {@code gitops-applier}, with limits. */
@SharesCluster
class AppliersIT {
    private static final String APPLIER = "gitops-applier";

    private final Story story = Story.begins();
    private final String here = story.namespace();
    private final Map<String, Object> claimedByRashid = Map.of(
            "requestedBy",
            "rashid",
            "requestedByVia",
            APPLIER,
            "notAfter",
            Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS).toString());

    AppliersIT() {
        story.rights().give(Rights.user(APPLIER), here, "create govern request", Story.IDENTITIES);
        story.rights().give(Rights.user(APPLIER), here, "create", Story.GRANTS);
    }

    @StoryTest
    void aClaimedRequestIsNeverActiveWithoutPeopleEvenWhereNoneAreAskedFor() {
        story.identity(Entry.of("look", "view").in(here));

        Grant grant = story.asks("argo", "look", "10m", claimedByRashid).awaitPhase(GrantPhase.AwaitingApproval);

        assertThat(grant.reason()).isEqualTo(Reason.ClaimedRequest.name());
        assertThat(grant.awaitEvent("ClaimedRequest")).contains("rashid", "nobody knows whether");
        await().during(Duration.ofSeconds(3))
                .atMost(InstalledOperator.LIMIT)
                .until(() -> grant.phase() == GrantPhase.AwaitingApproval);
        assertThat(grant.leftovers()).isEmpty();
    }

    @StoryTest
    void aClaimedEntryWithinTheAppliersLimitsIsGrantedToWhoAsksInPerson() {
        story.identity(
                "argo", Story.IDENTITY, claimed(), claimedEntry("look", "view").in(here));
        story.awaitIdentityKnown(Story.IDENTITY);

        Grant grant = story.asks("rashid", "look", "10m").awaitActive();

        assertThat(grant.tokenReadBy("rashid").lists(here)).isEqualTo(OK);
    }

    @StoryTest
    void aClaimedEntryBeyondTheAppliersLimitsWaitsForAPerson() {
        String elsewhere = story.anotherNamespace();
        story.letBind("olivia", "edit", here);
        story.letBind("olivia", "view", elsewhere);
        story.identity(
                "argo",
                Story.IDENTITY,
                claimed(),
                claimedEntry("change", "edit").in(here).acceptingEdit(),
                claimedEntry("look", "view").in(elsewhere));
        story.awaitIdentityKnown(Story.IDENTITY);

        Grant otherRole = story.asks("rashid", "change", "10m");
        Grant otherNamespace = story.asks("rashid", "look", "10m");

        beyond(otherRole);
        beyond(otherNamespace);
    }

    @StoryTest
    void aClaimedAuthorMustBeAbleToBindLikeAnyOther() {
        story.identity(
                "argo",
                Story.IDENTITY,
                claimed(),
                claimedEntry("look", "view").in(here).with("entitledBy", "erin"));
        story.awaitIdentityKnown(Story.IDENTITY);

        Grant grant = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.Denied);

        assertThat(grant.reason()).isEqualTo(Reason.AuthorNotEntitled.name());
        assertThat(grant.leftovers()).isEmpty();
    }

    /** Else nobody would approve, notAfter would not bind, and after each end it could ask again. */
    @StoryTest
    void anApplierNeverAsksAsIfItWereAPerson() {
        story.identity(Entry.of("look", "view").in(here));

        Caller.Answer asItself = story.createGrant("itself", "argo", "look", "10m", Map.of("requestedBy", APPLIER));
        Caller.Answer forRashid = story.createGrant("rashid", "argo", "look", "10m", Map.of("requestedBy", "rashid"));
        Caller.Answer entry = story.createIdentity(
                "argo",
                "other",
                Map.of("changedBy", APPLIER, "changedByVia", APPLIER),
                Entry.of("change", "edit").in(here).acceptingEdit().with("entitledBy", APPLIER));

        for (Caller.Answer answer : new Caller.Answer[] {asItself, forRashid}) {
            assertThat(answer.code()).as(answer.body()).isEqualTo(403);
            assertThat(answer.message()).contains("add requestedByVia: \"" + APPLIER + "\"");
        }
        assertThat(entry.code()).as(entry.body()).isEqualTo(403);
        assertThat(entry.message()).contains("entry \"change\"", "add entitledByVia: \"" + APPLIER + "\"");
        assertThat(story.objectsOfLapse()).isEmpty();
    }

    /** What came through Git comes again with each sync: neither with the name that was spent, nor as itself. */
    @StoryTest
    void whatEndedDoesNotComeAgainThroughGit() {
        story.rights().give(Rights.user(APPLIER), here, "delete", Story.GRANTS);
        for (String person : new String[] {"ada", "olivia"}) {
            story.let(person, "get patch", "lapse.dev/accessreviews");
            story.let(person, "approve", Story.IDENTITIES);
        }
        story.identity(Entry.of("look", "view").in(here));
        Grant first =
                story.asksUnder("sync", "argo", "look", "10m", claimedByRashid).awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, first);
        review.approvedBy("ada");
        review.approvedBy("olivia");
        first.awaitActive();

        first.deletedBy("argo", io.fabric8.kubernetes.api.model.DeletionPropagation.BACKGROUND);
        first.awaitGone();

        Grant again =
                story.asksUnder("sync", "argo", "look", "10m", claimedByRashid).awaitPhase(GrantPhase.Denied);
        assertThat(again.reason()).isEqualTo(Reason.ClaimEnded.name());
        Caller.Answer asItself = story.createGrant("again", "argo", "look", "10m", Map.of("requestedBy", APPLIER));
        assertThat(asItself.code()).as(asItself.body()).isEqualTo(403);
        assertThat(again.leftovers()).isEmpty();
    }

    @StoryTest
    void whoRevokesThroughGitIsShownAsClaimed() {
        story.rights().give(Rights.user(APPLIER), here, "patch", Story.GRANTS);
        story.identity(Entry.of("look", "view").in(here));
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        Caller argo = new Caller(story.cluster().as("argo"));
        Map<String, Object> revocation = Map.of("revoked", true, "revokedBy", "olivia");

        Caller.Answer inPerson = argo.send(
                "PATCH", grant.path(), "application/merge-patch+json", Caller.json(Map.of("spec", revocation)));
        Map<String, Object> claimed = new java.util.HashMap<>(revocation);
        claimed.put("revokedByVia", APPLIER);
        Caller.Answer throughGit =
                argo.send("PATCH", grant.path(), "application/merge-patch+json", Caller.json(Map.of("spec", claimed)));

        assertThat(inPerson.message()).contains("add revokedByVia: \"" + APPLIER + "\"");
        assertThat(throughGit.passed()).as(throughGit.body()).isTrue();
        var end = grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        assertThat(end.by()).isEqualTo("olivia (claimed)");
        assertThat(end.message()).isEqualTo("revoked by olivia (claimed)");
        assertThat(grant.awaitEvent("Revoked")).contains("revoked by olivia (claimed)");
    }

    /** It suspends or revokes what nobody decides: whoever is said to have opened it must not be made up unseen. */
    @StoryTest
    void aCampaignThroughGitIsClaimed() {
        story.rights().give(Rights.user(APPLIER), here, "create", "lapse.dev/accessreviews");
        story.rights().give(Rights.user(APPLIER), here, "campaign", Story.IDENTITIES);
        story.let("olivia", "campaign", Story.IDENTITIES);
        story.identity(Entry.of("look", "view").in(here));
        story.awaitIdentityKnown(Story.IDENTITY);

        Caller.Answer inPerson = opensCampaign("spring", Map.of("openedBy", APPLIER));
        Caller.Answer forOlivia = opensCampaign("spring", Map.of("openedBy", "olivia"));

        for (Caller.Answer answer : new Caller.Answer[] {inPerson, forOlivia}) {
            assertThat(answer.code()).as(answer.body()).isEqualTo(403);
            assertThat(answer.message()).contains("add openedByVia: \"" + APPLIER + "\"");
        }
        Caller.Answer claimed = opensCampaign("spring", Map.of("openedBy", "olivia", "openedByVia", APPLIER));
        assertThat(claimed.passed()).as(claimed.body()).isTrue();
        Review campaign = new Review(story.cluster(), here, "spring");
        assertThat(campaign.awaitEvent(Reason.CampaignRuns.name())).contains("; opened by olivia (claimed)");
        // Whoever Git names must hold the verb as well.
        Caller.Answer erins = opensCampaign("erins", Map.of("openedBy", "erin", "openedByVia", APPLIER));
        assertThat(erins.passed()).as(erins.body()).isTrue();
        assertThat(new Review(story.cluster(), here, "erins").awaitEvent(Reason.CampaignNotAllowed.name()))
                .contains("erin (claimed) does not hold the verb campaign");
    }

    private Caller.Answer opensCampaign(String name, Map<String, Object> by) {
        Map<String, Object> spec = new java.util.HashMap<>(by);
        spec.put("type", "Certification");
        spec.put("scope", Map.of());
        spec.put("onMissed", "Report");
        spec.put(
                "dueAt",
                Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS).toString());
        return new Caller(story.cluster().as("argo"))
                .create(
                        story.path("accessreviews"),
                        Caller.json(Map.of(
                                "apiVersion",
                                "lapse.dev/v1alpha1",
                                "kind",
                                "AccessReview",
                                "metadata",
                                Map.of("name", name),
                                "spec",
                                spec)));
    }

    @StoryTest
    void whoIsNoApplierClaimsNothing() {
        story.let("mallory", "create", Story.GRANTS);
        story.let("mallory", "request", Story.IDENTITIES);
        story.identity(Entry.of("look", "view").in(here));

        Caller.Answer asArgo = story.createGrant("claimed", "mallory", "look", "10m", claimedByRashid);
        Caller.Answer asHerself =
                story.createGrant("claimed", "mallory", "look", "10m", with("requestedByVia", "mallory"));

        for (Caller.Answer answer : new Caller.Answer[] {asArgo, asHerself}) {
            assertThat(answer.code()).as(answer.body()).isEqualTo(403);
            assertThat(answer.message())
                    .contains("requestedByVia is for the appliers listed")
                    .contains("leave it out and write requestedBy: \"mallory\"");
        }
        assertThat(new Caller(story.admin())
                        .get(story.path("privilegegrants") + "/claimed")
                        .code())
                .isEqualTo(404);
    }

    private void beyond(Grant grant) {
        grant.awaitReason(Reason.BeyondApplierLimits.name());
        assertThat(grant.phase()).isEqualTo(GrantPhase.Pending);
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(
                                grant.condition(ConditionType.Ready).message())
                        .contains("it goes beyond the limits of the applier " + APPLIER, "kubectl lapse approve"));
        assertThat(grant.leftovers()).isEmpty();
    }

    private static Map<String, Object> claimed() {
        return Map.of("changedBy", "olivia", "changedByVia", APPLIER);
    }

    private static Entry claimedEntry(String name, String role) {
        return Entry.of(name, role).with("entitledBy", "olivia").with("entitledByVia", APPLIER);
    }

    private Map<String, Object> with(String field, Object value) {
        Map<String, Object> changed = new java.util.HashMap<>(claimedByRashid);
        changed.put(field, value);
        return changed;
    }
}
