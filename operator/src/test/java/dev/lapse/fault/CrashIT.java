package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The operator is killed after every single write of an activation, of a revocation and of an expiry. */
class CrashIT {
    /** More than any life has, so that some are not killed at all. */
    private static final int MOST_WRITES = 20;

    private static Stage stage;
    private static Witness witness;
    private final SoftAssertions all = new SoftAssertions();
    private final LifeInspection inspection = new LifeInspection(stage, witness, all);

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
    }

    @Test
    void activatesExactlyOnceWhereverItWasKilled() {
        List<Life> lives = lives("crash");
        stage.kill();
        stage.scenery().ask(lives, Duration.ofMinutes(20));

        stage.proxy().rule(Quotas.fromNowOn(lives));
        stage.startUnready();
        awaitQuotas(lives, GrantPhase.Active);
        stage.kill();
        someLivedAWholeLife(lives);
        stage.proxy().passAll();
        stage.start();

        stage.scenery().awaitPhase(lives, GrantPhase.Active);
        stage.awaitQuiet();
        lives.forEach(inspection::isActiveOnce);
        all.assertAll();
    }

    @Test
    void revokesWhollyWhereverItWasKilled() {
        List<Life> lives = lives("revoke");
        stage.scenery().ask(lives, Duration.ofMinutes(20));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);
        stage.awaitQuiet();

        stage.proxy().rule(Quotas.fromNowOn(lives));
        lives.forEach(stage.scenery()::revoke);
        awaitQuotas(lives, GrantPhase.Revoked);
        stage.kill();
        someLivedAWholeLife(lives);
        stage.proxy().passAll();
        stage.start();
        Instant ready = Instant.now();

        stage.scenery().awaitPhase(lives, GrantPhase.Revoked);
        stage.scenery().awaitReleased(lives);
        stage.awaitQuiet();
        lives.forEach(life -> inspection.isGone(life, ready));
        all.assertAll();
    }

    @Test
    void endsWhatIsDueWhereverItWasKilled() {
        List<Life> lives = lives("lapse");

        stage.proxy().rule(Quotas.fromTheFirstDeletion(lives));
        stage.scenery().ask(lives, Duration.ofSeconds(10));
        awaitQuotas(lives, GrantPhase.Expired);
        stage.kill();
        someLivedAWholeLife(lives);
        stage.proxy().passAll();
        stage.start();
        Instant ready = Instant.now();

        stage.scenery().awaitPhase(lives, GrantPhase.Expired);
        stage.scenery().awaitReleased(lives);
        stage.awaitQuiet();
        lives.forEach(life -> inspection.isGone(life, ready));
        all.assertAll();
    }

    private static List<Life> lives(String prefix) {
        List<Life> lives = Stream.of(Shape.values())
                .flatMap(shape -> Stream.iterate(1, n -> n + 1)
                        .limit(MOST_WRITES)
                        .map(n -> new Life(prefix + "-" + shape.text() + "-" + n, shape, n)))
                .toList();
        stage.scenery().place(lives);
        return lives;
    }

    private static void awaitQuotas(List<Life> lives, GrantPhase last) {
        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(lives)
                        .allMatch(life -> life.reached()
                                || (life.quiet() && stage.scenery().phase(life) == last)));
    }

    /** Otherwise there is a write after which nobody was killed. */
    private void someLivedAWholeLife(List<Life> lives) {
        for (Shape shape : Shape.values()) {
            all.assertThat(lives.stream().filter(life -> life.shape == shape && !life.reached()))
                    .as("lives of shape %s that were over before the kill", shape)
                    .isNotEmpty();
        }
    }
}
