package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static dev.lapse.story.TokenClient.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.ConditionType;
import java.time.Duration;

/** A grant from request to proof of its end, as those see it who ask for it and use it. */
class GrantLifeIT {
    private final Story story = Story.begins();
    private final String here = story.namespace();

    @StoryTest
    void worksHereAndNowhereElseUntilItsTimeIsOver() {
        String elsewhere = story.anotherNamespace();
        story.identity(Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "4s").awaitActive();

        TokenClient token = grant.tokenReadBy("rashid");
        assertThat(token.lists(here)).isEqualTo(OK);
        assertThat(token.lists(elsewhere)).isEqualTo(FORBIDDEN);
        assertThat(token.get("/api/v1/namespaces/" + here + "/secrets")).isEqualTo(FORBIDDEN);
        await().atMost(InstalledOperator.LIMIT).until(() -> token.lists(here) != OK);
        grant.awaitPhase(GrantPhase.Expired);
        assertThat(grant.leftovers()).isEmpty();
        var end = grant.status().end();
        assertThat(end.cause()).isEqualTo(EndCause.Expired);
        assertThat(end.dueAt()).isEqualTo(grant.status().expiresAt());
        assertThat(Duration.between(end.dueAt(), end.effectiveAt())).isBetween(Duration.ZERO, Duration.ofSeconds(5));
        assertThat(grant.condition(ConditionType.AccessRemoved).status()).isEqualTo(ConditionStatus.True);
        assertThat(grant.condition(ConditionType.Active).status()).isEqualTo(ConditionStatus.False);
        await().atMost(InstalledOperator.LIMIT).until(() -> token.lists(here) == UNAUTHORIZED);
    }
}
