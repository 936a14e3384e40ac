package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What one tenant does with many grants at once is not felt by another, whose access ends or begins meanwhile. */
@TakesTurns("measures how long things take")
class BusyClusterIT {
    private static final int NAMESPACES = 5;
    private static final int GRANTS_EACH = 10;
    private static final int GRANTS_IN_ONE_NAMESPACE = 50;

    /** Idle it is some 20 ms, and a test machine is shared: what used to come behind the others took 9 to 40 seconds. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private static final ExecutorService ALL_AT_ONCE = Executors.newCachedThreadPool();

    /** Somebody's grant in a namespace of its own, and what ends it. */
    private record Victim(
            EndCause cause, Story story, Grant grant, TokenClient token, BiConsumer<Story, Grant> endedBy) {
        Felt ends() {
            Instant asked = Instant.now();
            endedBy.accept(story, grant);
            Instant couldBeKnown = Instant.now();
            await("the first refusal after " + cause)
                    .pollInterval(Duration.ofMillis(10))
                    .atMost(InstalledOperator.LIMIT)
                    .until(() -> token.lists(story.namespace()) != OK);
            return new Felt(this, asked, couldBeKnown, Instant.now());
        }
    }

    /** What became of it, as people feel it. */
    private record Felt(Victim victim, Instant asked, Instant couldBeKnown, Instant refusedAt) {
        Duration untilRefused() {
            return Duration.between(couldBeKnown, refusedAt);
        }
    }

    @AfterAll
    static void close() {
        ALL_AT_ONCE.shutdownNow();
    }

    @Test
    void whileManyEndsAreProvedAnotherTenantsEndsAndRequestsAreNotFelt() {
        List<Victim> victims = victims();
        Story beginning = Story.begins();
        beginning.identity(Entry.of("look", "view").in(beginning.namespace()));
        Instant end = Instant.now().plusSeconds(40).truncatedTo(ChronoUnit.SECONDS);
        List<Grant> many = manyThatEndAt(end);
        await().atMost(Duration.ofSeconds(60)).until(() -> !Instant.now().isBefore(end.plusMillis(500)));

        boolean busy = many.stream().anyMatch(grant -> !proved(grant));
        List<CompletableFuture<Felt>> ending = victims.stream()
                .map(victim -> CompletableFuture.supplyAsync(victim::ends, ALL_AT_ONCE))
                .toList();
        Instant requested = Instant.now();
        beginning.asks("rashid", "look", "10m").awaitActive();
        Duration untilActive = Duration.between(requested, Instant.now());
        List<Felt> felt = ending.stream().map(CompletableFuture::join).toList();

        assertThat(busy).as("ends are being proved meanwhile").isTrue();
        assertSoftly(softly -> {
            felt.forEach(each -> softly.assertThat(each.untilRefused())
                    .as(each.victim().cause() + " to the first refusal")
                    .isLessThan(SOON));
            softly.assertThat(untilActive).as("request to active").isLessThan(SOON.multipliedBy(2));
        });
        felt.forEach(BusyClusterIT::saysWhenItCouldBeKnown);
        many.forEach(Grant::assertAccessRemoved);
    }

    /** Due is when the cause could be known, not when somebody found the time to look: so the lag is what people felt. */
    private static void saysWhenItCouldBeKnown(Felt felt) {
        Victim victim = felt.victim();
        if (victim.cause() == EndCause.Deleted) {
            victim.grant().awaitGone();
            return;
        }
        End end = victim.grant().awaitEnd(GrantPhase.Revoked, victim.cause());
        // A verdict ends something only once it is judged: that is when the end is due.
        Instant latest = victim.cause() == EndCause.ReviewRevoked
                ? felt.refusedAt()
                : felt.asked().plusSeconds(1);
        assertThat(end.dueAt()).as(victim.cause().name()).isBetween(felt.asked().minusMillis(50), latest);
    }

    private static List<Victim> victims() {
        return List.of(
                victim(EndCause.Revoked, (story, grant) -> grant.revokedBy("rashid", "rashid")),
                victim(EndCause.Deleted, (story, grant) -> grant.deletedBy("rashid", DeletionPropagation.BACKGROUND)),
                victim(
                        EndCause.IdentitySuspended,
                        (story, grant) -> story.changeIdentity("olivia", "{\"state\": \"Suspended\"}")),
                victim(
                        EndCause.IdentityRetired,
                        (story, grant) -> story.changeIdentity("olivia", "{\"state\": \"Retired\"}")),
                victim(EndCause.OwnerLost, (story, grant) -> story.changeIdentity("olivia", "{\"owner\": null}")),
                victim(
                        EndCause.EligibilityLost,
                        (story, grant) -> story.changeIdentity("olivia", "{\"eligible\": []}")),
                reviewedAway());
    }

    private static Victim victim(EndCause cause, BiConsumer<Story, Grant> endedBy) {
        Story story = Story.begins();
        story.let("rashid", "delete", Story.GRANTS);
        story.identity(Entry.of("look", "view").in(story.namespace()));
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        return new Victim(cause, story, grant, grant.tokenReadBy("rashid"), endedBy);
    }

    private static Victim reviewedAway() {
        Story story = Story.begins();
        story.let("rashid", "breakglass", Story.IDENTITIES);
        story.let("ada", "get patch", "lapse.dev/accessreviews");
        story.let("ada", "review", Story.IDENTITIES);
        story.identity(Entry.of("look", "view")
                .in(story.namespace())
                .with("approvals", Map.of("required", 2))
                .with("breakGlass", Map.of("maxDuration", "1h", "maxTotal", "2h")));
        Grant grant = story.asks("rashid", "look", "10m", Map.of("breakGlass", Map.of("incident", "INC-1")))
                .awaitActive();
        Review review = Review.of(story, grant);
        return new Victim(
                EndCause.ReviewRevoked,
                story,
                grant,
                grant.tokenReadBy("rashid"),
                (where, what) ->
                        assertThat(review.says("ada", "Revoke").passed()).isTrue());
    }

    private static boolean proved(Grant grant) {
        return grant.status().end() != null && grant.status().end().verifiedAt() != null;
    }

    /** In several namespaces, and as many again in one. */
    private static List<Grant> manyThatEndAt(Instant end) {
        List<Grant> many = new ArrayList<>(crowdThatEndsAt(end, GRANTS_IN_ONE_NAMESPACE));
        for (int i = 0; i < NAMESPACES; i++) {
            many.addAll(crowdThatEndsAt(end, GRANTS_EACH));
        }
        many.forEach(Grant::awaitActive);
        assertThat(Instant.now()).as("all are active before their end").isBefore(end);
        return many;
    }

    private static List<Grant> crowdThatEndsAt(Instant end, int grants) {
        Story crowd = Story.begins();
        crowd.identity(Entry.of("look", "view").in(crowd.namespace()));
        List<Grant> many = new ArrayList<>();
        for (int i = 0; i < grants; i++) {
            many.add(crowd.asks("rashid", "look", "1h", Map.of("notAfter", end.toString())));
        }
        return many;
    }
}
