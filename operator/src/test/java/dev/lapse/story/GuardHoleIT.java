package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.condition.Reason;
import dev.lapse.story.Caller.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What somebody writes while a binding of the guard is gone is worth nothing, also once it is there again. */
@TakesTurns("takes bindings of the guard away")
class GuardHoleIT {
    private static final String MERGE = "application/merge-patch+json";

    /** Right by the schema, and yet no role is called so and no object lies there. */
    private static final String NONSENSE = """
            {"phase": "Active", "expiresAt": "2031-01-01T00:00:00Z",
             "objects": [{"kind": "Secret", "name": "../x", "state": "Present"}],
             "resolved": {"duration": "x", "entryHash": "x", "hash": "x", "identityUID": "x", "namespaces": ["x"],
                          "principal": "Subject", "principalName": "x", "risks": ["x"], "role": "Role/x",
                          "roleUIDs": ["x"], "rulesHash": "x"}}""";

    private final Story story = Story.begins();
    private final String here = story.namespace();

    @Test
    void aGrantInAnothersNameIsNeverActive() {
        story.identity(Entry.of("look", "view").in(here));
        story.let("mallory", "create", Story.GRANTS);
        story.let("mallory", "request", Story.IDENTITIES);
        Grant forged;

        try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-grants")) {
            Answer answer = hole.through(
                    () -> story.createGrant("forged", "mallory", "look", "10m", Map.of("requestedBy", "rashid")));
            forged = new Grant(
                    story.cluster(),
                    here,
                    "forged",
                    answer.json().at("/metadata/uid").asText());
            forged.awaitReason(Reason.GuardNotReady.name());
        }

