package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The API server is behind a path prefix, as with Rancher or {@code kubectl proxy --api-prefix}: every request goes there. */
class PathPrefixIT {
    private static final String PREFIX = "/k8s/clusters/c-m-1";

    private static Stage stage;
    private static Witness witness;

    @BeforeAll
    static void begins() {
        stage = Stage.set(Map.of(), PREFIX);
        witness = new Witness(stage.admin());
    }

    @AfterAll
    static void ends() {
        witness.close();
        stage.close();
    }

    @Test
    void grantsBeginAndEndThere() {
        List<Life> lives = Stream.of(Shape.values())
                .map(shape -> new Life("prefix-" + shape.text(), shape, Life.UNHARMED))
                .toList();
        SoftAssertions all = new SoftAssertions();
        LifeInspection inspection = new LifeInspection(stage, witness, all);

        stage.scenery().place(lives);
        stage.scenery().ask(lives, Duration.ofMinutes(20));
        stage.scenery().awaitPhase(lives, GrantPhase.Active);
        stage.awaitQuiet();
        lives.forEach(inspection::isActiveOnce);
        lives.forEach(stage.scenery()::revoke);
        stage.scenery().awaitPhase(lives, GrantPhase.Revoked);
        stage.awaitQuiet();
        lives.forEach(life -> inspection.isGone(life, Instant.now()));
        // The finalizer goes by a patch.
        stage.admin().resources(PrivilegeGrant.class).inAnyNamespace().delete();
        await().atMost(Stage.PATIENCE)
                .until(() -> stage.admin()
                        .resources(PrivilegeGrant.class)
                        .inAnyNamespace()
                        .list()
                        .getItems()
                        .isEmpty());

        all.assertAll();
        assertThat(stage.proxy().astray()).isEmpty();
    }
}
