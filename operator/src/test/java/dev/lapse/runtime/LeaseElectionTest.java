package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.cluster.ServerClock;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever stops gives the lease back, whatever the time: another instance would wait for it otherwise. */
class LeaseElectionTest {
    private static final String LONG_AGO = "2026-01-01T00:00:00.000000Z";

    /** What becomes of the only instance. */
    private static final class Instance implements LeaseElection.Candidate {
        final AtomicBoolean able = new AtomicBoolean(true);
        final AtomicInteger led = new AtomicInteger();

        @Override
        public boolean able() {
            return able.get();
        }

        @Override
        public void leads() {
            led.incrementAndGet();
        }

        @Override
        public void lost() {}
    }

    private final Instance instance = new Instance();

    /** By its own clock the lease that it holds ran out long ago, or runs for an hour. */
    @ParameterizedTest
    @ValueSource(longs = {-3_600, -120, 0, 120, 3_600})
    void aLeaderGivesItBackWhateverItsClockSays(long ahead) {
        try (GivenLease lease = new GivenLease("", LONG_AGO);
                KubernetesClient client = lease.client()) {
            LeaseElection election = election(client, ahead);
            election.start();
            await().atMost(Duration.ofSeconds(10)).until(() -> instance.led.get() == 1);
            assertThat(lease.holder()).isEqualTo("me");

            election.stop();

            assertThat(lease.holder()).isEmpty();
            assertThat(Instant.parse(lease.renewed()))
                    .as("its own time")
                    .isBetween(
                            Instant.now().plusSeconds(ahead - 60), Instant.now().plusSeconds(ahead + 60));
        }
    }

    /** It carries its name from before, with a time that no clock here shows, and it has not begun to lead again. */
    @ParameterizedTest
    @ValueSource(strings = {"2099-01-01T00:00:00.000000Z", LONG_AGO})
    void whatCarriesItsNameIsGivenBackAlsoByWhoDoesNotLead(String renewed) {
        try (GivenLease lease = new GivenLease("me", renewed);
                KubernetesClient client = lease.client()) {
            instance.able.set(false);
            LeaseElection election = election(client, -120);
            election.start();
            await().atMost(Duration.ofSeconds(10)).until(election::holds);

            election.stop();

            assertThat(lease.holder()).isEmpty();
            assertThat(instance.led).hasValue(0);
        }
    }

    @Test
    void anothersIsLeftAlone() {
        try (GivenLease lease = new GivenLease("other", LONG_AGO);
                KubernetesClient client = lease.client()) {
            LeaseElection election = election(client, 3_600);
            election.start();
            await().atMost(Duration.ofSeconds(10)).until(() -> election.holder().equals("other"));

            election.stop();

            assertThat(lease.holder()).isEqualTo("other");
            assertThat(lease.renewed()).isEqualTo(LONG_AGO);
        }
    }

    private LeaseElection election(KubernetesClient client, long ahead) {
        InstantSource wrong = () -> Instant.now().plusSeconds(ahead);
        return new LeaseElection(client, "me", new ServerClock(wrong, System::nanoTime), instance);
    }
}
