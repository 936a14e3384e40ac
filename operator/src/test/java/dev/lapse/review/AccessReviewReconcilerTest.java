package dev.lapse.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Item;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.mock.Team;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What has a review looked at again, and what becomes of a pass that fails. */
class AccessReviewReconcilerTest {
    private static final String REVIEWS = "accessreviews";

    private final Team team = new Team();

    /** One that two people have to approve. */
    @BeforeEach
    void aReviewIsOpen() {
        team.operator().let("bob", team.namespace(), "approve");
        team.hasIdentity(2);
        team.asks("10m");
        team.awaitReview(ReviewPhase.Open);
    }

    @Test
    void aVerdictIsCountedAndTheLastOneLetsTheGrantBegin() {
        team.says("ada", "Approve");
        Team.await(() -> assertThat(team.review().getStatus().approvals()).isEqualTo("1/2"));

        team.says("bob", "Approve");

        team.awaitReview(ReviewPhase.Completed);
        team.awaitGrant(GrantPhase.Active);
    }

    @Test
    void aGrantThatIsWithdrawnCancelsItsReview() {
        team.changes(PrivilegeGrant.class, "g", "{\"revoked\": true, \"revokedBy\": \"rashid\"}");

        team.awaitReview(ReviewPhase.Cancelled);
    }

    @Test
    void aReviewThatIsDeletedIsOpenedAgain() {
        AccessReview before = team.review();

        team.resource(AccessReview.class, before.getMetadata().getName()).delete();

        Team.await(() -> assertThat(
                        team.resource(AccessReview.class, before.getMetadata().getName())
                                .get())
                .isNotNull()
                .satisfies(now -> assertThat(now.getMetadata().getUid())
                        .isNotEqualTo(before.getMetadata().getUid())));
    }

    @Test
    void aRoleThatAllowsSomethingElseWakesTheReviewsOfWhoNamesIt() {
        team.clusterRoleAllows("delete");

        Team.await(() -> assertThat(team.review().getStatus())
                .isNotNull()
                .satisfies(status -> assertThat(status.items())
                        .extracting(Item::roleChangedAt)
                        .doesNotContainNull()));
    }

    @Test
    void aStatusThatIsNotTakenIsWrittenAgain() {
        int before = team.statusWrites(REVIEWS).size();
        team.api().refusing(1, "PUT", team.statusPath(REVIEWS), 409, "the object has been modified");

        team.says("ada", "Approve");

        Team.await(() -> assertThat(team.review().getStatus().approvals()).isEqualTo("1/2"));
        assertThat(writesSince(before)).containsExactly(409, 200);
    }

    @Test
    void aVerdictThatComesDuringAPassIsNotLost() {
        int before = team.statusWrites(REVIEWS).size();
        AccessReview review = team.review();
        team.api().firstHappens(() -> team.saysMeanwhile("bob", review, "Approve"), "PUT", team.statusPath(REVIEWS));

        team.says("ada", "Approve");

        team.awaitReview(ReviewPhase.Completed);
        assertThat(team.review().getStatus().verdicts())
                .extracting(SeenVerdict::by)
                .containsExactlyInAnyOrder("ada", "bob");
        assertThat(writesSince(before))
                .as("the one that was taken knows of both")
                .startsWith(409)
                .containsOnlyOnce(200);
    }

    @Test
    void aPassThatFailsIsRepeated() {
        team.api().refusing(3, "PUT", team.statusPath(REVIEWS), 403, "a webhook says no");

        team.says("ada", "Approve");

        Team.await(() -> assertThat(team.review().getStatus().approvals()).isEqualTo("1/2"));
    }

    /** What wakes the review here is the guard: identity and grant would do it too, but of them nobody is told. */
    @Test
    void aPassReadsWhatTheOneBeforeHasWrittenEvenIfNoWatchTellsOfIt() {
        int before = team.statusWrites(REVIEWS).size();

        team.api().withoutWatches(List.of(REVIEWS, "serviceidentities", "privilegegrants"), () -> {
            theGuardWakesTheReview();
            theGuardWakesTheReview();
        });

        assertThat(writesSince(before))
                .as("none over an old version")
                .hasSizeGreaterThan(1)
                .containsOnly(200);
    }

    private void theGuardWakesTheReview() {
        String before = team.guardOfTheReview();
        team.operator().guardIsAnotherOne();
        Team.await(() -> assertThat(team.guardOfTheReview()).isNotEqualTo(before));
    }

    private List<Integer> writesSince(int before) {
        List<Integer> all = team.statusWrites(REVIEWS);
        return all.subList(before, all.size());
    }
}
