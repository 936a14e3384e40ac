package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.condition.Reason;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A claimed grant that has ended never wakes again: Argo applies here as {@code gitops-applier}, Ada and Erin approve, and
 * Mallory may delete whatever the guard lets her.
 */
@TakesTurns("stops and kills the operator, and restores etcd")
class MemoryIT {
    private static final String APPLIER = "gitops-applier";
    private static final String GRANT = "from-git";
    /** Without a file of what is remembered: what is lost stays lost. */
    private static final Map<String, String> QUICK =
            Map.of("LAPSE_GUARD_SETTLE", "1s", "LAPSE_SWEEP_EVERY", "1s", "LAPSE_ENDED_FILE", "");

    private final Story story = remembered();
    private final String here = story.namespace();
    private final String notAfter =
            Instant.now().plusSeconds(1_800).truncatedTo(ChronoUnit.SECONDS).toString();

    /** What may be deleted, and applied again. */
    private enum Thing {
        IDENTITY("serviceidentities"),
        GRANT("privilegegrants"),
        REVIEW("accessreviews");

        final String plural;

        Thing(String plural) {
            this.plural = plural;
        }
    }

    MemoryIT() {
        story.rights().give(Rights.user(APPLIER), here, "create govern request", Story.IDENTITIES);
        story.rights().give(Rights.user(APPLIER), here, "create", Story.GRANTS);
        for (String person : List.of("ada", "erin")) {
            story.let(person, "get patch", "lapse.dev/accessreviews");
            story.let(person, "approve", Story.IDENTITIES);
        }
        for (Thing thing : Thing.values()) {
            story.let("mallory", "create delete", "lapse.dev/" + thing.plural);
        }
    }

    @AfterEach
    void theOperatorRunsAgainAsItDid() {
        InstalledOperator.awaitReady();
    }

    @AfterAll
    static void theOperatorRunsAgainAsForOthers() {
        Cluster.running().operator("stop");
        InstalledOperator.awaitReady();
    }

    /** Of a young installation the last ConfigMap is not missed: it might never have been made. */
    private static Story remembered() {
        Story story = Story.begins();
        return place(story) == 15 ? Story.begins() : story;
    }

    private static int place(Story story) {
        return Math.floorMod(story.namespace().hashCode(), 16);
    }

