package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static dev.lapse.story.TokenClient.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Stories in which something else happens to what a grant gave, while it is active. */
@SharesCluster
class GrantStoriesIT {
    /** How long an API server accepts a token after its exp: 60 s of leeway and a cache of 10 s. */
    private static final Duration LEEWAY = Duration.ofSeconds(70);

    private final Story story = Story.begins();
    private final String here = story.namespace();

    @StoryTest
    void theEndOfItsNamespaceTakesAwayWhatItGaveInOthers() {
        String second = story.anotherNamespace();
        String third = story.anotherNamespace();
        story.letBind("olivia", "view", second);
        story.letBind("olivia", "view", third);
        story.identity(Entry.of("look", "view").in(second, third));
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");
        assertThat(token.listsIn(here, second, third)).containsExactly(FORBIDDEN, OK, OK);

        story.admin().namespaces().withName(here).delete();

        await().atMost(InstalledOperator.LIMIT)
                .until(() -> story.admin().namespaces().withName(here).get() == null);
        assertThat(grant.leftovers()).isEmpty();
        assertThat(token.listsIn(second, third)).doesNotContain(OK);
    }

    /** A namespace takes what is in it along; what waits there must not begin meanwhile, nor hold it up. */
    @StoryTest
    void whatWaitsForItsTimeGoesWithItsNamespaceAndNeverBegins() {
        String second = story.anotherNamespace();
        story.letBind("olivia", "view", second);
        story.identity(Entry.of("look", "view").in(second));
        Instant begin = Instant.now().plusSeconds(6).truncatedTo(ChronoUnit.SECONDS);
        Grant grant = story.asks("rashid", "look", "10m", Map.of("notBefore", begin.toString()))
                .awaitPhase(GrantPhase.Scheduled);

        story.admin().namespaces().withName(here).delete();

        grant.awaitGone();
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> Instant.now().isAfter(begin.plusSeconds(1))
                        && story.admin().namespaces().withName(here).get() == null);
        assertThat(grant.leftovers()).isEmpty();
    }

    @StoryTest
    void theEndOfANamespaceItReachesEndsTheGrantEverywhere() {
        String second = story.anotherNamespace();
        story.letBind("olivia", "view", second);
        story.identity(Entry.of("look", "view").in(here, second));
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");

        story.admin().namespaces().withName(second).delete();

        grant.awaitEnd(GrantPhase.Revoked, EndCause.NamespaceGone);
        assertThat(token.lists(here)).isNotEqualTo(OK);
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> story.admin().namespaces().withName(second).get() == null);
    }

    @StoryTest
    void theTokenOfALongGrantDiesByItselfAndThatOfAShortOneDoesNot() {
        story.identity(Entry.of("look", "view").in(here));

        Grant seconds = story.asks("rashid", "look", "20s").awaitActive();
        Grant elevenMinutes = story.asks("rashid", "look", "11m").awaitActive();
        Grant longer = story.asks("rashid", "look", "12m").awaitActive();

        assertThat(seconds.status().dies()).isEqualTo(Dies.ByOperator);
        assertThat(elevenMinutes.status().dies()).isEqualTo(Dies.ByOperator);
        assertThat(longer.status().dies()).isEqualTo(Dies.ByItself);
        assertThat(accepted(longer)).isBeforeOrEqualTo(longer.status().expiresAt());
        assertThat(accepted(elevenMinutes)).isAfter(elevenMinutes.status().expiresAt());
        seconds.awaitEnd(GrantPhase.Expired, EndCause.Expired);
    }

    /** Until when the API server would go on accepting the token by itself. */
    private static Instant accepted(Grant grant) {
        var claims = grant.tokenReadBy("rashid").claims();
        var issued = grant.status().credentials();
        assertThat(issued).singleElement().satisfies(credential -> {
            assertThat(credential.id()).isEqualTo(claims.getJWTID());
            assertThat(credential.expiresAt())
                    .isEqualTo(claims.getExpirationTime().toInstant());
        });
        return claims.getExpirationTime().toInstant().plus(LEEWAY);
    }

    @StoryTest
    void whoHasReadTheDeliveredSecretMayDeleteItAndTheGrantGoesOn() {
        story.let("rashid", "delete", "secrets");
        story.identity(Entry.of("look", "view").in(here));
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");

        grant.secretDeletedBy("rashid");

        assertThat(token.lists(here)).isEqualTo(OK);
        await().during(Duration.ofSeconds(2))
                .atMost(InstalledOperator.LIMIT)
                .until(() -> grant.phase() == GrantPhase.Active
                        && grant.leftovers().stream().noneMatch(object -> object.startsWith("Secret")));
        grant.revokedBy("rashid", "rashid");
        grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        assertThat(token.lists(here)).isNotEqualTo(OK);
    }

    /** A token of the subject hangs on its Secret, so whoever deletes the one ends the other. */
    @StoryTest
    void aDeletedSecretTakesTheTokenOfTheSubjectWithIt() {
        story.let("rashid", "delete", "secrets");
        story.rights()
                .give(
                        Rights.serviceAccount("lapse-system", "lapse-operator"),
                        here,
                        "create",
                        "serviceaccounts/token:" + Story.IDENTITY);
        story.identity(Entry.of("look", "view").in(here).forSubject());
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        TokenClient token = grant.tokenReadBy("rashid");

        grant.secretDeletedBy("rashid");

        await().atMost(InstalledOperator.LIMIT).until(() -> token.lists(here) == UNAUTHORIZED);
        assertThat(grant.leftovers()).isEqualTo(List.of("RoleBinding " + here + "/" + grant.objectName()));
        grant.revokedBy("rashid", "rashid");
        grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
    }
}