        forged.awaitPhase(GrantPhase.Denied);
        assertThat(forged.reason()).isEqualTo(Reason.NameUnproved.name());
        assertThat(forged.status().activatedAt()).isNull();
        assertThat(forged.leftovers()).isEmpty();
        story.asks("rashid", "look", "10m").awaitActive();
    }

    /** In the place of the one that the operator opened, with the name of somebody who could vouch. */
    @Test
    void aReviewOfAnEntryThatSomebodyElseWroteVouchesForNothing() {
        story.letBind("ada", "edit", here);
        story.let("ada", "approve", Story.IDENTITIES);
        story.let("mallory", "create get patch delete", "lapse.dev/accessreviews");
        story.let("mallory", "approve", Story.IDENTITIES);
        story.rights().give(Rights.user("gitops-applier"), here, "create govern", Story.IDENTITIES);
        story.identity(
                "argo",
                Story.IDENTITY,
                Map.of("changedBy", "olivia", "changedByVia", "gitops-applier"),
                Entry.of("change", "edit")
                        .in(here)
                        .acceptingEdit()
                        .with("entitledBy", "olivia")
                        .with("entitledByVia", "gitops-applier"));
        String name = await().atMost(InstalledOperator.LIMIT)
                .until(
                        () -> story.admin()
                                .resources(AccessReview.class)
                                .inNamespace(here)
                                .list()
                                .getItems(),
                        all -> !all.isEmpty() && all.get(0).getStatus() != null)
                .get(0)
                .getMetadata()
                .getName();
        Review review = new Review(story.cluster(), here, name);
        Map<String, Object> forged = review.copy(name);
        String hash = review.hash();
        Caller mallory = new Caller(story.cluster().as("mallory"));

        try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-reviews", "lapse-status")) {
            hole.through(() -> mallory.send("DELETE", review.path(), null, null));
            hole.through(() -> mallory.create(story.path("accessreviews"), Caller.json(forged)));
            hole.through(() -> review.says("mallory", "ada", "Approve", hash, List.of()));
        }

        assertThat(review.verdictOf("ada").reason()).isEqualTo("NameUnproved");
        Grant grant = story.asks("rashid", "change", "10m").awaitReason(Reason.BeyondApplierLimits.name());
        assertThat(grant.leftovers()).isEmpty();
        // While the guard was away the entry was Unknown; the pass that refuses it is not the grant's.
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(story.identityNow().getStatus().entries())
                        .singleElement()
                        .satisfies(entry -> assertThat(entry.state()).isEqualTo(EntryState.Refused)));
    }

    /** Also in the moment in which the binding is there again and the API server does not yet go by it. */
    @Test
    void whoForgesAllTheWhileGetsNothing() {
        story.identity(Entry.of("look", "view").in(here));
        story.let("mallory", "create", Story.GRANTS);
        story.let("mallory", "request", Story.IDENTITIES);
        List<Grant> forged;

        try (Forger forger = Forger.of(this::forges)) {
            try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-grants")) {
                forger.awaitSuccess();
            }
            forged = forger.stopped();
        }

        assertThat(forged).allSatisfy(grant -> {
            grant.awaitPhase(GrantPhase.Denied);
            assertThat(grant.reason()).isEqualTo(Reason.NameUnproved.name());
            assertThat(grant.status().activatedAt()).isNull();
        });
        assertThat(story.objectsOfLapse()).isEmpty();
        assertThat(forges("late")).isEmpty();
    }

    private Optional<Grant> forges(String name) {
        Answer answer = story.createGrant("forged-" + name, "mallory", "look", "10m", Map.of("requestedBy", "rashid"));
        return answer.passed()
                ? Optional.of(new Grant(
                        story.cluster(),
                        here,
                        "forged-" + name,
                        answer.json().at("/metadata/uid").asText()))
                : Optional.empty();
    }

    @Test
    void anEntryInAnothersNameIsNeverGrantedUntilItsAuthorWritesIt() {
        story.identity(Entry.of("look", "view").in(here));
        story.let("mallory", "patch", Story.IDENTITIES);

        try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-identities")) {
            hole.through(() -> changed("mallory", look(), own("10m")));
        }
        Grant own = story.asks("rashid", "own", "1m");
        Grant look = story.asks("rashid", "look", "10m");

        look.awaitActive();
        own.awaitReason(Reason.NameUnproved.name());
        // An edit of something else by whoever may does not launder it.
        story.changeIdentity("olivia", "{\"purpose\": \"something else\"}");
        story.awaitIdentityKnown(Story.IDENTITY);
        await().during(Duration.ofSeconds(2))
                .atMost(InstalledOperator.LIMIT)
                .until(() ->
                        own.phase() == GrantPhase.Pending && own.leftovers().isEmpty());
        assertThat(changed("olivia", look(), own("20m")).code()).isEqualTo(OK);
        own.awaitActive();
    }

    @Test
    void aStatusByAnotherGrantsNothingAndEndsWhatItWasWrittenOn() {
        story.identity(
                Entry.of("look", "view").in(here),
                Entry.of("asked", "view").in(here).with("approvals", Map.of("required", 1)));
        story.let("mallory", "*", "lapse.dev/*");
        Grant active = story.asks("rashid", "look", "10m").awaitActive();
        Grant waiting = story.asks("rashid", "asked", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Grant garbled = story.asks("rashid", "asked", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Grant bystander = story.asks("rashid", "look", "20s").awaitActive();
        TokenClient token = active.tokenReadBy("rashid");

        try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-status")) {
            hole.through(() -> status(active, "{\"expiresAt\": \"2031-01-01T00:00:00Z\"}"));
            hole.through(() -> status(
                    waiting,
                    "{\"phase\": \"Active\", \"activatedAt\": \"2026-01-01T00:00:00Z\", \"expiresAt\":"
                            + " \"2031-01-01T00:00:00Z\", \"proof\": {\"epoch\": \"x\", \"generation\": 1, \"at\":"
                            + " \"2026-01-01T00:00:00Z\"}}"));
            hole.through(() -> status(garbled, NONSENSE));
        }

        active.awaitEnd(GrantPhase.Revoked, EndCause.StatusForged);
        assertThat(token.lists(here)).isNotEqualTo(OK);
        await().atMost(InstalledOperator.LIMIT).untilAsserted(() -> {
            assertThat(waiting.phase()).isNotEqualTo(GrantPhase.Active);
            assertThat(garbled.phase()).isNotEqualTo(GrantPhase.Active);
        });
        assertThat(waiting.leftovers()).isEmpty();
        assertThat(garbled.leftovers()).isEmpty();
        // What one status says must not keep the operator from the others.
        bystander.awaitEnd(GrantPhase.Expired, EndCause.Expired);
        story.asks("rashid", "look", "10m").awaitActive();
    }

    @Test
    void aReviewThatIsReplacedMeanwhileApprovesNothing() {
        story.identity(Entry.of("asked", "view")
                .in(here)
                .with("approvals", Map.of("required", 1, "approvers", List.of(Map.of("user", "ada")))));
        story.let("mallory", "*", "lapse.dev/*");
        Grant waiting = story.asks("rashid", "asked", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, waiting);
        String hers = Caller.json(review.copy(review.name())).replace("\"ada\"", "\"mallory\"");
        Caller mallory = new Caller(story.cluster().as("mallory"));

        try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-reviews", "lapse-status")) {
            hole.through(() -> mallory.send("DELETE", review.path(), null, null));
            hole.through(() -> mallory.create(story.path("accessreviews"), hers));
        }
        review.says("mallory", "Approve");

        waiting.awaitPhase(GrantPhase.Denied);
        assertThat(waiting.reason()).isEqualTo(Reason.ApprovalVoid.name());
        assertThat(waiting.status().activatedAt()).isNull();
        assertThat(waiting.leftovers()).isEmpty();
    }

    @Test
    void whileTheGuardIsAwayNothingBeginsAndEverythingEnds() {
        story.identity(Entry.of("look", "view").in(here));
        Grant revoked = story.asks("rashid", "look", "10m").awaitActive();
        Grant expiring = story.asks("rashid", "look", "8s").awaitActive();
        Grant meanwhile;

        try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-objects-grant-uid")) {
            meanwhile = story.asks("rashid", "look", "10m").awaitReason(Reason.GuardNotReady.name());
            revoked.revokedBy("rashid", "rashid");
            revoked.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
            expiring.awaitEnd(GrantPhase.Expired, EndCause.Expired);
            assertThat(meanwhile.leftovers()).isEmpty();
            assertThat(InstalledOperator.ready(story.cluster())).isFalse();
        }

        // Nobody knows who asked: it must be asked again.
        meanwhile.awaitPhase(GrantPhase.Denied);
        assertThat(meanwhile.reason()).isEqualTo(Reason.NameUnproved.name());
    }

    private static Map<String, Object> look() {
        return Map.of(
                "name",
                "look",
                "role",
                Map.of("kind", "ClusterRole", "name", "view"),
                "approvals",
                Map.of("required", 0),
                "entitledBy",
                "olivia");
    }

    private static Map<String, Object> own(String maxDuration) {
        return Map.of(
                "name",
                "own",
                "role",
                Map.of("kind", "ClusterRole", "name", "view"),
                "approvals",
                Map.of("required", 0),
                "maxDuration",
                maxDuration,
                "entitledBy",
                "olivia");
    }

    @SafeVarargs
    private Answer changed(String person, Map<String, Object>... entries) {
        List<Map<String, Object>> here = java.util.Arrays.stream(entries)
                .map(entry -> {
                    Map<String, Object> placed = new java.util.TreeMap<>(entry);
                    placed.put("namespaces", List.of(story.namespace()));
                    return placed;
                })
                .toList();
        return new Caller(story.cluster().as(person))
                .send(
                        "PATCH",
                        story.path("serviceidentities") + "/" + Story.IDENTITY,
                        MERGE,
                        Caller.json(Map.of("spec", Map.of("eligible", here))));
    }

    private Answer status(Grant grant, String status) {
        return new Caller(story.cluster().as("mallory"))
                .send("PATCH", grant.path() + "/status", MERGE, "{\"status\": " + status + "}");
    }
}
