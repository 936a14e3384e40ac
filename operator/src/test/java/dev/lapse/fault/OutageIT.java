package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.fault.FaultProxy.Call;
import dev.lapse.fault.FaultProxy.Fate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The API server fails, is away, or its answers are lost: what is due ends, and what is wanted comes about once. */
class OutageIT {
    /** Fewer than what hangs at once. */
    private static final Map<String, String> SETTINGS = Map.of("LAPSE_RECONCILERS", "8");

    private static Stage stage;
    private static Witness witness;

    private final SoftAssertions all = new SoftAssertions();
    private final LifeInspection inspection = new LifeInspection(stage, witness, all);
    private List<Life> lives = List.of();

    @BeforeAll
    static void begins() {
        stage = Stage.set(SETTINGS);
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
        stage.start(1, SETTINGS);
    }

    @Test
    void takesAwayWhatFellDueWhileTheServerWasAway() {
        givenLives("away", 2);
        // Away for less than it takes to lose the lead, also on a slow machine.
        stage.scenery().ask(lives, Duration.ofSeconds(6));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);

        Instant back = awayUntil(dueBy().plusSeconds(1));

        thenAllIsGone(back);
    }

    @Test
    void takesAwayWhatFellDueWhileTheServerWasAwayForSoLongThatTheLeadWasLost() {
        givenLives("lead-lost", 2);
        stage.scenery().ask(lives, Duration.ofSeconds(8));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);

        stage.proxy().rule(call -> Fate.CUT);
        stage.proxy().cutWatches();
        // As a kubelet does.
        stage.awaitDeath();
        stage.startUnready(SETTINGS);
        await().atMost(Stage.PATIENCE).until(() -> stage.answers("/healthz"));
        Instant back = awayUntil(dueBy());

        // It asks for the lead every 2 to 4 seconds, and must first see what there is.
        thenAllIsGone(back.plusSeconds(5));
    }

    @Test
    void endsOnTimeWhileActivationsHang() {
        givenLives("due", 1);
        stage.scenery().ask(lives, Duration.ofSeconds(10));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);
        List<Life> hanging = lives("hangs", 10);
        stage.scenery().place(hanging);

        stage.proxy().rule(call -> call.write() && owner(hanging, call).isPresent() ? Fate.HOLD : Fate.PASS);
        stage.scenery().ask(hanging, Duration.ofMinutes(20));

        await().atMost(Stage.PATIENCE)
                .until(() -> lives.stream()
                        .allMatch(life -> witness.lastBindingGone(life.uid()).isPresent()));
        stage.proxy().passAll();
        thenAllIsGone(dueBy());
        stage.scenery().awaitPhase(hanging, GrantPhase.Active);
    }

    /** As by a third party's webhook that is away: each deletion of their bindings is answered with 500. */
    @Test
    void endsOnTimeWhileOthersBindingsCannotBeDeleted() {
        List<Life> stuck = lives("stuck", 3);
        stage.scenery().place(stuck);
        givenLives("beside-stuck", 1);
        stage.scenery().ask(stuck, Duration.ofSeconds(15));
        stage.scenery().ask(lives, Duration.ofSeconds(18));
        stage.scenery().awaitPhase(stuck, GrantPhase.Active);
        stage.scenery().awaitPhase(lives, GrantPhase.Active);

        stage.proxy()
                .rule(call -> call.method().equals("DELETE")
                                && call.path().contains("rolebindings/")
                                && owner(stuck, call).isPresent()
                        ? Fate.answer(500)
                        : Fate.PASS);

        await().atMost(Stage.PATIENCE)
                .until(() -> lives.stream()
                        .allMatch(life -> witness.lastBindingGone(life.uid()).isPresent()));
        thenAllIsGone(dueBy());
        stage.scenery().awaitPhase(stuck, GrantPhase.Expired);
    }

    @Test
    void grantsNothingWhileItCannotAskWhoMayDoWhat() {
        givenLives("unasked", 1);
        AtomicInteger refused = new AtomicInteger();

        stage.proxy()
                .rule(call -> call.path().endsWith("accessreviews") && refused.incrementAndGet() > 0
                        ? Fate.answer(403)
                        : Fate.PASS);
        stage.scenery().ask(lives, Duration.ofMinutes(20));

        await().atMost(Stage.PATIENCE).until(() -> refused.get() > 2 * lives.size());
        assertThat(lives).allSatisfy(life -> {
            assertThat(stage.scenery().phase(life)).isEqualTo(GrantPhase.Pending);
            assertThat(stage.scenery().objectsOf(life.uid())).isEmpty();
        });
        stage.proxy().passAll();
        stage.scenery().awaitPhase(lives, GrantPhase.Active);
    }

    @Test
    void refusesNothingForGoodByWhatItSawBeforeTheLastChange() {
        lives = List.of(new Life("outage-seen-late", Shape.SUBJECT_NONE, Life.UNHARMED));
        stage.scenery().place(lives);
        stage.scenery().limit(lives.get(0), "5m");
        stage.awaitQuiet();

        stage.proxy()
                .rule(call -> call.path().endsWith("/serviceidentities")
                                && !call.query().contains("fieldSelector")
                        ? Fate.HOLD
                        : Fate.PASS);
        stage.proxy().cutWatches();
        stage.scenery().limit(lives.get(0), "1h");
        stage.scenery().ask(lives, Duration.ofMinutes(20));

        await().atMost(Stage.PATIENCE)
                .untilAsserted(
                        () -> assertThat(stage.scenery().grant(lives.get(0)).getStatus())
                                .isNotNull()
                                .satisfies(status -> assertThat(status.toString())
                                        .contains("has just changed")
                                        .contains("phase=Pending")));
        stage.proxy().passAll();
        stage.scenery().awaitPhase(lives, GrantPhase.Active);
    }

    /** Each fault befalls lives of its own, all of them at once. */
    @Test
    void bringsAboutOnceWhatIsRefusedLostOrSeenLate() {
        Map<String, FaultProxy.Rule> faults = Map.of(
                "refused-409", firstOfItsKind(Fate.answer(409)),
                "refused-429", firstOfItsKind(Fate.answer(429)),
                "refused-500", firstOfItsKind(Fate.answer(500)),
                "refused-503", firstOfItsKind(Fate.answer(503)),
                "answer-lost", firstOfItsKind(Fate.LOSE_ANSWER),
                "often-failing", threeTimesInTen(),
                "watches-broken",
                        call -> {
                            stage.proxy().cutWatches();
                            return Fate.PASS;
                        });
        Map<Life, FaultProxy.Rule> fates = new HashMap<>();
        faults.forEach((name, fault) -> lives(name, 1).forEach(life -> fates.put(life, fault)));
        lives = List.copyOf(fates.keySet());
        stage.scenery().place(lives);

        stage.proxy()
                .rule(call -> call.write()
                        ? owner(lives, call)
                                .map(life -> fates.get(life).on(call))
                                .orElse(Fate.PASS)
                        : Fate.PASS);

        thenLivesAreWhole();
    }

    private void givenLives(String name, int ofEachShape) {
        lives = lives(name, ofEachShape);
        stage.scenery().place(lives);
    }

    private static List<Life> lives(String name, int ofEachShape) {
        return Stream.of(Shape.values())
                .flatMap(shape -> Stream.iterate(1, n -> n + 1)
                        .limit(ofEachShape)
                        .map(n -> new Life("outage-" + name + "-" + shape.text() + "-" + n, shape, Life.UNHARMED)))
                .toList();
    }

    private static Optional<Life> owner(List<Life> among, Call call) {
        return among.stream().filter(life -> life.owns(call)).findFirst();
    }

    private Instant dueBy() {
        return lives.stream()
                .map(life -> stage.scenery().grant(life).getStatus().expiresAt())
                .max(Instant::compareTo)
                .orElseThrow();
    }

    private static Instant awayUntil(Instant end) {
        stage.proxy().rule(call -> Fate.CUT);
        stage.proxy().cutWatches();
        await().atMost(Stage.PATIENCE).until(() -> Instant.now().isAfter(end));
        stage.proxy().passAll();
        return Instant.now();
    }

    private void thenAllIsGone(Instant back) {
        stage.scenery().awaitPhase(lives, GrantPhase.Expired);
        stage.proxy().passAll();
        stage.awaitQuiet();
        lives.forEach(life -> inspection.isGone(life, back));
        all.assertAll();
    }

    private void thenLivesAreWhole() {
        stage.scenery().ask(lives, Duration.ofMinutes(20));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);
        stage.awaitQuiet();
        lives.forEach(inspection::isActiveOnce);
        lives.forEach(stage.scenery()::revoke);
        stage.scenery().awaitPhase(lives, GrantPhase.Revoked);
        stage.awaitQuiet();
        lives.forEach(life -> inspection.isGone(life, Instant.now()));
        all.assertAll();
    }

    /** The first try of each write: of another object, or in another way. */
    private static FaultProxy.Rule firstOfItsKind(Fate fate) {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        return call -> seen.add(call.method() + " " + call.path()) ? fate : Fate.PASS;
    }

    private static FaultProxy.Rule threeTimesInTen() {
        Random random = new Random(7);
        return call -> {
            synchronized (random) {
                return random.nextInt(10) < 3 ? Fate.answer(random.nextBoolean() ? 500 : 503) : Fate.PASS;
            }
        };
    }
}
