package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.story.Caller.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The guard is there and refuses nothing: what somebody writes meanwhile is worth nothing, also afterwards. */
@TakesTurns("weakens the guard")
class WeakenedGuardIT {
    private final Story story = Story.begins();

    @Test
    void aGrantThatIsForgedWhileABindingOnlyWarnsNeverBegins() {
        story.identity(Entry.of("look", "view").in(story.namespace()));
        story.let("mallory", "create", Story.GRANTS);
        story.let("mallory", "request", Story.IDENTITIES);
        String before = InstalledOperator.epoch(story.cluster());
        Grant forged;

        actions("Warn");
        try {
            await("the operator notices: GuardNotReady")
                    .atMost(InstalledOperator.LIMIT)
                    .until(() -> !InstalledOperator.ready(story.cluster()));
            forged = forged();
            forged.awaitReason(Reason.GuardNotReady.name());
        } finally {
            actions("Deny");
            await().atMost(InstalledOperator.LIMIT)
                    .until(() -> !InstalledOperator.epoch(story.cluster()).equals(before)
                            && InstalledOperator.ready(story.cluster()));
        }

        forged.awaitPhase(GrantPhase.Denied);
        assertThat(forged.reason()).isEqualTo(Reason.NameUnproved.name());
        assertThat(forged.leftovers()).isEmpty();
        story.asks("rashid", "look", "10m").awaitActive();
    }

    /** A moment later is not enough: whoever waits until it is ready, and then writes once, is heard. */
    @Test
    void theFirstVerdictAndTheFirstEntryCountThatAreWrittenOnceItHasSettledAgain() {
        String here = story.namespace();
        story.let("ada", "get patch", "lapse.dev/accessreviews");
        story.let("ada", "approve", Story.IDENTITIES);
        story.identity(Entry.of("look", "view").in(here).with("approvals", Map.of("required", 1)));
        Grant asked = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, asked);

        for (String appliers : List.of("gitops-applier one-more", "gitops-applier")) {
            String before = InstalledOperator.epoch(story.cluster());
            appliers(appliers);
            await().pollInterval(Duration.ofMillis(20))
                    .atMost(InstalledOperator.LIMIT)
                    .until(() -> !InstalledOperator.epoch(story.cluster()).equals(before)
                            && InstalledOperator.ready(story.cluster()));

            if (appliers.contains("one-more")) {
                review.approvedBy("ada");
                assertThat(review.verdictOf("ada").reason()).isEqualTo("Counts");
                asked.awaitActive();
            } else {
                story.identity(
                        "olivia", "second", Map.of(), Entry.of("look", "view").in(here));
                await().atMost(InstalledOperator.LIMIT)
                        .untilAsserted(() -> assertThat(entryOfTheSecond()).isEqualTo(Reason.Eligible.name()));
            }
        }
    }

    private String entryOfTheSecond() {
        return new Caller(story.admin())
                .get(story.path("serviceidentities") + "/second")
                .json()
                .at("/status/entries/0/reason")
                .asText();
    }

    private void appliers(String names) {
        story.admin()
                .configMaps()
                .inNamespace("lapse-system")
                .withName("lapse-guard")
                .edit(map -> {
                    map.getData().put("appliers", names);
                    return map;
                });
    }

    /** The API server goes by what was there before for a moment: somebody who tries long enough gets through. */
    private Grant forged() {
        Answer through = await().pollInterval(Duration.ofMillis(50))
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> story.createGrant("forged", "mallory", "look", "10m", Map.of("requestedBy", "rashid")),
                        Answer::passed);
        return new Grant(
                story.cluster(),
                story.namespace(),
                "forged",
                through.json().at("/metadata/uid").asText());
    }

    private void actions(String action) {
        story.admin()
                .admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName("lapse-grants")
                .edit(binding -> {
                    binding.getSpec().setValidationActions(List.of(action));
                    return binding;
                });
    }
}
