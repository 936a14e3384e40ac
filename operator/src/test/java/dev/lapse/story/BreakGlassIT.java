package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.condition.Reason;
import dev.lapse.story.Caller.Answer;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/**
 * Something is on fire and whoever could approve is away. Rashid may break the glass; Ada and Olivia may say afterwards
 * whether that was right, and nobody holds the verb approve.
 */
@SharesCluster
class BreakGlassIT {
    private static final String REVIEWS = "lapse.dev/accessreviews";

    private final Story story = Story.begins();
    private final String here = story.namespace();

    BreakGlassIT() {
        story.let("rashid", "breakglass", Story.IDENTITIES);
        for (String person : List.of("ada", "olivia")) {
            story.let(person, "get patch", REVIEWS);
            story.let(person, "review", Story.IDENTITIES);
        }
        identity();
    }

    @StoryTest
    void itIsTakenAtOnceAndLoudWithEveryApproverAway() {
        Grant grant = taken("INC-1", "10m");

        grant.awaitActive();
        assertThat(grant.tokenReadBy("rashid").lists(here)).isEqualTo(OK);
        assertThat(grant.tokenReadBy("rashid").lists("default")).isEqualTo(FORBIDDEN);
        Review review = Review.of(story, grant);
        assertThat(grant.awaitEvent("BreakGlass"))
                .contains("rashid took privilege look of identity ci without approval, incident INC-1")
                .contains(review.name());
        assertThat(story.awaitEventOfIdentity(Story.IDENTITY)).contains("rashid took privilege look");
        assertThat(review.awaitEvent("ReviewOpened")).contains("rashid took without approval ClusterRole/view");
        assertThat(review.now().getStatus().patch()).contains("\"verdict\": \"Keep\"");
    }

    @StoryTest
    void withoutItPeopleApproveAsEver() {
        Grant grant = story.asks("rashid", "look", "10m");

        grant.awaitPhase(GrantPhase.AwaitingApproval);
    }

    @StoryTest
    void whoHoldsOnlyTheVerbRequestIsRefusedAtTheDoor() {
        story.let("erin", "create get patch", Story.GRANTS);
        story.let("erin", "request", Story.IDENTITIES);

        Answer answer = story.createGrant("erins", "erin", "look", "10m", of("INC-1"));

        assertThat(answer.passed()).isFalse();
        assertThat(answer.message()).contains("takes the verb breakglass").contains("lapse-breakglass");
    }

    @StoryTest
    void itIsNeverClaimed() {
        story.rights().give(Rights.user("gitops-applier"), here, "create", Story.GRANTS);
        story.rights().give(Rights.user("gitops-applier"), here, "request breakglass", Story.IDENTITIES);

        Answer answer = story.createGrant(
                "claimed",
                "argo",
                "look",
                "10m",
                Map.of(
                        "requestedBy",
                        "rashid",
                        "requestedByVia",
                        "gitops-applier",
                        "notAfter",
                        "2100-01-01T00:00:00Z",
                        "breakGlass",
                        Map.of("incident", "INC-1")));

        assertThat(answer.message()).contains("break-glass is never claimed");
    }

    @StoryTest
    void anEntryThatDoesNotAllowItIsRefused() {
        story.changeIdentity("olivia", """
                {"eligible": [{"name": "look", "role": {"kind": "ClusterRole", "name": "view"}, "namespaces": ["%s"],
                  "approvals": {"required": 1}, "entitledBy": "olivia"}]}""".formatted(here));
        story.awaitIdentityKnown(Story.IDENTITY);

        Grant grant = taken("INC-1", "10m").awaitPhase(GrantPhase.Denied);

        assertThat(grant.reason()).isEqualTo(Reason.BreakGlassNotAllowed.name());
        assertThat(grant.leftovers()).isEmpty();
    }

    @StoryTest
    void anotherIncidentWaitsForTheReviewOfTheFirstAndTheTakersOwnKeepDoesNotCount() {
        story.let("rashid", "get patch", REVIEWS);
        story.let("rashid", "review", Story.IDENTITIES);
        Review review = Review.of(story, taken("INC-1", "10m").awaitActive());

        Grant second = taken("INC-2", "10m").awaitPhase(GrantPhase.Denied);

        assertThat(second.reason()).isEqualTo(Reason.BreakGlassOwed.name());
        assertThat(second.awaitEvent("Denied")).contains("incident INC-1").contains(review.name());
        assertThat(second.leftovers()).isEmpty();
        review.keptBy("rashid");
        assertThat(review.verdictOf("rashid").reason()).isEqualTo("OwnRequest");
        taken("INC-2", "10m").awaitPhase(GrantPhase.Denied);

        review.keptBy("ada");

        review.awaitPhase(ReviewPhase.Completed);
        assertThat(review.now().getStatus().outcome()).isEqualTo(Outcome.Kept);
        taken("INC-2", "10m").awaitActive();
    }

    @StoryTest
    void insideOneIncidentItIsRenewedUpToTheTotal() {
        taken("INC-1", "1h").awaitActive();
        taken("INC-1", "1h").awaitActive();

        Grant third = taken("INC-1", "1s").awaitPhase(GrantPhase.Denied);

        assertThat(third.reason()).isEqualTo(Reason.BreakGlassOwed.name());
        assertThat(third.awaitEvent("Denied")).contains("breakGlass.maxTotal is 2h");
        assertThat(taken("INC-1", "1h1s").awaitPhase(GrantPhase.Denied).reason())
                .isEqualTo(Reason.DurationTooLong.name());
    }

