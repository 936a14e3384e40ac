package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.cluster.ServerClock;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an instance says of itself that does not lead: whether anybody does, and whether it hears of anything. */
class HealthTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final AtomicLong ahead = new AtomicLong();
    private final Health health =
            new Health(() -> new ServerClock.Reading(true, Duration.ZERO), new Watches(System::nanoTime));
    private final Meters meters = new Meters();
    private final GivenLease lease = new GivenLease("operator-1", "2026-01-01T00:00:00.000000Z");
    private final KubernetesClient client = lease.client();
    private LeaseElection election;

    @BeforeEach
    void standsBy() {
        election = new LeaseElection(
                client,
                "operator-2",
                new ServerClock(InstantSource.system(), System::nanoTime),
                new LeaseElection.Candidate() {
                    @Override
                    public boolean able() {
                        return true;
                    }

                    @Override
                    public void leads() {}

                    @Override
                    public void lost() {}
                },
                () -> System.nanoTime() + ahead.get());
        health.electing(election);
        meters.watchLease(health::isLeading, election::unrenewed);
    }

    @AfterEach
    void stops() {
        election.stop();
        client.close();
        lease.close();
    }

    @Test
    void hasNotBegunBeforeItSawTheLease() {
        assertThat(health.readiness()).containsEntry("role", "no: starting");
    }

    @Test
    void standsByWhileSomebodyLeadsAndSaysSoWhereNobodyDoes() {
        lease.refusesToWrite();
        election.start();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(health.readiness()).containsEntry("role", "ok: standby, operator-1 leads"));
        assertThat(unrenewed()).isLessThan(15);

        passes(Duration.ofSeconds(20));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(health.readiness().get("role"))
                        .matches("no: nobody leads: operator-1 has not renewed the lease for \\d+ s"));
        assertThat(unrenewed()).isGreaterThan(20);

        lease.renewedBy("operator-1", "2026-01-01T00:00:30.000000Z");

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(health.readiness()).containsEntry("role", "ok: standby, operator-1 leads"));
        assertThat(unrenewed()).isLessThan(15);
    }

    /** It does not see then whether anybody leads: whoever asks it must not take it for ready. */
    @Test
    void isNotReadyWhileTheApiServerIsAway() {
        election.start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(health.readiness())
                        .containsEntry("api-server", "ok")
                        .containsEntry("role", "ok: standby, operator-1 leads"));

        lease.goesAway();
        passes(Duration.ofSeconds(11));

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(health.readiness().get("api-server")).startsWith("no: it has not answered for "));
    }

    @Test
    void whoCannotLeadSaysWhy() {
        election.start();
        await().atMost(PATIENCE).until(() -> !election.holder().isEmpty());

        health.unable("it cannot watch privilegegrants (answered 404)");

        assertThat(health.readiness())
                .containsEntry("role", "no: it cannot lead: it cannot watch privilegegrants (answered 404)");
    }

    private void passes(Duration time) {
        ahead.addAndGet(time.toNanos());
    }

    private double unrenewed() {
        return meters.scrape()
                .lines()
                .filter(line -> line.startsWith("lapse_lease_unrenewed_seconds "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                .findFirst()
                .orElseThrow();
    }
}