    static List<List<Thing>> orders() {
        List<List<Thing>> all = new ArrayList<>();
        for (Thing first : Thing.values()) {
            for (Thing second : Thing.values()) {
                Stream.of(Thing.values())
                        .filter(third -> first != second && third != first && third != second)
                        .forEach(third -> all.add(List.of(first, second, third)));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("orders")
    void deletedAndAppliedAgainByHandInThisOrderItNeverWakes(List<Thing> order) {
        applied(Thing.IDENTITY);
        Grant first = activated();
        Map<String, Object> review = new Review(
                        story.cluster(), here, first.status().review())
                .copy(first.status().review());

        for (List<Thing> again : List.of(order, List.of(order.get(2), order.get(0), order.get(1)))) {
            order.forEach(this::deletedByMallory);
            new Grant(story.cluster(), here, GRANT, first.uid()).awaitGone();
            for (Thing thing : again) {
                if (thing == Thing.REVIEW) {
                    assertThat(reviewWritten(review).code()).isEqualTo(TokenClient.FORBIDDEN);
                } else {
                    applied(thing);
                }
            }
            spent(now(), first);
        }
    }

    @Test
    void selfHealNeverWakesItNorDoesItWakeBecauseTheOperatorWasKilledMeanwhile() {
        applied(Thing.IDENTITY);
        Grant first = activated();

        List<String> seen = new ArrayList<>(List.of(first.uid()));
        try (SelfHeal argo = SelfHeal.of(List.of(() -> apply(Thing.IDENTITY), () -> apply(Thing.GRANT)))) {
            story.cluster().operator("kill");
            for (List<Thing> order : orders()) {
                order.forEach(this::deletedByMallory);
                if (seen.size() == 1) {
                    InstalledOperator.awaitReady();
                }
                Grant next = await().atMost(InstalledOperator.LIMIT)
                        .ignoreExceptions()
                        .until(this::now, grant -> !seen.contains(grant.uid()));
                seen.add(next.uid());
                spent(next, first);
            }
            assertThat(argo.failures()).isEmpty();
        }

        assertThat(seen).hasSize(7);
    }

    @Test
    void whateverEndedItIsWhatTheNextOneIsTold() {
        applied(Thing.IDENTITY);
        Grant first = activated();
        story.let("rashid", "get patch", Story.GRANTS);
        first.revokedBy("rashid", "rashid");
        End end = first.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);

        deletedByMallory(Thing.GRANT);
        first.awaitGone();
        applied(Thing.GRANT);

        Grant next = spent(now(), first);
        assertThat(next.awaitEvent("Denied"))
                .contains("ended at", "(Revoked)", "before " + notAfter, "under another name");
        assertThat(end.cause()).isEqualTo(EndCause.Revoked);
    }

    @Test
    void whatIsWithdrawnWhileItWaitsIsAskedForAnewAndNoOldApprovalCounts() {
        applied(Thing.IDENTITY);
        applied(Thing.GRANT);
        Grant first = now().awaitPhase(GrantPhase.AwaitingApproval);
        Review.of(story, first).approvedBy("ada");

        deletedByMallory(Thing.GRANT);
        first.awaitGone();
        applied(Thing.GRANT);

        Grant next = now().awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, next);
        review.approvedBy("erin");
        review.verdictOf("erin");
        assertThat(review.now().getStatus().approvals()).isEqualTo("1/2");
        assertThat(next.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    @Test
    void aPersonMayAskUnderANameThatIsSpent() {
        applied(Thing.IDENTITY);
        Grant first = activated();
        deletedByMallory(Thing.GRANT);
        first.awaitGone();

        story.asksUnder(GRANT, "rashid", "look", "10m", Map.of()).awaitActive();
    }

    @Test
    void whatSomebodyForgesWhileTheGuardIsAwayIsWrittenAgain() {
        story.cluster().operator("stop");
        story.cluster().operator(QUICK, "start");
        InstalledOperator.awaitReady();
        applied(Thing.IDENTITY);
        Grant first = activated();
        ConfigMap kept = memory().require();

        try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-memory")) {
            await().atMost(InstalledOperator.LIMIT)
                    .ignoreExceptions()
                    .untilAsserted(() -> memory().edit(map -> new ConfigMapBuilder(map)
                            .withData(Map.of("seal", "forged"))
                            .build()));
            await().atMost(InstalledOperator.LIMIT)
                    .untilAsserted(
                            () -> assertThat(memory().require().getData()).isEqualTo(kept.getData()));
            memory().delete();
            await().atMost(InstalledOperator.LIMIT)
                    .untilAsserted(() -> assertThat(memory().get())
                            .isNotNull()
                            .satisfies(map -> assertThat(map.getData()).isEqualTo(kept.getData())));
        }

        deletedByMallory(Thing.GRANT);
        first.awaitGone();
        applied(Thing.GRANT);
        spent(now(), first);
    }

    @Test
    void anOlderOneThatSomebodyPutsBackWhileTheGuardIsAwayIsToldAndTakesNothingAway() {
        story.cluster().operator("stop");
        story.cluster().operator(QUICK, "start");
        InstalledOperator.awaitReady();
        applied(Thing.IDENTITY);
        Map<String, String> older = memory().require().getData();
        Grant first = activated();
        Map<String, String> newer = memory().require().getData();
        assertThat(newer).containsKey("turn").isNotEqualTo(older);

        try (GuardHole hole = GuardHole.torn(story.cluster(), "lapse-memory")) {
            await().atMost(InstalledOperator.LIMIT)
                    .ignoreExceptions()
                    .untilAsserted(() -> memory().edit(map ->
                            new ConfigMapBuilder(map).withData(older).build()));
            await().atMost(InstalledOperator.LIMIT)
                    .untilAsserted(() -> assertThat(records(memory().require())).isEqualTo(records(newer)));
        }

        assertThat(InstalledOperator.metric(story.cluster(), "lapse_memory_put_back_total"))
                .isEqualTo("1.0");
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(eventsOfTheOperator("MemoryPutBack"))
                        .anySatisfy(message -> assertThat(message).contains(name(), "put it back", "runbook")));
        deletedByMallory(Thing.GRANT);
        first.awaitGone();
        applied(Thing.GRANT);
        spent(now(), first);
    }

    /** No operator lives through it: so only the file can tell the next one. */
    @Test
    void aNameThatWasSpentAfterTheSnapshotThatEtcdIsRestoredFromStaysSpent() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put(
                "LAPSE_ENDED_FILE",
                Path.of(System.getProperty("java.io.tmpdir"), "lapse-ended-" + UUID.randomUUID())
                        .toString());
        story.cluster().operator("stop");
        story.cluster().operator(settings, "start");
        InstalledOperator.awaitReady();
        applied(Thing.IDENTITY);
        story.cluster().operator("stop");
        story.cluster().etcd("save");
        story.cluster().operator(settings, "start");
        Grant first = activated();
        deletedByMallory(Thing.GRANT);
        first.awaitGone();
        story.cluster().operator("kill");

        story.cluster().etcd("restore");
        assertThat(memory().require().getData().values()).noneMatch(text -> text.contains(first.uid()));
        story.cluster().operator(settings, "start");

        applied(Thing.GRANT);
        spent(now(), first);
        assertThat(InstalledOperator.metric(story.cluster(), "lapse_memory_put_back_total"))
                .isEqualTo("1.0");
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() ->
                        assertThat(memory().require().getData().values()).anyMatch(text -> text.contains(first.uid())));
    }

    @Test
    void whatIsLostWhileTheOperatorIsAwayIsToldAndWhatNeedsItWaitsForAPerson() {
        applied(Thing.IDENTITY);
        story.cluster().operator("stop");
        memory().delete();
        InstalledOperator.awaitReady();

        applied(Thing.GRANT);
        Grant waiting = now().awaitReason(Reason.MemoryUnreadable.name());

        assertThat(waiting.awaitEvent("MemoryUnreadable")).contains(name(), "is gone", "runbook");
        assertThat(waiting.phase()).isEqualTo(GrantPhase.Pending);
        assertThat(InstalledOperator.metric(story.cluster(), "lapse_memory_unreadable"))
                .isEqualTo("1.0");
        // It could be held, so nothing begins, whoever asks.
        Grant asked = story.asks("rashid", "look", "10m").awaitReason(Reason.MemoryUnreadable.name());
        assertThat(asked.leftovers()).isEmpty();
        story.admin()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("lapse-system")
                        .withName(name())
                        .endMetadata()
                        .addToData("begin", "anew")
                        .build())
                .create();
        waiting.awaitPhase(GrantPhase.AwaitingApproval);
        asked.awaitActive();
        assertThat(InstalledOperator.metric(story.cluster(), "lapse_memory_unreadable"))
                .isEqualTo("0.0");
    }

    @Test
    void moreThanFitsWaitsAndThereIsAWayOn() {
        applied(Thing.IDENTITY);
        IntStream.range(0, 256)
                .forEach(i ->
                        assertThat(claim("denied-" + i, "none-of-its").passed()).isTrue());
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> memory().require().getData().size() >= 257);

        applied(Thing.GRANT);

        Grant waiting = now().awaitReason(Reason.MemoryFull.name());
        assertThat(waiting.condition(dev.lapse.condition.ConditionType.Ready).message())
                .contains("256", name(), "runbook");
        story.asks("rashid", "look", "10m").awaitActive();
    }

    private static Map<String, String> records(ConfigMap map) {
        return records(map.getData());
    }

    private static Map<String, String> records(Map<String, String> data) {
        Map<String, String> records = new HashMap<>(data);
        records.keySet().removeAll(List.of("seal", "turn"));
        return records;
    }

    private List<String> eventsOfTheOperator(String reason) {
        return story.admin().v1().events().inNamespace("lapse-system").list().getItems().stream()
                .filter(event -> event.getReason().equals(reason))
                .map(event -> event.getMessage())
                .toList();
    }

    private Grant activated() {
        applied(Thing.GRANT);
        Grant grant = now().awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, grant);
        review.approvedBy("ada");
        review.approvedBy("erin");
        return grant.awaitActive();
    }

    /** It is denied at once, for this reason, whatever is there besides, and nobody is asked about it. */
    private Grant spent(Grant grant, Grant first) {
        assertThat(grant.uid()).isNotEqualTo(first.uid());
        grant.awaitPhase(GrantPhase.Denied);
        PrivilegeGrantStatus status = grant.status();
        assertThat(grant.reason()).as(() -> status.toString()).isEqualTo(Reason.ClaimEnded.name());
        assertThat(status.activatedAt()).isNull();
        assertThat(status.review()).isNull();
        assertThat(story.objectsOfLapse()).isEmpty();
        return grant;
    }

    private Grant now() {
        Caller.Answer answer = new Caller(story.admin()).get(story.path("privilegegrants") + "/" + GRANT);
        assertThat(answer.passed()).as(answer.body()).isTrue();
        return new Grant(
                story.cluster(), here, GRANT, answer.json().at("/metadata/uid").asText());
    }

    private void applied(Thing thing) {
        Caller.Answer answer = apply(thing);
        assertThat(answer.passed()).as(answer.body()).isTrue();
        if (thing == Thing.IDENTITY) {
            story.awaitIdentityKnown(Story.IDENTITY);
        }
    }

    private Caller.Answer apply(Thing thing) {
        return thing == Thing.IDENTITY
                ? story.createIdentity(
                        "argo",
                        Story.IDENTITY,
                        Map.of("changedBy", "olivia", "changedByVia", APPLIER),
                        Entry.of("look", "view")
                                .in(here)
                                .with("entitledBy", "olivia")
                                .with("entitledByVia", APPLIER))
                : claim(GRANT, "look");
    }

    private Caller.Answer claim(String name, String privilege) {
        return story.createGrant(
                name,
                "argo",
                privilege,
                "10m",
                Map.of("requestedBy", "rashid", "requestedByVia", APPLIER, "notAfter", notAfter));
    }

    private Caller.Answer reviewWritten(Map<String, Object> review) {
        return new Caller(story.cluster().as("mallory")).create(story.path("accessreviews"), Caller.json(review));
    }

    private void deletedByMallory(Thing thing) {
        Caller mallory = new Caller(story.cluster().as("mallory"));
        List<String> names = thing == Thing.REVIEW
                ? story
                        .admin()
                        .resources(dev.lapse.api.v1alpha1.AccessReview.class)
                        .inNamespace(here)
                        .list()
                        .getItems()
                        .stream()
                        .map(review -> review.getMetadata().getName())
                        .toList()
                : List.of(thing == Thing.GRANT ? GRANT : Story.IDENTITY);
        names.forEach(name -> {
            Caller.Answer answer = mallory.send("DELETE", story.path(thing.plural) + "/" + name, null, null);
            assertThat(answer.passed() || answer.code() == 404)
                    .as(answer.body())
                    .isTrue();
        });
    }

    private String name() {
        return "lapse-memory-%02d".formatted(place(story));
    }

    private Resource<ConfigMap> memory() {
        return story.admin().configMaps().inNamespace("lapse-system").withName(name());
    }
}
