package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
        stage.stop(2);
        stage.stop(1);
        stage.start();
    }

    @Test
    void givesTheLeadBackAndEndsWithinThreeSecondsOfSigterm() throws Exception {
        ProcessHandle process = stage.process(1).orElseThrow();

        process.destroy();

        process.onExit().get(3, TimeUnit.SECONDS);
        // The client writes a lease of one second; it cannot write the empty name.
        LeaseSpec left = lease().getSpec();
        assertThat(left.getRenewTime().plusSeconds(left.getLeaseDurationSeconds()))
                .isBefore(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(1));
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
