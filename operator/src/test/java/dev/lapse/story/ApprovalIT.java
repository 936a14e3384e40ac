package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.story.Caller.Answer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * People decide with plain JSON patches, as {@code kubectl patch} sends them. Ada and Olivia may approve; nobody here may
 * act as the accounts that grants are made for.
 */
@SharesCluster
class ApprovalIT {
    private static final String REVIEWS = "lapse.dev/accessreviews";

    private final Story story = Story.begins();
    private final String here = story.namespace();

    ApprovalIT() {
        for (String person : List.of("ada", "olivia")) {
            story.let(person, "get patch", REVIEWS);
            story.let(person, "approve", Story.IDENTITIES);
        }
    }

    @StoryTest
    void onceSomebodyApprovedTheTokenAppears() {
        Grant grant = asked(1);
        Review review = review(grant);
        assertThat(grant.leftovers()).isEmpty();
        assertThat(review.now().getStatus().patch()).contains(review.name(), review.hash());

        review.approvedBy("ada");

        grant.awaitActive();
        assertThat(grant.tokenReadBy("rashid").lists(here)).isEqualTo(OK);
        review.awaitPhase(ReviewPhase.Completed);
        assertThat(review.now().getStatus().outcome()).isEqualTo(Outcome.Approved);
        assertThat(review.awaitEvent("VerdictCounts")).contains("Approve by ada");
        assertThat(grant.status().review()).isEqualTo(review.name());
    }

