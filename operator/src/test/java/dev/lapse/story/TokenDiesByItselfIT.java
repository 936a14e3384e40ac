package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static dev.lapse.story.TokenClient.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What becomes of tokens while the operator is dead from shortly after they were issued until after their grants' ends.
 *
 * <p>It takes twelve minutes, because no API server issues a shorter token, so it runs only when asked for:
 * {@code mvn -B -pl operator verify -Dlapse.it.excluded=shares-cluster -Dit.test=TokenDiesByItselfIT}.
 */
@Tag("takes-minutes")
class TokenDiesByItselfIT {
    /** Until the shortest token is dead, and some: 600 s, 60 s of leeway, 10 s of cache. */
    private static final Duration PATIENCE = Duration.ofSeconds(700);

    private final Story story = Story.begins();
    private final String here = story.namespace();

    @Test
    void whatStatusSaysOfEachTokenIsWhatHappensToItWithoutTheOperator() {
        story.identity(Entry.of("look", "view").in(here));
        Grant seconds = story.asks("rashid", "look", "20s").awaitActive();
        Grant elevenMinutes = story.asks("rashid", "look", "11m").awaitActive();
        Grant longer = story.asks("rashid", "look", "11m15s").awaitActive();
        List<InUse> tokens = Stream.of(seconds, elevenMinutes, longer)
                .map(grant -> new InUse(grant, grant.tokenReadBy("rashid")))
                .toList();

        story.cluster().operator("kill");
        await().pollInterval(Duration.ofSeconds(1))
                .atMost(PATIENCE)
                .until(() -> tokens.stream().filter(InUse::accepted).toList().isEmpty());

        tokens.forEach(System.out::println);
        assertThat(longer.status().dies()).isEqualTo(Dies.ByItself);
        assertThat(tokens.get(2).lastUse)
                .isAfter(tokens.get(2).exp())
                .isBefore(longer.status().expiresAt());
        // All that bounds them is the shortest life an API server gives a token.
        assertThat(elevenMinutes.status().dies()).isEqualTo(Dies.ByOperator);
        assertThat(tokens.get(1).lastUse).isAfter(tokens.get(1).exp());
        assertThat(seconds.status().dies()).isEqualTo(Dies.ByOperator);
        assertThat(tokens.get(0).lastUse)
                .isAfter(tokens.get(0).exp())
                .isAfter(seconds.status().expiresAt().plusSeconds(600));
        assertThat(longer.leftovers()).as("nobody has taken anything away").isNotEmpty();
        story.cluster().operator("start");
        seconds.awaitEnd(GrantPhase.Expired, EndCause.Expired);
        elevenMinutes.awaitEnd(GrantPhase.Expired, EndCause.Expired);
        longer.awaitEnd(GrantPhase.Expired, EndCause.Expired);
    }

    /** A token, and when the API server last accepted it. */
    private final class InUse {
        private final Grant grant;
        private final TokenClient token;
        private Instant lastUse = Instant.EPOCH;

        InUse(Grant grant, TokenClient token) {
            this.grant = grant;
            this.token = token;
        }

        boolean accepted() {
            Instant asked = Instant.now();
            int code = token.lists(here);
            assertThat(code).isIn(OK, UNAUTHORIZED);
            if (code == OK) {
                lastUse = asked;
            }
            return code == OK;
        }

        Instant exp() {
            return token.claims().getExpirationTime().toInstant();
        }

        @Override
        public String toString() {
            return "grant until %s, dies %s; token until %s, last accepted at %s"
                    .formatted(grant.status().expiresAt(), grant.status().dies(), exp(), lastUse);
        }
    }

    @AfterEach
    void leavesTheOperatorRunning() {
        InstalledOperator.awaitReady();
    }
}
