package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.fault.FaultProxy.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A watch is broken while something happens, so that nobody is told of it: a list shows only what became of it. */
class LostWatchIT {
    private static Stage stage;

    @BeforeAll
    static void begins() {
        stage = Stage.set();
    }

    @AfterAll
    static void ends() {
        stage.close();
    }

    @Test
    void aNamespaceThatWasMadeAnewMeanwhileEndsTheGrant() {
        Life life = new Life("lost-watch", Shape.DEDICATED_TOKEN, Life.UNHARMED);
        String elsewhere = "lost-watch-elsewhere";
        stage.scenery().place(List.of(life));
        stage.scenery().reach(life, elsewhere);
        stage.scenery().ask(List.of(life), Duration.ofMinutes(20));
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Active);
        assertThat(boundIn(elsewhere)).isTrue();
        var namespaces = stage.admin().namespaces();
        String before = namespaces.withName(elsewhere).require().getMetadata().getUid();

        stage.proxy()
                .rule(call -> call.method().equals("GET") && call.path().equals("/api/v1/namespaces")
                        ? Fate.answer(410)
                        : Fate.PASS);
        stage.proxy().cutWatches();
        namespaces.withName(elsewhere).delete();
        await().atMost(Stage.PATIENCE)
                .until(() -> namespaces.withName(elsewhere).get() == null);
        stage.scenery().namespace(elsewhere);
        assertThat(namespaces.withName(elsewhere).require().getMetadata().getUid())
                .isNotEqualTo(before);
        // The operator knows of the lost binding only, and takes the namespace for the one it was.
        await().atMost(Stage.PATIENCE).until(() -> boundIn(elsewhere));

        stage.proxy().passAll();

        stage.scenery().awaitPhase(List.of(life), GrantPhase.Revoked);
        assertThat(Objects.requireNonNull(
                                stage.scenery().grant(life).getStatus().end())
                        .cause())
                .isEqualTo(EndCause.NamespaceGone);
        assertThat(boundIn(elsewhere)).isFalse();
        assertThat(stage.bound(life)).isFalse();
    }

    private static boolean boundIn(String namespace) {
        return !stage.admin()
                .rbac()
                .roleBindings()
                .inNamespace(namespace)
                .list()
                .getItems()
                .isEmpty();
    }
}
