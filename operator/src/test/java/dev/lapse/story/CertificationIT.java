package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.condition.Reason;
import dev.lapse.story.Caller.Answer;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gina asks, once a quarter, whether what the identities here may ask for is still right. She decides nothing: Ada and
 * Olivia do. What they take away stays away, whatever Git says.
 */
@SharesCluster
class CertificationIT {
    private static final String REVIEWS = "lapse.dev/accessreviews";

    private final Story story = Story.begins();
    private final String here = story.namespace();
    private final String there = story.anotherNamespace();

    CertificationIT() {
        story.let("gina", "create get", REVIEWS);
        story.let("gina", "campaign", Story.IDENTITIES);
        for (String person : List.of("ada", "olivia")) {
            story.let(person, "get patch", REVIEWS);
            story.let(person, "review", Story.IDENTITIES);
        }
        story.letBind("olivia", "view", there);
        identity("look");
    }

    @StoryTest
    void eachIdentityHasAReviewAndWhatIsKeptGoesOn() {
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        Review campaign = campaign("spring", Duration.ofHours(1), "Suspend");

        Review review = ofCampaign(campaign);

        assertThat(review.now().getStatus().items())
                .extracting(item -> item.what())
                .containsExactly(
                        "ClusterRole/view in " + here
                                + " for up to 4h (entry look of ci, principal Dedicated), entitled by olivia",
                        "ClusterRole/view in " + there
                                + " for up to 4h (entry afar of ci, principal Dedicated), entitled by olivia");
        assertThat(review.awaitEvent("ReviewOpened")).contains("whether what ci may ask for is still right");
        campaign.awaitPhase(ReviewPhase.Open);
        assertThat(campaign.now().getStatus().approvals()).isEqualTo("0/1");
        passes(review.says("ada", "Keep", "look"));
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> review.now().getStatus().approvals().equals("1/2"));
        passes(review.says("olivia", "Keep", "afar"));