    @StoryTest
    void aRevokeEndsItAndHoldsTheSameUntilSomebodyElseSaysKeep() {
        Grant grant = taken("INC-1", "10m").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");
        Review review = Review.of(story, grant);

        assertThat(review.says("ada", "Revoke").passed()).isTrue();

        End end = grant.awaitEnd(GrantPhase.Revoked, EndCause.ReviewRevoked);
        assertThat(end.by()).isEqualTo("ada");
        assertThat(token.lists(here)).isNotEqualTo(OK);
        review.awaitPhase(ReviewPhase.Held);
        Grant again = taken("INC-1", "10m").awaitPhase(GrantPhase.Denied);
        assertThat(again.reason()).isEqualTo(Reason.BreakGlassHeld.name());
        assertThat(again.awaitEvent("Denied")).contains("ada said Revoke");

        review.keptBy("olivia");

        review.awaitPhase(ReviewPhase.Completed);
        taken("INC-2", "10m").awaitActive();
    }

    @StoryTest
    void itIsOwedStillAfterGrantReviewAndIdentityWereDeletedAndAppliedAgain() {
        story.let("rashid", "delete", Story.GRANTS);
        Grant grant = taken("INC-1", "10m").awaitActive();
        Review review = Review.of(story, grant);
        String first = review.now().getMetadata().getUid();
        Answer refused = new Caller(story.admin()).send("DELETE", review.path(), null, null);
        assertThat(refused.message()).contains("what it is about stays owed");

        grant.deletedBy("rashid", DeletionPropagation.BACKGROUND);
        grant.awaitGone();
        story.cluster().as("olivia").resource(story.identityNow()).delete();
        // As somebody does who has found a way past the guard.
        new Caller(story.cluster().asOperator()).send("DELETE", review.path(), null, null);
        // Unless the operator sees that before it sees that there is no identity any more, and opens it anew at once.
        await().atMost(InstalledOperator.LIMIT).until(() -> !first.equals(review.uid()));
        identity();

        assertThat(taken("INC-2", "10m").awaitPhase(GrantPhase.Denied).reason())
                .isEqualTo(Reason.BreakGlassOwed.name());
        await().atMost(InstalledOperator.LIMIT).until(review::exists);
        assertThat(review.awaitPhase(ReviewPhase.Open).now().getMetadata().getUid())
                .isNotEqualTo(first);
        review.keptBy("olivia");
        review.awaitPhase(ReviewPhase.Completed);
        taken("INC-2", "10m").awaitActive();
    }

    @StoryTest
    void aReviewThatTheOperatorDidNotOpenFreesNothing() {
        Review review = Review.of(story, taken("INC-1", "10m").awaitActive());

        // As somebody does who has found a way past the guard.
        Answer written = new Caller(story.cluster().asOperator())
                .create(story.path("accessreviews"), Caller.json(review.copy("lapse-forged")));

        assertThat(written.passed()).as(written.body()).isTrue();
        Review forged = new Review(story.cluster(), here, "lapse-forged");
        forged.awaitPhase(ReviewPhase.Cancelled);
        assertThat(forged.awaitEvent("ReviewCancelled")).contains("owes nothing for it");
        assertThat(taken("INC-2", "10m").awaitPhase(GrantPhase.Denied).reason())
                .isEqualTo(Reason.BreakGlassOwed.name());
        review.awaitPhase(ReviewPhase.Open);
    }

    @StoryTest
    void onTheCommandLineItIsTakenExplainedAndKept(@TempDir Path home) {
        story.let("rashid", "get list", REVIEWS);
        story.let("rashid", "get", Story.IDENTITIES);
        story.let("ada", "get", Story.GRANTS);
        Terminal terminal = new Terminal(story.cluster(), home);

        Terminal.Answer taken = terminal.lapse(
                "rashid", words("request ci look --for 10m --reason fire --break-glass INC-1 --name g --wait"));

        assertThat(taken.exit()).as(taken.all()).isZero();
        assertThat(taken.out()).startsWith("privilegegrant.lapse.dev/g is active until");
        assertThat(terminal.lapse("rashid", words("explain ci")).out())
                .contains("or break-glass up to 1h")
                .contains("a review of the break-glass of incident INC-1, grant g;");
        assertThat(terminal.lapse("rashid", words("explain g")).out())
                .contains("INC-1 (break-glass: without approval)")
                .contains("whoever else than rashid holds the verb review");
        assertThat(terminal.lapse("rashid", words("review keep g")).exit()).isEqualTo(1);
        assertThat(terminal.lapse("ada", words("approve g")).err())
                .contains("is decided after the fact: kubectl lapse review keep, or kubectl lapse review revoke");

        Terminal.Answer kept = terminal.lapse("ada", words("review keep g --comment right"));

        assertThat(kept.out()).as(kept.all()).isEqualTo("Keep by ada counts: nothing is owed for it any more\n");
        assertThat(kept.err()).containsPattern("taken by +rashid").containsPattern("incident +INC-1");
        assertThat(terminal.lapse("rashid", words("explain ci")).out()).doesNotContain("owes");
    }

    private String[] words(String line) {
        return (line + " -n " + here).split(" ");
    }

    private void identity() {
        story.identity(Entry.of("look", "view")
                .in(here)
                .with("approvals", Map.of("required", 2))
                .with("breakGlass", Map.of("maxDuration", "1h", "maxTotal", "2h")));
    }

    private Grant taken(String incident, String duration) {
        return story.asks("rashid", "look", duration, of(incident));
    }

    private static Map<String, Object> of(String incident) {
        return Map.of("breakGlass", Map.of("incident", incident));
    }
}
