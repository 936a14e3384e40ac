package dev.lapse.grant.request;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.condition.Reason;
import dev.lapse.grant.Crowd;
import dev.lapse.grant.FakeCluster;
import dev.lapse.grant.GrantLife;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.grant.Scene;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many grants may give access at once. */
class CrowdChecksTest {
    private static final Crowd.Limits LIMITS = new Crowd.Limits(3, 5);

    @ParameterizedTest
    @CsvSource({
        "0, 0, ''",
        "2, 2, ''",
        "2, 4, ''",
        "3, 3, 3 grants of identity ci are active",
        "2, 5, 5 grants of namespace payments are active",
        // The nearer limit is told.
        "3, 5, 3 grants of identity ci are active",
        // Where it was lowered meanwhile.
        "9, 9, 9 grants of identity ci are active",
    })
    void theNextOneWaitsUntilOneEnds(int ofIdentity, int inNamespace, String told) {
        Optional<Obstacle> obstacle = CrowdChecks.leavesRoom(
                Scene.inOrder().crowd(ofIdentity, inNamespace, LIMITS).facts(), NOW);

        assertThat(obstacle.isPresent()).isEqualTo(!told.isEmpty());
        obstacle.ifPresent(found -> assertThat(found).isInstanceOfSatisfying(Waiting.class, waiting -> {
            assertThat(waiting.reason()).isEqualTo(Reason.TooManyGrants);
            assertThat(waiting.message()).startsWith(told);
            assertThat(waiting.lookAgainAt()).contains(NOW.plusSeconds(10));
        }));
    }

    /** It is one of those that are counted: a limit that is full must not keep it half made. */
    @Test
    void whatHasBegunGoesOn() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        // Its end is announced, and its account is not there yet.
        life.cluster.cut(2, FakeCluster.Cut.KilledBefore);
        life.pass();
        life.scene.crowd(9, 9, LIMITS);

        assertThat(life.observe().record().announced()).isTrue();
        assertThat(CrowdChecks.leavesRoom(life.observe(), NOW)).isEmpty();
    }
}
