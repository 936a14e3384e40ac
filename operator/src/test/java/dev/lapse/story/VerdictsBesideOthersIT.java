package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A Revoke ends access soon, though what the operator writes for another tenant hangs: with that tenant's many identities, or in many campaigns. */
@SharesCluster
class VerdictsBesideOthersIT {
    /** More than the threads that look at identities, and as many as look at reviews. */
    private static final int MANY = 12;

    /** A write that hangs takes five seconds. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private final Story story = Story.begins();
    private final Story others = Story.begins();

    @StoryTest
    void thoughTheStatusOfManyIdentitiesHangs() {
        List<String> names = identitiesOfOthers();
        Grant grant = takenByBreakGlass();
        TokenClient token = grant.tokenReadBy("rashid");

        try (DeafWebhook deaf =
                DeafWebhook.of(others.admin(), others.namespace(), "serviceidentities/status", "UPDATE")) {
            names.forEach(name -> others.changeIdentity("olivia", name, "{\"state\": \"Suspended\"}"));

            assertThat(untilRevoked(grant, token)).isLessThan(SOON);
            assertThat(names).as("their statuses hang").noneMatch(this::isKnown);
        }
    }

    @StoryTest
    void thoughManyCampaignsHang() {
        identitiesOfOthers();
        others.let("gina", "create get list", "lapse.dev/accessreviews");
        others.let("gina", "campaign", Story.IDENTITIES);
        Grant grant = takenByBreakGlass();
        TokenClient token = grant.tokenReadBy("rashid");

        try (DeafWebhook deaf = DeafWebhook.of(others.admin(), others.namespace(), "accessreviews", "CREATE")) {
            IntStream.range(0, MANY).forEach(this::campaign);

            assertThat(untilRevoked(grant, token)).isLessThan(SOON);
            assertThat(opened()).as("reviews that the campaigns have opened").isLessThan(MANY);
        }
    }

    private List<String> identitiesOfOthers() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            names.add("ci-" + i);
            others.identity(
                    "olivia", names.get(i), Map.of(), Entry.of("look", "view").in(others.namespace()));
        }
        names.forEach(others::awaitIdentityKnown);
        return names;
    }

    private boolean isKnown(String name) {
        ServiceIdentity identity = others.identityNow(name);
        return identity.getMetadata()
                .getGeneration()
                .equals(identity.getStatus().observedGeneration());
    }

    private void campaign(int number) {
        Map<String, Object> spec = Map.of(
                "type", "Certification",
                "scope", Map.of(),
                "openedBy", "gina",
                "dueAt",
                        Instant.now()
                                .plusSeconds(3600)
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString(),
                "onMissed", "Report");
        assertThat(new Caller(others.cluster().as("gina"))
                        .create(
                                others.path("accessreviews"),
                                Caller.json(Map.of(
                                        "apiVersion",
                                        "lapse.dev/v1alpha1",
                                        "kind",
                                        "AccessReview",
                                        "metadata",
                                        Map.of("name", "campaign-" + number),
                                        "spec",
                                        spec)))
                        .passed())
                .isTrue();
    }

    private long opened() {
        return others.admin().resources(AccessReview.class).inNamespace(others.namespace()).list().getItems().stream()
                .filter(review -> review.getSpec().partOf() != null)
                .count();
    }

    private Grant takenByBreakGlass() {
        story.let("rashid", "breakglass", Story.IDENTITIES);
        story.let("ada", "get patch", "lapse.dev/accessreviews");
        story.let("ada", "review", Story.IDENTITIES);
        story.identity(Entry.of("look", "view")
                .in(story.namespace())
                .with("approvals", Map.of("required", 2))
                .with("breakGlass", Map.of("maxDuration", "1h", "maxTotal", "2h")));
        return story.asks("rashid", "look", "10m", Map.of("breakGlass", Map.of("incident", "INC-1")))
                .awaitActive();
    }

    private Duration untilRevoked(Grant grant, TokenClient token) {
        Review review = Review.of(story, grant);
        assertThat(review.says("ada", "Revoke").passed()).isTrue();
        Instant said = Instant.now();
        await("the first refusal")
                .pollInterval(Duration.ofMillis(20))
                .atMost(InstalledOperator.LIMIT)
                .until(() -> token.lists(story.namespace()) != OK);
        Duration felt = Duration.between(said, Instant.now());
        grant.awaitEnd(GrantPhase.Revoked, EndCause.ReviewRevoked);
        return felt;
    }
}
