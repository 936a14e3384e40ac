package dev.lapse.grant.tell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.grant.FakeCluster;
import dev.lapse.grant.GrantDecision;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantLife;
import dev.lapse.grant.Scene;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the Event of an end says. */
class GrantJournalTest {
    private static String told(GrantLife life) {
        GrantFacts facts = life.observe();
        return GrantJournal.sentence(
                facts, GrantDecision.settled(facts.record().phase(), Reason.Ended, "it is over", Optional.empty()));
    }

    private static void revoke(GrantLife life) {
        life.scene.grant("revoked", "true").grant("revokedBy", "olivia");
    }

    @Test
    void tellsByHowMuchAnEndWasLate() {
        GrantLife life = GrantLife.of(Scene.inOrder()).settle().after(Duration.ofHours(1));
        life.after(Duration.ofMillis(40)).settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Expired);
        assertThat(told(life)).contains("it is over; access was gone 40 ms after it was due");
    }

    @Test
    void aGrantThatWasCutOffBeforeItsBindingNeverGaveAccess() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        // Its end is announced, and its account is not there yet.
        life.cluster.cut(2, FakeCluster.Cut.KilledBefore);
        life.pass();
        assertThat(life.observe().record().announced()).isTrue();
        assertThat(life.bindings()).isEmpty();
        revoke(life);
        life.after(Duration.ofMinutes(1)).settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Revoked);
        assertThat(life.end().effectiveAt()).isNotNull();
        assertThat(told(life)).contains("it never gave any access").doesNotContain(" ms after it was due");
    }
}
