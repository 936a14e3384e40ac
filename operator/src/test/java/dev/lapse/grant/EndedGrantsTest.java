package dev.lapse.grant;

import static dev.lapse.grant.Scene.GRANT_UID;
import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.grant.EndedGrants.Ended;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndedGrantsTest {
    private static final Instant LATER = NOW.plus(Duration.ofHours(1));

    private final List<Ended> kept = new ArrayList<>();
    private final EndedGrants.Store store = new EndedGrants.Store() {
        @Override
        public List<Ended> read() {
            return List.copyOf(kept);
        }

        @Override
        public void add(Ended ended) {
            kept.add(ended);
        }

        @Override
        public void replaceAll(Collection<Ended> ended) {
            kept.clear();
            kept.addAll(ended);
        }
    };

    @Test
    void endsAgainWhatIsShownAsOpenAlsoAfterARestart() {
        GrantRecord active = GrantLife.of(Scene.inOrder()).settle().observe().record();
        new EndedGrants(store, NOW).ended(GRANT_UID, LATER, NOW);

        EndedGrants restarted = new EndedGrants(store, NOW);

        assertThat(active.phase()).isEqualTo(GrantPhase.Active);
        assertThat(restarted.read(GRANT_UID, active, NOW).end())
                .hasValueSatisfying(end -> assertThat(end.cause()).isEqualTo(EndCause.Restored));
        assertThat(restarted.read("another", active, NOW)).isEqualTo(active);
    }

    @Test
    void leavesAnEndThatHasBegunAsItIs() {
        EndedGrants ended = new EndedGrants(store, NOW);
        ended.ended(GRANT_UID, LATER, NOW);
        GrantRecord ending = GrantLife.of(Scene.inOrder())
                .settle()
                .observe()
                .record()
                .withEnd(End.begun(EndCause.Revoked, "olivia", "revoked by olivia", NOW));

        assertThat(ended.read(GRANT_UID, ending, NOW)).isEqualTo(ending);
    }

    @Test
    void forgetsWhatWouldBeOverByNow() {
        new EndedGrants(store, NOW).ended(GRANT_UID, LATER, NOW);
        new EndedGrants(store, NOW).ended("over", NOW, NOW);

        assertThat(kept).extracting(Ended::uid).containsExactly(GRANT_UID);
        assertThat(new EndedGrants(store, LATER)
                        .read(GRANT_UID, record(), LATER)
                        .end())
                .isEmpty();
        assertThat(kept).isEmpty();
    }

    /** Whoever makes and ends grants without end fills neither memory nor disk. */
    @Test
    void isBoundedAndLosesWhatIsOverFirst() {
        EndedGrants ended = new EndedGrants(store, NOW);
        for (int i = 0; i < 2 * EndedGrants.MOST + 10; i++) {
            ended.ended("grant-" + i, LATER.plusSeconds(i), NOW);
        }

        assertThat(kept.size()).isLessThanOrEqualTo(2 * EndedGrants.MOST);
        assertThat(ended.read("grant-0", record(), NOW).end()).isEmpty();
        assertThat(ended.read("grant-" + 2 * EndedGrants.MOST, record(), NOW).end())
                .isPresent();
    }

    private static GrantRecord record() {
        return GrantLife.of(Scene.inOrder()).settle().observe().record();
    }
}
