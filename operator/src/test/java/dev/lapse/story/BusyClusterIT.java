package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one tenant does with many grants at once is not felt by another, whose access ends or begins meanwhile. */
@SharesCluster
class BusyClusterIT {
    private static final int NAMESPACES = 10;
    private static final int GRANTS_EACH = 10;

    /** Idle it is some 20 ms, and a test machine is shared: what used to come behind the others took 9 to 40 seconds. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Story revoked = Story.begins();
    private final Story suspended = Story.begins();
    private final Story beginning = Story.begins();

    @Test
    void whileManyEndsAreProvedAnotherTenantsRevocationSuspensionAndRequestAreNot() {
        Grant soonRevoked = activeIn(revoked);
        Grant soonSuspended = activeIn(suspended);
        beginning.identity(Entry.of("look", "view").in(beginning.namespace()));
        TokenClient revokedToken = soonRevoked.tokenReadBy("rashid");
        TokenClient suspendedToken = soonSuspended.tokenReadBy("rashid");
        Instant end = Instant.now().plusSeconds(40).truncatedTo(ChronoUnit.SECONDS);
        List<Grant> many = manyThatEndAt(end);
        await().atMost(Duration.ofSeconds(60)).until(() -> !Instant.now().isBefore(end.plusMillis(500)));

        boolean busy = many.stream().anyMatch(grant -> !proved(grant));
        Instant asked = Instant.now();
        soonRevoked.revokedBy("rashid", "rashid");
        Instant couldBeKnown = Instant.now();
        Duration untilRevoked = firstRefusal(revokedToken, revoked, couldBeKnown);
        Instant suspending = Instant.now();
        suspended.changeIdentity("olivia", "{\"state\": \"Suspended\"}");
        Duration untilSuspended = firstRefusal(suspendedToken, suspended, Instant.now());
        Instant requested = Instant.now();
        beginning.asks("rashid", "look", "10m").awaitActive();
        Duration untilActive = Duration.between(requested, Instant.now());

        assertThat(busy).as("ends are being proved meanwhile").isTrue();
        assertSoftly(softly -> {
            softly.assertThat(untilRevoked)
                    .as("revoked: true to the first refusal")
                    .isLessThan(SOON);
            softly.assertThat(untilSuspended)
                    .as("suspension to the first refusal")
                    .isLessThan(SOON);
            softly.assertThat(untilActive).as("request to active").isLessThan(SOON.multipliedBy(2));
        });
        saysWhenItCouldBeKnown(soonRevoked, EndCause.Revoked, asked);
        saysWhenItCouldBeKnown(soonSuspended, EndCause.IdentitySuspended, suspending);
        many.forEach(Grant::assertAccessRemoved);
    }

    /** Due is when the cause could be known, not when somebody found the time to look: so the lag is what people felt. */
    private static void saysWhenItCouldBeKnown(Grant grant, EndCause cause, Instant asked) {
        End end = grant.awaitEnd(GrantPhase.Revoked, cause);
        assertThat(end.dueAt()).isBetween(asked.minusMillis(50), asked.plusSeconds(1));
    }

    private static Duration firstRefusal(TokenClient token, Story story, Instant since) {
        await("the first refusal")
                .pollInterval(Duration.ofMillis(5))
                .atMost(InstalledOperator.LIMIT)
                .until(() -> token.lists(story.namespace()) != OK);
        return Duration.between(since, Instant.now());
    }

    private static boolean proved(Grant grant) {
        return grant.status().end() != null && grant.status().end().verifiedAt() != null;
    }

    private static Grant activeIn(Story story) {
        story.identity(Entry.of("look", "view").in(story.namespace()));
        return story.asks("rashid", "look", "10m").awaitActive();
    }

    private static List<Grant> manyThatEndAt(Instant end) {
        List<Grant> many = new ArrayList<>();
        for (int i = 0; i < NAMESPACES; i++) {
            Story crowd = Story.begins();
            crowd.identity(Entry.of("look", "view").in(crowd.namespace()));
            for (int j = 0; j < GRANTS_EACH; j++) {
                many.add(crowd.asks("rashid", "look", "1h", Map.of("notAfter", end.toString())));
            }
        }
        many.forEach(Grant::awaitActive);
        assertThat(Instant.now()).as("all are active before their end").isBefore(end);
        return many;
    }
}
