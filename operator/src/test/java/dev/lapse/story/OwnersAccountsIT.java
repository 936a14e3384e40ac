package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.GrantPhase;
import java.util.List;
import java.util.Map;

/** Who answers for an identity is who speaks through its account. */
@SharesCluster
class OwnersAccountsIT {
    private static final String REVIEWS = "lapse.dev/accessreviews";

    private final Story story = Story.begins();
    private final String here = story.namespace();

    OwnersAccountsIT() {
        for (String account : List.of("robot", "droid")) {
            story.account(account);
            story.rights().give(Rights.serviceAccount(here, account), here, "get patch", REVIEWS);
            story.rights().give(Rights.serviceAccount(here, account), here, "approve", Story.IDENTITIES);
        }
        story.let("ada", "get patch", REVIEWS);
        story.let("ada", "approve", Story.IDENTITIES);
    }

    @StoryTest
    void whoAskedDoesNotApproveThroughTheirOwnAccount() {
        ownedBy("rashid", "robot");
        Review review = asked(1);

        saysThrough("robot", review);

        assertThat(review.verdictOf(user("robot")).reason()).isEqualTo("OwnRequest");
        review.approvedBy("ada");
        assertThat(review.verdictOf("ada").counts()).isTrue();
    }

    @StoryTest
    void twoAccountsOfOneOwnerAreOneOfAQuorum() {
        ownedBy("erin", "robot");
        ownedBy("erin", "droid");
        Review review = asked(2);

        saysThrough("robot", review);
        review.verdictOf(user("robot"));
        saysThrough("droid", review);

        assertThat(review.verdictOf(user("robot")).counts()).isTrue();
        assertThat(review.verdictOf(user("droid")).counts()).isFalse();
        assertThat(review.now().getStatus().approvals()).isEqualTo("1/2");
    }

    @StoryTest
    void anAccountOfSomebodyElseWhoIsNamedCounts() {
        ownedBy("erin", "robot");
        Review review = asked(1);

        saysThrough("robot", review);

        assertThat(review.verdictOf(user("robot")).counts()).isTrue();
    }

    private void ownedBy(String person, String account) {
        story.identity("olivia", account, Map.of("owner", Map.of("user", person)));
        story.awaitIdentityKnown(account);
    }

    private Review asked(int required) {
        story.identity(Entry.of("look", "view")
                .in(here)
                .with(
                        "approvals",
                        Map.of(
                                "required",
                                required,
                                // Else the yes of an account never counts: nobody knows who acts as it.
                                "insiders",
                                "Allow",
                                "approvers",
                                List.of(
                                        Map.of("user", user("robot")),
                                        Map.of("user", user("droid")),
                                        Map.of("user", "ada")))));
        return Review.of(story, story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval));
    }

    private void saysThrough(String account, Review review) {
        Caller.Answer answer =
                review.says(new Caller(story.cluster().asAccount(here, account)), user(account), "Approve");
        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    private String user(String account) {
        return "system:serviceaccount:" + here + ":" + account;
    }
}
