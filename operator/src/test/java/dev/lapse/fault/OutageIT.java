package dev.lapse.fault;

import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.fault.FaultProxy.Call;
import dev.lapse.fault.FaultProxy.Fate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API server fails, is away, or its answers are lost: what is due ends, and what is wanted comes about once. */
class OutageIT {
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
        stage.start();
    }

    @Test
    void takesAwayWhatFellDueWhileTheServerWasAway() {
        givenLives(2);
        stage.scenery().ask(lives, Duration.ofSeconds(8));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);

        Instant back = awayUntil(dueBy().plusSeconds(3));

        thenAllIsGone(back);
    }

    @Test
    void takesAwayWhatFellDueWhileTheServerWasAwayForSoLongThatTheLeadWasLost() {
        givenLives(2);
        stage.scenery().ask(lives, Duration.ofSeconds(8));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);

        stage.proxy().rule(call -> Fate.CUT);
        stage.proxy().cutWatches();
        // As a kubelet does.
        stage.awaitDeath();
        stage.startUnready();
        Instant back = awayUntil(dueBy().plusSeconds(3));

        thenAllIsGone(back);
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 429, 500, 503})
    void bringsAboutOnceWhatWasRefusedAtFirst(int code) {
        givenLives(1);
        Predicate<Call> firstOfItsKind = firstOfItsKind();

        stage.proxy().rule(call -> firstOfItsKind.test(call) ? Fate.answer(code) : Fate.PASS);

        thenLivesAreWhole();
    }

    @Test
    void bringsAboutOnceWhatWasDoneAlthoughTheAnswerWasLost() {
        givenLives(1);
        Predicate<Call> firstOfItsKind = firstOfItsKind();

        stage.proxy().rule(call -> firstOfItsKind.test(call) ? Fate.LOSE_ANSWER : Fate.PASS);

        thenLivesAreWhole();
    }

    @Test
    void bringsAboutOnceWhatFailsThreeTimesInTen() {
        givenLives(2);
        Random random = new Random(7);

        stage.proxy().rule(call -> {
            synchronized (random) {
                return call.write() && random.nextInt(10) < 3
                        ? Fate.answer(random.nextBoolean() ? 500 : 503)
                        : Fate.PASS;
            }
        });

        thenLivesAreWhole();
    }

    @Test
    void bringsAboutOnceWhatItSeesLateBecauseWatchesBreak() {
        givenLives(1);

        stage.proxy().rule(call -> {
            if (call.write()) {
                stage.proxy().cutWatches();
            }
            return Fate.PASS;
        });

        thenLivesAreWhole();
    }

    private void givenLives(int ofEachShape) {
        number++;
        lives = Stream.of(Shape.values())
                .flatMap(shape -> Stream.iterate(1, n -> n + 1)
                        .limit(ofEachShape)
                        .map(n -> new Life("outage-" + number + "-" + shape.text() + "-" + n, shape, Life.UNHARMED)))
                .toList();
        stage.scenery().place(lives);
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
    private static Predicate<Call> firstOfItsKind() {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        return call -> call.write() && seen.add(call.method() + " " + call.path());
    }
}