    @StoryTest
    void whatSomebodyDeniesNeverBegins() {
        Grant grant = asked(2);
        Review review = review(grant);
        review.approvedBy("ada");

        assertThat(review.says("olivia", "Deny").passed()).isTrue();

        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.reason()).isEqualTo(Reason.ApprovalDenied.name());
        assertThat(grant.awaitEvent("Denied")).contains("denied by olivia");
        assertThat(grant.leftovers()).isEmpty();
    }

    @StoryTest
    void aQuorumOfTwoTakesTwo() {
        Grant grant = asked(2);
        Review review = review(grant);

        review.approvedBy("ada");

        assertThat(review.verdictOf("ada").counts()).isTrue();
        assertThat(review.now().getStatus().approvals()).isEqualTo("1/2");
        assertThat(review.now().getStatus().phase()).isEqualTo(ReviewPhase.Open);
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        review.approvedBy("olivia");
        grant.awaitActive();
    }

    @StoryTest
    void whoAskedDoesNotApprove() {
        story.let("rashid", "approve", Story.IDENTITIES);
        story.let("rashid", "get patch", REVIEWS);
        Grant grant = asked(1);
        Review review = review(grant);

        assertThat(review.says("rashid", "Approve").passed()).isTrue();

        assertThat(review.verdictOf("rashid").reason()).isEqualTo("OwnRequest");
        assertThat(review.awaitEvent("VerdictDoesNotCount")).contains("somebody else must decide");
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    @StoryTest
    void whoCouldActAsTheAccountDoesNotApproveUnlessTheEntrySaysSo() {
        // Who could act as every account of Lapse is an insider of everybody's grants: so it is nobody whom others
        // know.
        String insider = "insider-" + here;
        story.let(insider, "get patch", REVIEWS);
        story.let(insider, "approve", Story.IDENTITIES);
        story.rights().give(Rights.user(insider), "lapse-principals", "impersonate", "serviceaccounts");
        Caller them = new Caller(story.cluster().played(insider));
        Grant grant = asked(1);
        Review review = review(grant);

        assertThat(review.says(them, insider, "Approve").message())
                .contains("could act as system:serviceaccount:lapse-principals");
        story.changeIdentity("olivia", """
                {"eligible": [{"name": "look", "role": {"kind": "ClusterRole", "name": "view"}, "namespaces": ["%s"],
                  "approvals": {"required": 1, "insiders": "Allow"}, "entitledBy": "olivia"}]}""".formatted(here));
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> !review.name().equals(grant.status().review()));
        assertThat(review(grant).says(them, insider, "Approve").passed()).isTrue();
        grant.awaitActive();
    }

    @StoryTest
    void aVerdictOnSomethingElseDoesNotCount() {
        Grant grant = asked(1);
        Review review = review(grant);

        assertThat(review.says("ada", "ada", "Approve", "ffffffffffffffffffffffffffffffff", List.of())
                        .passed())
                .isTrue();

        assertThat(review.verdictOf("ada").reason()).isEqualTo("OtherHash");
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    @StoryTest
    void onlyApproversCountAndAGroupIsNamedBesideTheName() {
        story.let("erin", "get patch", REVIEWS);
        story.let("erin", "approve", Story.IDENTITIES);
        story.identity(Entry.of("look", "view")
                .in(here)
                .with("approvals", Map.of("required", 1, "approvers", List.of(Map.of("group", "platform")))));
        Grant grant = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Review review = review(grant);

        review.approvedBy("erin");
        assertThat(review.verdictOf("erin").reason()).isEqualTo("NotAReviewer");

        assertThat(review.says("ada", "ada", "Approve", review.hash(), List.of("platform"))
                        .passed())
                .isTrue();
        grant.awaitActive();
    }

    @StoryTest
    void aForgedVerdictIsRefusedAtTheDoor() {
        story.let("mallory", "*", REVIEWS);
        story.let("mallory", "*", "lapse.dev/accessreviews/status");
        Grant grant = asked(1);
        Review review = review(grant);

        Answer inAdasName = review.says("mallory", "ada", "Approve", review.hash(), List.of());
        Answer withoutTheVerb = review.says("mallory", "Approve");
        Answer outcome = new Caller(story.cluster().as("mallory"))
                .send(
                        "PATCH",
                        review.path() + "/status",
                        "application/merge-patch+json",
                        "{\"status\": {\"phase\": \"Completed\", \"outcome\": \"Approved\"}}");
        Answer gone = new Caller(story.cluster().as("mallory")).send("DELETE", review.path(), null, null);

        assertThat(inAdasName.message()).contains("write by: \"mallory\"");
        assertThat(withoutTheVerb.message()).contains("takes the verb approve");
        assertThat(outcome.message()).contains("status is written by the operator alone");
        assertThat(gone.message()).contains("an open review cannot be deleted");
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        assertThat(review.exists()).isTrue();
    }

    @StoryTest
    void aChangedEntryVoidsTheApproval() {
        story.identity(Entry.of("look", "view").in(here).with("approvals", Map.of("required", 1)));
        Grant grant = story.asks("rashid", "look", "10m", Map.of("notBefore", in(600)))
                .awaitPhase(GrantPhase.AwaitingApproval);
        Review first = review(grant);
        first.approvedBy("ada");
        grant.awaitPhase(GrantPhase.Scheduled);

        story.changeIdentity("olivia", """
                {"eligible": [{"name": "look", "role": {"kind": "ClusterRole", "name": "view"}, "namespaces": ["%s"],
                  "maxDuration": "20m", "approvals": {"required": 1}, "entitledBy": "olivia"}]}""".formatted(here));

        grant.awaitPhase(GrantPhase.AwaitingApproval);
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> !first.name().equals(grant.status().review()));
        Review second = review(grant);
        assertThat(second.hash()).isNotEqualTo(first.hash());
        second.approvedBy("ada");
        grant.awaitPhase(GrantPhase.Scheduled);
    }

    @StoryTest
    void anApproverWhoLostTheRightByThenHasNotApproved() {
        story.identity(Entry.of("look", "view").in(here).with("approvals", Map.of("required", 1)));
        Grant grant = story.asks("rashid", "look", "10m", Map.of("notBefore", in(15)));
        grant.awaitPhase(GrantPhase.AwaitingApproval);
        Review review = review(grant);
        review.approvedBy("ada");
        review.awaitPhase(ReviewPhase.Completed);

        story.rights().takeFrom(Rights.user("ada"), here);

        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.reason()).isEqualTo(Reason.ApprovalVoid.name());
        assertThat(grant.awaitEvent("Denied")).contains("ada does not hold the verb approve");
        assertThat(grant.leftovers()).isEmpty();
    }

    @StoryTest
    void nobodyDecidedInTimeIsANo() {
        story.identity(Entry.of("look", "view").in(here).with("approvals", Map.of("required", 1)));
        Grant grant = story.asks("rashid", "look", "10m", Map.of("notAfter", in(10)));

        grant.awaitPhase(GrantPhase.Denied);

        assertThat(grant.reason()).isIn(Reason.ReviewExpired.name(), Reason.NotAfterPassed.name());
        assertThat(grant.leftovers()).isEmpty();
    }

    @StoryTest
    void aReviewIsOverWithItsGrant() {
        Grant grant = asked(1);
        Review review = review(grant);

        grant.revokedBy("rashid", "rashid");

        grant.awaitPhase(GrantPhase.Revoked);
        review.awaitPhase(ReviewPhase.Cancelled);
        assertThat(review.says("ada", "Approve").message()).contains("takes no more verdicts");
    }

    @StoryTest
    void aClaimedRequestTakesTwoPeople() {
        story.rights().give(Rights.user("gitops-applier"), here, "create", Story.GRANTS);
        story.rights().give(Rights.user("gitops-applier"), here, "request", Story.IDENTITIES);
        story.identity(Entry.of("look", "view").in(here));
        Grant grant = story.asks(
                        "argo",
                        "look",
                        "10m",
                        Map.of("requestedBy", "rashid", "requestedByVia", "gitops-applier", "notAfter", in(600)))
                .awaitPhase(GrantPhase.AwaitingApproval);
        Review review = review(grant);

        review.approvedBy("ada");
        assertThat(review.verdictOf("ada").counts()).isTrue();
        assertThat(review.now().getStatus().phase()).isEqualTo(ReviewPhase.Open);
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        review.approvedBy("olivia");

        grant.awaitActive();
        assertThat(grant.tokenReadBy("rashid").lists("default")).isEqualTo(FORBIDDEN);
    }

    private Grant asked(int approvals) {
        story.identity(Entry.of("look", "view").in(here).with("approvals", Map.of("required", approvals)));
        return story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
    }

    private Review review(Grant grant) {
        return Review.of(story, grant);
    }

    private static String in(int seconds) {
        return Instant.now()
                .plusSeconds(seconds)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
