package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nobody closes a review while the operator is away, so the API server lets a verdict in that comes too late. */
@TakesTurns("stops the operator")
class LateVerdictIT {
    private final Story story = Story.begins();
    private final String here = story.namespace();

    @Test
    void aYesThatCameTooLateWhileTheOperatorWasAwayDoesNotCount() {
        story.let("ada", "get patch", "lapse.dev/accessreviews");
        story.let("ada", "approve", Story.IDENTITIES);
        story.identity(Entry.of("look", "view").in(here).with("approvals", Map.of("required", 1)));
        Instant due = Instant.now().plusSeconds(10).truncatedTo(ChronoUnit.SECONDS);
        Grant grant = story.asks("rashid", "look", "10m", Map.of("notAfter", due.toString()))
                .awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, grant);

        story.cluster().operator("stop");
        try {
            await().atMost(InstalledOperator.LIMIT).until(() -> Instant.now().isAfter(due));
            review.approvedBy("ada");
        } finally {
            InstalledOperator.awaitReady();
        }

        assertThat(review.verdictOf("ada").reason()).isEqualTo("Late");
        assertThat(review.verdictOf("ada").counts()).isFalse();
        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.leftovers()).isEmpty();
    }
}
