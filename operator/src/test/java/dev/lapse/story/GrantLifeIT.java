package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static dev.lapse.story.TokenClient.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.TokenDead;
import dev.lapse.condition.ConditionType;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** A grant from request to proof of its end, as those see it who ask for it and use it. */
@SharesCluster
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
        var end = grant.awaitEnd(GrantPhase.Expired, EndCause.Expired);
        assertThat(end.dueAt()).isEqualTo(grant.status().expiresAt());
        assertThat(Duration.between(end.dueAt(), end.effectiveAt())).isBetween(Duration.ZERO, Duration.ofSeconds(5));
        assertThat(end.tokenDead()).isEqualTo(TokenDead.Inferred);
        grant.assertAccessRemoved();
        assertThat(grant.condition(ConditionType.Ready).status()).isEqualTo(ConditionStatus.True);
        assertThat(grant.condition(ConditionType.Active).status()).isEqualTo(ConditionStatus.False);
        assertThat(grant.awaitEvent("Active"))
                .contains("rashid", "view", end.dueAt().toString());
        assertThat(grant.awaitEvent("Expired")).contains("access was gone");
        await().atMost(InstalledOperator.LIMIT).until(() -> token.lists(here) == UNAUTHORIZED);
    }

    @StoryTest
    void endsAtOnceWhenItIsRevoked() {
        story.identity(Entry.of("look", "view").in(here));
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");

        grant.revokedBy("rashid", "rashid");

        var end = grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        assertThat(end.by()).isEqualTo("rashid");
        assertThat(token.lists(here)).isNotEqualTo(OK);
        grant.assertAccessRemoved();
        assertThat(grant.awaitEvent("Revoked")).contains("revoked by rashid");
    }

    @StoryTest
    void goesWithAllItGaveWhenItIsDeletedInTheBackground() {
        goesWithAllItGaveWhenItIsDeleted(DeletionPropagation.BACKGROUND);
    }

    @StoryTest
    void goesWithAllItGaveWhenItIsDeletedInTheForeground() {
        goesWithAllItGaveWhenItIsDeleted(DeletionPropagation.FOREGROUND);
    }

    private void goesWithAllItGaveWhenItIsDeleted(DeletionPropagation propagation) {
        String elsewhere = story.anotherNamespace();
        story.letBind("olivia", "view", elsewhere);
        story.let("rashid", "delete", Story.GRANTS);
        story.identity(Entry.of("look", "view").in(here, elsewhere));
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");

        grant.deletedBy("rashid", propagation);

        grant.awaitGone();
        assertThat(grant.leftovers()).isEmpty();
        assertThat(token.lists(here)).isNotEqualTo(OK);
        assertThat(token.lists(elsewhere)).isNotEqualTo(OK);
    }

    @StoryTest
    void waitsForItsTimeAndHoldsNothingUntilThen() {
        story.identity(Entry.of("look", "view").in(here));
        Instant begin = Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.SECONDS);

        Grant grant = story.asks("rashid", "look", "2s", Map.of("notBefore", begin.toString()));

        grant.awaitPhase(GrantPhase.Scheduled);
        assertThat(grant.leftovers()).isEmpty();
        grant.awaitEnd(GrantPhase.Expired, EndCause.Expired);
        assertThat(grant.status().activatedAt()).isAfterOrEqualTo(begin);
    }

    @StoryTest
    void isOverAtNotAfterWhateverTheDuration() {
        story.identity(Entry.of("look", "view").in(here));
        Instant latest = Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.SECONDS);

        Grant grant = story.asks("rashid", "look", "1h", Map.of("notAfter", latest.toString()))
                .awaitActive();

        assertThat(grant.status().expiresAt()).isEqualTo(latest);
        var end = grant.awaitEnd(GrantPhase.Expired, EndCause.Expired);
        assertThat(end.dueAt()).isEqualTo(latest);
    }

    @StoryTest
    void reachesSeveralNamespacesOrThoseOfThemThatWereAskedFor() {
        String second = story.anotherNamespace();
        String third = story.anotherNamespace();
        story.letBind("olivia", "view", second);
        story.letBind("olivia", "view", third);
        story.identity(Entry.of("look", "view").in(here, second, third));

        Grant whole = story.asks("rashid", "look", "10m").awaitActive();
        Grant part = story.asks("rashid", "look", "10m", Map.of("namespaces", List.of(third)))
                .awaitActive();

        assertThat(whole.tokenReadBy("rashid").listsIn(here, second, third)).containsExactly(OK, OK, OK);
        assertThat(part.tokenReadBy("rashid").listsIn(here, second, third)).containsExactly(FORBIDDEN, FORBIDDEN, OK);
        whole.revokedBy("rashid", "rashid");
        part.revokedBy("rashid", "rashid");
        whole.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        part.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
    }

    @StoryTest
    void reachesTheWholeClusterWhereAdaMayBindIt() {
        story.rights().giveEverywhere(Rights.user("ada"), "create", Story.CLUSTER_ROLE_BINDINGS);
        story.rights().giveEverywhere(Rights.user("ada"), "bind", Story.CLUSTER_ROLES + ":view");
        story.let("ada", "create govern", Story.IDENTITIES);
        story.identityBy("ada", Entry.of("everywhere", "view").clusterWide());

        Grant grant = story.asks("rashid", "everywhere", "10m").awaitActive();

        TokenClient token = grant.tokenReadBy("rashid");
        assertThat(token.get("/api/v1/configmaps?limit=1")).isEqualTo(OK);
        assertThat(token.get("/api/v1/secrets?limit=1")).isEqualTo(FORBIDDEN);
        grant.revokedBy("rashid", "rashid");
        grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        assertThat(token.get("/api/v1/configmaps?limit=1")).isNotEqualTo(OK);
        grant.assertAccessRemoved();
    }

    @StoryTest
    void waitsForPeopleWhereTheEntryAsksForThem() {
        story.identity(
                Entry.of("look", "view").in(here).with("approvals", Map.of("required", 1)),
                Entry.of("unsaid", "view").in(here).with("approvals", ""));

        Grant asked = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Grant unsaid = story.asks("rashid", "unsaid", "10m").awaitPhase(GrantPhase.AwaitingApproval);

        await().during(Duration.ofSeconds(4)).atMost(InstalledOperator.LIMIT).untilAsserted(() -> {
            assertThat(asked.phase()).isEqualTo(GrantPhase.AwaitingApproval);
            assertThat(unsaid.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        });
        assertThat(asked.leftovers()).isEmpty();
        assertThat(unsaid.leftovers()).isEmpty();
        assertThat(asked.reason()).isEqualTo("ApprovalRequired");
    }

    @StoryTest
    void neverReopens() {
        story.identity(Entry.of("look", "view").in(here));
        Grant grant = story.asks("rashid", "look", "1s").awaitPhase(GrantPhase.Expired);

        grant.revokedBy("rashid", "rashid");
        story.changeIdentity("olivia", "{\"purpose\": \"something else\"}");

        await().during(Duration.ofSeconds(2)).atMost(InstalledOperator.LIMIT).untilAsserted(() -> {
            assertThat(grant.phase()).isEqualTo(GrantPhase.Expired);
            assertThat(grant.status().end().cause()).isEqualTo(EndCause.Expired);
        });
    }
}
