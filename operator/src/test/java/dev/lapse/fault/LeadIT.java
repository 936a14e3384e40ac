package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.fault.FaultProxy.Fate;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who leads: it is given back at SIGTERM, taken over after a kill, and no harm is done where two think they lead. */
class LeadIT {
    private static Stage stage;
    private static Witness witness;
    private static int number;

    private final SoftAssertions all = new SoftAssertions();
    private final LifeInspection inspection = new LifeInspection(stage, witness, all);
    private List<Life> lives = List.of();

    @BeforeAll
    static void begins() {
        stage = Stage.set();
        witness = new Witness(stage.admin());
    }

    @AfterAll
    static void ends() {
        witness.close();
        stage.close();
    }

    @AfterEach
    void restores() {
        stage.proxy().passAll();
        stage.stop(2);
        stage.stop(1);
        stage.start();
    }

    @Test
    void givesTheLeadBackAndEndsWithinThreeSecondsOfSigterm() throws Exception {
        ProcessHandle process = stage.process(1).orElseThrow();

        process.destroy();

        process.onExit().get(3, TimeUnit.SECONDS);
        assertThat(lease().getSpec().getHolderIdentity()).isNull();
    }

    @Test
    void leavesWhatIsDueToWhoTakesOverAfterSigterm() {
        givenLives();
        stage.start(2, Map.of());
        stage.scenery().ask(lives, Duration.ofSeconds(10));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);

        stage.process(1).orElseThrow().destroy();