        review.awaitPhase(ReviewPhase.Completed);
        assertThat(review.now().getStatus().outcome()).isEqualTo(Outcome.Kept);
        assertThat(review.awaitEvent("Certified")).contains("all is kept");
        campaign.awaitPhase(ReviewPhase.Completed);
        assertThat(campaign.now().getStatus().approvals()).isEqualTo("1/1");
        assertThat(grant.phase()).isEqualTo(GrantPhase.Active);
    }

    @StoryTest
    void whatIsRevokedEndsAndComesBackNeitherUnderAnotherNameNorAnewButBySomebodyElsesKeep() {
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        Review review = ofCampaign(campaign("spring", Duration.ofHours(1), "Report"));

        passes(review.says("ada", "Revoke", "look"));

        End end = grant.awaitEnd(GrantPhase.Revoked, EndCause.ReviewRevoked);
        assertThat(end.by()).isEqualTo("ada");
        assertRevoked("look");
        story.asks("rashid", "afar", "10m").awaitActive();
        passes(review.says("ada", "Keep", "afar"));
        review.awaitPhase(ReviewPhase.Completed);
        assertThat(review.now().getStatus().outcome()).isEqualTo(Outcome.Revoked);

        // As GitOps does it: away and back, under another name.
        story.cluster().as("olivia").resource(story.identityNow()).delete();
        identity("peek");
        assertRevoked("peek");
        assertThat(story.identityNow().getStatus().holds())
                .singleElement()
                .satisfies(hold -> assertThat(hold.message()).contains("ada said Revoke"));

        Review next = ofCampaign(campaign("summer", Duration.ofHours(1), "Report"));
        passes(next.says("ada", "Keep", "peek"));
        assertThat(next.verdictOf("ada").reason()).isEqualTo("SamePerson");
        assertRevoked("peek");
        passes(next.says("olivia", "Keep", "peek"));

        await().atMost(InstalledOperator.LIMIT)
                .until(() -> story.identityNow().getStatus().holds() == null);
        story.asks("rashid", "peek", "10m").awaitActive();
    }

    @StoryTest
    void aMissedOneHoldsTheIdentityAndNeitherItsSpecNorANewOneLiftsThat() {
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        Review campaign = campaign("spring", Duration.ofSeconds(8), "Suspend");
        Review review = ofCampaign(campaign);
        passes(review.says("ada", "Keep", "look"));

        End end = grant.awaitEnd(GrantPhase.Revoked, EndCause.IdentitySuspended);

        assertThat(end.message()).contains(review.name()).contains("nobody decided it");
        review.awaitPhase(ReviewPhase.Overdue);
        assertThat(review.awaitEvent("ReviewOverdue")).contains("the identity is held until it is decided");
        campaign.awaitPhase(ReviewPhase.Overdue);
        assertHeld();
        assertThat(story.awaitTypeOfEventOfIdentity(Reason.ReviewMissed.name())).isEqualTo("Warning");
        story.cluster().as("olivia").resource(story.identityNow()).delete();
        identity("look");
        assertHeld();
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> story.identityNow().getStatus().phase() == IdentityPhase.Suspended);

        passes(review.says("olivia", "Keep", "afar"));

        review.awaitPhase(ReviewPhase.Completed);
        campaign.awaitPhase(ReviewPhase.Completed);
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> story.identityNow().getStatus().phase() == IdentityPhase.Ready);
        story.asks("rashid", "look", "10m").awaitActive();
    }

    /** Each of them, in every order: what a review took away stays away. */
    @ParameterizedTest
    @MethodSource("orders")
    void whatIsDeletedAndAppliedAgainInThisOrderIsHeldStill(List<Thing> order) {
        story.let("rashid", "delete", Story.GRANTS);
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        Review review = ofCampaign(campaign("spring", Duration.ofHours(1), "Report"));
        passes(review.says("ada", "Revoke", "look"));
        grant.awaitEnd(GrantPhase.Revoked, EndCause.ReviewRevoked);

        for (Thing thing : order) {
            switch (thing) {
                case GRANT -> {
                    grant.deletedBy("rashid", DeletionPropagation.BACKGROUND);
                    grant.awaitGone();
                }
                case IDENTITY -> {
                    story.cluster().as("olivia").resource(story.identityNow()).delete();
                    identity("look");
                }
                // As somebody does who has found a way past the guard.
                case REVIEW -> new Caller(story.cluster().asOperator()).send("DELETE", review.path(), null, null);
            }
            assertRevoked("look");
        }
    }

    private enum Thing {
        GRANT,
        IDENTITY,
        REVIEW
    }

    static List<List<Thing>> orders() {
        return List.of(
                List.of(Thing.GRANT, Thing.IDENTITY, Thing.REVIEW),
                List.of(Thing.GRANT, Thing.REVIEW, Thing.IDENTITY),
                List.of(Thing.IDENTITY, Thing.GRANT, Thing.REVIEW),
                List.of(Thing.IDENTITY, Thing.REVIEW, Thing.GRANT),
                List.of(Thing.REVIEW, Thing.GRANT, Thing.IDENTITY),
                List.of(Thing.REVIEW, Thing.IDENTITY, Thing.GRANT));
    }

    @StoryTest
    void silenceTakesAwayWhatNobodyDecidedAndALateKeepGivesItBack() {
        Review review = ofCampaign(campaign("spring", Duration.ofSeconds(8), "Revoke"));
        passes(review.says("ada", "Keep", "look"));

        review.awaitPhase(ReviewPhase.Overdue);

        story.asks("rashid", "look", "10m").awaitActive();
        Grant refused = story.asks("rashid", "afar", "10m").awaitPhase(GrantPhase.Denied);
        assertThat(refused.reason()).isEqualTo(Reason.ReviewRevoked.name());
        assertThat(refused.awaitEvent("Denied")).contains("nobody decided in time");
        passes(review.says("ada", "Keep", "afar"));
        review.awaitPhase(ReviewPhase.Completed);
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> story.identityNow().getStatus().holds() == null);
        story.asks("rashid", "afar", "10m").awaitActive();
    }

    @StoryTest
    void oneOverAllNamespacesIsOpenedInLapsesOwnAndAsksOnlyWhereItsLabelsFit() {
        story.rights().giveEverywhere(Rights.user("gina"), "campaign", Story.IDENTITIES);
        story.rights().give(Rights.user("gina"), Lapse.SYSTEM_NAMESPACE, "create", REVIEWS);
        story.admin()
                .resources(ServiceIdentity.class)
                .inNamespace(here)
                .withName(Story.IDENTITY)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"labels\": {\"story\": \"" + here + "\"}}}");
        Map<String, Object> scope =
                Map.of("allNamespaces", true, "selector", Map.of("matchLabels", Map.of("story", here)));
        try {
            passes(new Caller(story.cluster().as("gina"))
                    .create(
                            "/apis/lapse.dev/v1alpha1/namespaces/lapse-system/accessreviews",
                            campaign("all-" + here, "gina", Map.of("scope", scope), Duration.ofHours(1), "Report")));
            Review all = new Review(story.cluster(), Lapse.SYSTEM_NAMESPACE, "all-" + here);
            await().atMost(InstalledOperator.LIMIT)
                    .until(() -> all.now().getStatus() != null
                            && "0/1".equals(all.now().getStatus().approvals()));
        } finally {
            story.rights().takeEverywhere(Rights.user("gina"));
        }
        assertThat(story.admin()
                        .resources(AccessReview.class)
                        .inNamespace(here)
                        .list()
                        .getItems())
                .singleElement()
                .satisfies(review -> assertThat(review.getSpec().identity()).isEqualTo(Story.IDENTITY));
    }

    @StoryTest
    void aKeepToAnotherEntryThatGivesTheSameLiftsNothing() {
        story.changeIdentity("olivia", """
                {"eligible": [
                  {"name": "look", "role": {"kind": "ClusterRole", "name": "view"}, "namespaces": ["%1$s"],
                    "approvals": {"required": 0}, "entitledBy": "olivia"},
                  {"name": "twin", "role": {"kind": "ClusterRole", "name": "view"}, "namespaces": ["%1$s"],
                    "approvals": {"required": 0}, "entitledBy": "olivia"}]}""".formatted(here));
        Review review = ofCampaign(campaign("spring", Duration.ofHours(1), "Report"));

        passes(review.says("ada", "Revoke", "look"));
        assertThat(review.verdictOf("ada").counts()).isTrue();
        passes(review.says("olivia", "Keep", "twin"));

        review.awaitPhase(ReviewPhase.Completed);
        assertThat(review.now().getStatus().outcome()).isEqualTo(Outcome.Revoked);
        assertRevoked("look");
        assertRevoked("twin");
    }

    @StoryTest
    void reviewersWhoNeverAnswerKeepEverybodyElseFromDecidingOnlyUntilItIsDue() {
        passes(new Caller(story.cluster().as("gina"))
                .create(
                        story.path("accessreviews"),
                        campaign(
                                "spring",
                                "gina",
                                Map.of("reviewers", List.of(Map.of("user", "nobody"))),
                                Duration.ofSeconds(8),
                                "Suspend")));
        Review review = ofCampaign(new Review(story.cluster(), here, "spring"));
        passes(review.says("ada", "Keep", "look"));
        assertThat(review.verdictOf("ada").reason()).isEqualTo("NotAReviewer");

        review.awaitPhase(ReviewPhase.Overdue);
        assertHeld();
        passes(review.says("olivia", "Keep", "look"));
        passes(review.says("olivia", "Keep", "afar"));

        review.awaitPhase(ReviewPhase.Completed);
        story.asks("rashid", "look", "10m").awaitActive();
    }

    @StoryTest
    void aVerdictOnWhatIsNotAskedTakesNobodysPlace() {
        Review review = ofCampaign(campaign("spring", Duration.ofHours(1), "Report"));
        String path = review.path();

        Answer refused = new Caller(story.cluster().as("ada"))
                .send(
                        "PATCH",
                        path,
                        "application/json-patch+json",
                        "[{\"op\": \"add\", \"path\": \"/spec/decisions/-\", \"value\": {\"item\": \"nothing\","
                                + " \"by\": \"ada\", \"verdict\": \"Keep\", \"itemHash\": \"0123456789abcdef\"}}]");

        assertThat(refused.message()).contains("item names what this review decides");
    }

    @StoryTest
    void whatIsOwedIsOwedStillAfterItsReviewWasLost() {
        Review review = ofCampaign(campaign("spring", Duration.ofHours(1), "Suspend"));
        String first = review.now().getMetadata().getUid();
        Answer refused = new Caller(story.admin()).send("DELETE", review.path(), null, null);
        assertThat(refused.message()).contains("what it is about stays owed: decide each item");

        // As somebody does who has found a way past the guard.
        new Caller(story.cluster().asOperator()).send("DELETE", review.path(), null, null);

        await().atMost(InstalledOperator.LIMIT)
                .until(() -> review.exists()
                        && !review.now().getMetadata().getUid().equals(first)
                        && review.now().getStatus() != null);
        review.awaitPhase(ReviewPhase.Open);
    }

    @StoryTest
    void oneThatTheOperatorDidNotOpenDecidesNothing() {
        Review review = ofCampaign(campaign("spring", Duration.ofHours(1), "Report"));

        // As somebody does who has found a way past the guard.
        passes(new Caller(story.cluster().asOperator())
                .create(story.path("accessreviews"), Caller.json(review.copy("lapse-forged"))));

        Review forged = new Review(story.cluster(), here, "lapse-forged");
        forged.awaitPhase(ReviewPhase.Cancelled);
        assertThat(forged.awaitEvent("ReviewCancelled")).contains("the operator did not open this review");
        review.awaitPhase(ReviewPhase.Open);
    }

    @StoryTest
    void theFirstVerdictStandsAndWhoActsAsTheAccountKeepsNothing() {
        story.let("erin", "get patch", REVIEWS);
        story.let("erin", "review", Story.IDENTITIES);
        story.let("erin", "create", "serviceaccounts/token");
        Review review = ofCampaign(campaign("spring", Duration.ofHours(1), "Report"));

        passes(review.says("erin", "Keep", "look"));
        assertThat(review.verdictOf("erin").reason()).isEqualTo("Insider");
        passes(review.says("ada", "Keep", "look"));
        assertThat(review.verdictOf("ada").counts()).isTrue();
        passes(review.says("olivia", "Revoke", "look"));

        assertThat(review.verdictOf("olivia").reason()).isEqualTo("AlreadyDecided");
    }

    @StoryTest
    void aCampaignIsRefusedThatGivesNobodyTimeOrThatItsAuthorMayNotOpen() {
        assertThat(open("gina", "rushed", Duration.ofSeconds(-60), "Report").passed())
                .isTrue();
        Review rushed = new Review(story.cluster(), here, "rushed").awaitPhase(ReviewPhase.Cancelled);
        assertThat(rushed.awaitEvent(Reason.DueTooSoon.name())).contains("spec.dueAt is sooner than 1s");

        story.let("erin", "create", REVIEWS);
        Answer refused = open("erin", "erins", Duration.ofHours(1), "Report");
        assertThat(refused.message())
                .contains("a campaign takes the verb campaign on the ServiceIdentities of namespace \"" + here);

        // Her right comes from a group that she does not name.
        story.rights().give(Rights.group("payments-dev"), here, "campaign", Story.IDENTITIES);
        await().atMost(InstalledOperator.LIMIT)
                .until(() ->
                        open("erin", "erins", Duration.ofHours(1), "Report").passed());
        Review erins = new Review(story.cluster(), here, "erins").awaitPhase(ReviewPhase.Cancelled);
        assertThat(erins.awaitEvent(Reason.CampaignNotAllowed.name())).contains("openedByAs");
    }

    @StoryTest
    void onTheCommandLineOneItemIsDecidedAfterTheOther(@TempDir Path home) {
        story.let("ada", "get list", REVIEWS);
        Review review = ofCampaign(campaign("spring", Duration.ofHours(1), "Report"));
        Terminal terminal = new Terminal(story.cluster(), home);

        assertThat(terminal.lapse("ada", words("review keep " + review.name())).err())
                .contains("say which with --item: look, afar");
        Terminal.Answer kept = terminal.lapse("ada", words("review keep " + review.name() + " --item look"));

        assertThat(kept.out()).as(kept.all()).isEqualTo("Keep by ada counts: 1/2 items are decided\n");
        assertThat(kept.err()).containsPattern("identity +ci, entry look").containsPattern("entitled by +olivia");
        Terminal.Answer revoked =
                terminal.lapse("ada", words("review revoke " + review.name() + " --item afar --comment unused"));
        assertThat(revoked.out())
                .as(revoked.all())
                .isEqualTo("Revoke by ada counts: what was revoked is not given until another review keeps it\n");
        assertThat(terminal.lapse("ada", words("review keep spring")).err()).contains("is a campaign");
        story.let("ada", "get list", Story.IDENTITIES);
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(
                                terminal.lapse("ada", words("explain ci")).out())
                        .containsPattern("held +\\(ReviewRevoked\\) ada said Revoke in AccessReview " + review.name()));
    }

    private String[] words(String line) {
        return (line + " -n " + here).split(" ");
    }

    private void identity(String look) {
        story.identity(Entry.of(look, "view").in(here), Entry.of("afar", "view").in(there));
    }

    private void assertRevoked(String privilege) {
        Grant refused = story.asks("rashid", privilege, "10m").awaitPhase(GrantPhase.Denied);
        assertThat(refused.reason()).isEqualTo(Reason.ReviewRevoked.name());
        assertThat(refused.awaitEvent("Denied")).contains("ada said Revoke");
        assertThat(refused.leftovers()).isEmpty();
    }

    private void assertHeld() {
        Grant refused = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.Denied);
        assertThat(refused.reason()).isEqualTo(Reason.ReviewMissed.name());
        assertThat(refused.leftovers()).isEmpty();
    }

    private static void passes(Answer answer) {
        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    private Review campaign(String name, Duration until, String onMissed) {
        passes(open("gina", name, until, onMissed));
        return new Review(story.cluster(), here, name);
    }

    private Answer open(String person, String name, Duration until, String onMissed) {
        return new Caller(story.cluster().as(person))
                .create(story.path("accessreviews"), campaign(name, person, Map.of(), until, onMissed));
    }

    private static String campaign(
            String name, String person, Map<String, Object> fields, Duration until, String onMissed) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("type", "Certification");
        spec.put("scope", Map.of());
        spec.put("openedBy", person);
        spec.put(
                "dueAt",
                Instant.now().plus(until).truncatedTo(ChronoUnit.SECONDS).toString());
        spec.put("onMissed", onMissed);
        spec.putAll(fields);
        return Caller.json(Map.of(
                "apiVersion",
                "lapse.dev/v1alpha1",
                "kind",
                "AccessReview",
                "metadata",
                Map.of("name", name),
                "spec",
                spec));
    }

    /** The one that was opened for the identity, once it can be decided. */
    private Review ofCampaign(Review campaign) {
        String uid = campaign.now().getMetadata().getUid();
        AccessReview opened = await("the review of the identity")
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> story.admin().resources(AccessReview.class).inNamespace(here).list().getItems().stream()
                                .filter(review -> review.getSpec().partOf() != null
                                        && review.getSpec().partOf().uid().equals(uid))
                                .filter(review -> review.getStatus() != null)
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
        return new Review(story.cluster(), here, opened.getMetadata().getName());
    }
}
