package dev.lapse.grant;

import static dev.lapse.grant.Scene.NOW;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.grant.end.EndingNotes;
import dev.lapse.grant.tell.GrantMetrics;
import dev.lapse.lane.ExpiryLane;
import dev.lapse.lane.HandMovedClock;
import dev.lapse.lane.Looked;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What ends a grant by another cause than time is late from when its event came: metrics show that lag, not the worker's. */
@Timeout(value = 60, unit = SECONDS)
class LateEndsTest {
    private static final String UID = "uid";
    private static final GrantKey GRANT = new GrantKey("payments", "g1");
    private static final Duration BUSY = Duration.ofSeconds(3);
    private static final Duration REMOVING = Duration.ofSeconds(1);

    private final HandMovedClock clock = new HandMovedClock(NOW);
    private final EndingNotes notes = new EndingNotes();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final GrantMetrics metrics = new GrantMetrics(registry);
    private final CountDownLatch free = new CountDownLatch(1);
    private final CountDownLatch looked = new CountDownLatch(1);
    private final CountDownLatch handedOn = new CountDownLatch(1);
    private final AtomicInteger attempts = new AtomicInteger();
    private int refused;
    private final ExpiryLane lane = new ExpiryLane(clock);
    private final GrantLane grants = new GrantLane(lane, this::look, grant -> handedOn.countDown(), grant -> {});

    /** As {@link KubernetesAccessRemoval}, of a grant whose identity is suspended, and retired by the second attempt. */
    private Looked look(GrantDue due) {
        awaitFree();
        EndCause cause = attempts.get() == 0 ? EndCause.IdentitySuspended : EndCause.IdentityRetired;
        Ending found = new Ending(cause, Optional.empty(), clock.instant(), "suspended, or worse");
        notes.ends(due.uid(), found.dueSince(clock.instant(), due.end()));
        looked.countDown();
        if (attempts.incrementAndGet() <= refused) {
            return Looked.FAILED;
        }
        clock.move(REMOVING);
        notes.bindingsGone(due.uid(), clock.instant());
        return Looked.GONE;
    }

    @AfterEach
    void close() {
        free.countDown();
        lane.close();
    }

    @Test
    void backlogAndHistogramCountFromTheEvent() throws InterruptedException {
        metrics.watch(lane);
        lane.start(1);

        grants.suspect(UID, GRANT);
        clock.move(BUSY);

        assertThat(registry.scrape()).contains("lapse_expiry_backlog_seconds 3.0");
        free.countDown();
        assertThat(handedOn.await(30, SECONDS)).isTrue();
        metrics.ended(facts(), end());
        assertThat(end().dueAt()).isEqualTo(NOW);
        assertThat(registry.scrape())
                .contains("lapse_expiry_backlog_seconds 0.0")
                .contains("lapse_revocation_lag_seconds_bucket{le=\"1.0\"} 0")
                .contains("lapse_revocation_lag_seconds_bucket{le=\"5.0\"} 1")
                .contains("lapse_revocation_lag_seconds_sum 4.0")
                .contains("lapse_exposed_seconds_total 4.0");
    }

    /** An alert on the backlog must see what cannot be taken away, and the lag what that took. */
    @Test
    void whatIsRefusedAgainAndAgainIsLateFromTheEventOn() throws InterruptedException {
        metrics.watch(lane);
        refused = 2;
        free.countDown();
        lane.start(1);

        grants.suspect(UID, GRANT);
        assertThat(looked.await(30, SECONDS)).isTrue();
        clock.move(Duration.ofSeconds(40));

        await().until(() -> {
            lane.wake();
            clock.move(Duration.ofSeconds(5));
            return notes.bindingsGoneAt(UID).isPresent();
        });
        metrics.ended(facts(), end());
        assertThat(end().cause()).isEqualTo(EndCause.IdentitySuspended);
        assertThat(end().dueAt()).isEqualTo(NOW);
        assertThat(registry.scrape())
                .contains("lapse_revocation_lag_seconds_bucket{le=\"30.0\"} 0")
                .contains("lapse_revocation_lag_seconds_bucket{le=\"300.0\"} 1");
    }

    @Test
    void theBacklogShowsWhatCannotBeTakenAway() throws InterruptedException {
        metrics.watch(lane);
        refused = Integer.MAX_VALUE;
        free.countDown();
        lane.start(1);

        grants.suspect(UID, GRANT);
        assertThat(looked.await(30, SECONDS)).isTrue();
        clock.move(Duration.ofSeconds(40));

        await().untilAsserted(() -> assertThat(lane.backlog()).isEqualTo(Duration.ofSeconds(40)));
    }

    private End end() {
        return notes.end(UID)
                .orElseThrow()
                .withEffectiveAt(notes.bindingsGoneAt(UID).orElseThrow());
    }

    private static GrantFacts facts() {
        return GrantLife.of(Scene.inOrder()).settle().observe();
    }

    private void awaitFree() {
        try {
            free.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