        await().atMost(Stage.PATIENCE)
                .until(() -> "operator-2".equals(lease().getSpec().getHolderIdentity()));
        thenAllIsGone(Duration.ofSeconds(8));
    }

    @Test
    void leavesWhatIsDueToWhoTakesOverAfterAKill() {
        givenLives();
        stage.start(2, Map.of());
        stage.scenery().ask(lives, Duration.ofSeconds(8));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);

        stage.kill();

        // A lease of 15 s, and the start of its next holder.
        thenAllIsGone(Duration.ofSeconds(30));
    }

    /** They may get in each other's way while they give; what was given goes on time all the same. */
    @Test
    void takesEverythingAwayOnTimeWhereTwoLead() {
        givenLives();
        stage.stop(1);
        stage.start(1, Map.of("LAPSE_LEADER_ELECTION", "false"));
        stage.start(2, Map.of("LAPSE_LEADER_ELECTION", "false"));

        stage.scenery().ask(lives, Duration.ofSeconds(20));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);

        thenAllIsGone(Duration.ofSeconds(5));
    }

    @Test
    void takesALeaseOverThatSomebodySetTo2099() {
        stage.stop(1);
        stage.admin()
                .leases()
                .inNamespace("lapse-system")
                .withName("lapse-operator")
                .edit(lease -> {
                    lease.getSpec().setHolderIdentity("a-thief");
                    lease.getSpec().setLeaseDurationSeconds(2_000_000_000);
                    lease.getSpec().setRenewTime(ZonedDateTime.parse("2099-01-01T00:00:00Z"));
                    return lease;
                });

        stage.startUnready();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> "operator".equals(lease().getSpec().getHolderIdentity()));
    }

    /** Whoever watches from outside needs no leader to hear that there is none. */
    @Test
    void saysThatNobodyLeadsWhereNobodyCanTakeTheLease() {
        stage.kill();
        stage.proxy()
                .rule(call ->
                        !call.method().equals("GET") && call.path().contains("/leases") ? Fate.answer(403) : Fate.PASS);

        stage.startUnready(2, Map.of());

        await().atMost(Stage.PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(stage.get(2, "/readyz").body())
                        .containsPattern("role: no: nobody leads: operator has not renewed the lease for \\d+ s"));
        assertThat(stage.get(2, "/readyz").statusCode()).isEqualTo(503);
        assertThat(stage.get(2, "/metrics").body())
                .containsPattern("lapse_lease_unrenewed_seconds (1[5-9]|[2-9]\\d)")
                .contains("lapse_leader 0.0");

        stage.proxy().passAll();

        await().atMost(Stage.PATIENCE)
                .until(() -> stage.get(2, "/metrics").body().contains("lapse_leader 1.0"));
    }

    /** Nobody leads without what there is to lead; what was given ends all the same, as the API server deletes the grants. */
    @Test
    void givesTheLeadBackWhenTheirDefinitionGoesAndBeginsOnceItIsThereAgain() {
        Life life = new Life("lead-crd-" + ++number, Shape.DEDICATED_TOKEN, Life.UNHARMED);
        stage.scenery().place(List.of(life));
        stage.scenery().ask(List.of(life), Duration.ofMinutes(20));
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Active);
        var definitions = stage.admin().apiextensions().v1().customResourceDefinitions();
        CustomResourceDefinition grants =
                definitions.withName("privilegegrants.lapse.dev").require();
        String uid = life.uid();

        try {
            definitions.withName("privilegegrants.lapse.dev").delete();
            await().atMost(Stage.PATIENCE)
                    .until(() ->
                            definitions.withName("privilegegrants.lapse.dev").get() == null);
            await().atMost(Stage.PATIENCE)
                    .until(() -> stage.scenery().objectsOf(uid).isEmpty());
            await().atMost(Stage.PATIENCE)
                    .untilAsserted(() -> assertThat(stage.get("/readyz").body())
                            .contains("role: no: it cannot lead: it cannot watch privilegegrants"));
            // It says so first, and gives the lease back then.
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> lease().getSpec().getHolderIdentity() == null);
            assertThat(stage.get("/healthz").statusCode()).isEqualTo(200);

            stage.stop(1);
            stage.startUnready();
            await().atMost(Stage.PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(stage.get("/readyz").body())
                            .contains("role: no: it cannot lead: it cannot watch privilegegrants"));
            assertThat(lease().getSpec().getHolderIdentity()).isNull();
        } finally {
            grants.getMetadata().setResourceVersion(null);
            grants.getMetadata().setUid(null);
            grants.setStatus(null);
            stage.admin().resource(grants).create();
        }

        await().atMost(Stage.PATIENCE).until(() -> stage.get("/readyz").statusCode() == 200);
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("operator");
        Life after = new Life("lead-crd-" + ++number, Shape.DEDICATED_TOKEN, Life.UNHARMED);
        stage.scenery().place(List.of(after));
        stage.scenery().ask(List.of(after), Duration.ofMinutes(20));
        stage.scenery().awaitPhase(List.of(after), GrantPhase.Active);
        stage.scenery().revoke(after);
        stage.scenery().awaitPhase(List.of(after), GrantPhase.Revoked);
    }

    @Test
    void beginsAllTheSameIfItsFirstListIsRefusedOnce() {
        stage.stop(1);
        AtomicInteger refused = new AtomicInteger();
        stage.proxy()
                .rule(call -> call.method().equals("GET")
                                && call.path().endsWith("/apis/lapse.dev/v1alpha1/privilegegrants")
                                && !call.query().contains("limit=1")
                                && refused.incrementAndGet() == 1
                        ? Fate.answer(403)
                        : Fate.PASS);

        stage.start();

        assertThat(refused).hasValueGreaterThan(1);
        stage.proxy().passAll();
    }

    /** The first thing at a start is what is over, and for that a grant's own status is enough. */
    @Test
    void endsWhatIsOverThoughNothingButGrantsCanBeListed() {
        Life life = new Life("lead-only-" + ++number, Shape.DEDICATED_TOKEN, Life.UNHARMED);
        stage.scenery().place(List.of(life));
        stage.scenery().ask(List.of(life), Duration.ofSeconds(14));
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Active);
        Instant due = stage.scenery().grant(life).getStatus().expiresAt();
        stage.kill();
        stage.proxy()
                .rule(call -> call.method().equals("GET")
                                && call.path().matches(".*/(roles|clusterroles|serviceaccounts|namespaces)")
                        ? Fate.answer(403)
                        : Fate.PASS);

        stage.startUnready();

        await().atMost(Stage.PATIENCE)
                .until(() -> witness.lastBindingGone(life.uid()).isPresent());
        assertThat(witness.lastBindingGone(life.uid()).orElseThrow()).isBefore(due.plusSeconds(3));
        stage.proxy().passAll();
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Expired);
    }

    @Test
    void givesTheLeadBackWhileItCannotWatchGrantsAndTakesItAgain() {
        stage.proxy()
                .rule(call ->
                        call.method().equals("GET") && call.path().equals("/apis/lapse.dev/v1alpha1/privilegegrants")
                                ? Fate.answer(404)
                                : Fate.PASS);
        stage.proxy().cutWatches();

        await().atMost(Duration.ofSeconds(5)).until(() -> stage.get("/readyz").statusCode() == 503);
        await().atMost(Duration.ofSeconds(40)).until(() -> lease().getSpec().getHolderIdentity() == null);
        assertThat(stage.get("/healthz").statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(stage.get("/readyz").body())
                        .contains("role: no: it cannot lead: it cannot watch privilegegrants (answered 404)"));
        assertThat(stage.get("/metrics").body()).contains("lapse_watch_alive{kind=\"privilegegrants\"} 0.0");

        stage.proxy().passAll();

        await().atMost(Stage.PATIENCE).until(() -> stage.get("/readyz").statusCode() == 200);
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("operator");
    }

    /** Whoever may write text into what is watched must not be able to break the watch: each would be listed anew. */
    @Test
    void textThatIsNotAsciiBreaksNoWatch() {
        Life life = new Life("lead-text", Shape.SUBJECT_NONE, Life.UNHARMED);
        stage.scenery().place(List.of(life));
        stage.awaitQuiet();
        Instant from = Instant.now();
        String letters = "gr\u00fcn \u20ac \ud83d\ude00 ".repeat(400);

        for (int i = 0; i < 30; i++) {
            stage.admin()
                    .serviceAccounts()
                    .inNamespace(life.namespace)
                    .withName("ci")
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"metadata\":{\"annotations\":{\"note\":\"" + i + letters + "\"}}}");
        }
        stage.scenery().ask(List.of(life), Duration.ofMinutes(20));

        stage.scenery().awaitPhase(List.of(life), GrantPhase.Active);
        assertThat(stage.proxy().answeredSince(from))
                .noneMatch(answered -> answered.call().method().equals("GET")
                        && answered.call().path().equals("/api/v1/serviceaccounts"));
        stage.scenery().revoke(life);
    }

    private void givenLives() {
        number++;
        lives = Stream.of(Shape.values())
                .flatMap(shape -> Stream.of("a", "b")
                        .map(twin ->
                                new Life("lead-" + number + "-" + shape.text() + "-" + twin, shape, Life.UNHARMED)))
                .toList();
        stage.scenery().place(lives);
    }

    private void thenAllIsGone(Duration late) {
        stage.scenery().awaitPhase(lives, GrantPhase.Expired);
        stage.awaitQuiet();
        lives.forEach(life -> {
            Instant due = stage.scenery().grant(life).getStatus().expiresAt();
            inspection.isGone(life, due.plus(late));
        });
        all.assertAll();
    }

    private static Lease lease() {
        return stage.admin()
                .leases()
                .inNamespace("lapse-system")
                .withName("lapse-operator")
                .require();
    }
}
