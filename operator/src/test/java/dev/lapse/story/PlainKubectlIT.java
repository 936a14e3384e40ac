package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.GrantPhase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** People without any program of Lapse's: they type what a review's status tells them, each with credentials of their own. */
@SharesCluster
class PlainKubectlIT {
    @TempDir
    Path home;

    private final Story story = Story.begins();

    @StoryTest
    void twoPeopleTypeWhatTheReviewTellsThemAndOneIsNotEnough() {
        for (String person : List.of("ada", "olivia")) {
            story.let(person, "get patch", "lapse.dev/accessreviews");
            story.let(person, "approve", Story.IDENTITIES);
        }
        story.identity(Entry.of("look", "view").in(story.namespace()).with("approvals", Map.of("required", 2)));
        Grant grant = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, grant);
        String told = review.now().getStatus().patch();

        typed("ada", told);

        assertThat(review.verdictOf("ada").counts()).isTrue();
        assertThat(review.now().getStatus().approvals()).isEqualTo("1/2");
        assertThat(review.now().getStatus().phase()).isEqualTo(ReviewPhase.Open);
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        typed("olivia", told);
        grant.awaitActive();
    }

    private void typed(String person, String told) {
        Terminal terminal = new Terminal(story.cluster(), home);

        Terminal.Answer answer = terminal.start(
                        terminal.kubeconfigOf(person), List.of("bash", "-c"), told.replace("<your user name>", person))
                .answer();

        assertThat(told).startsWith("kubectl patch ");
        assertThat(answer.exit()).as(answer.all()).isZero();
    }
}
