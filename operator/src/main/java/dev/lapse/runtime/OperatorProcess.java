package dev.lapse.runtime;

import dev.lapse.cluster.DaemonThreads;
import dev.lapse.cluster.HeapRoom;
import dev.lapse.cluster.ServerClock;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's process: it serves its health, waits until it leads, works, and gives the lead back when it stops.
 */
final class OperatorProcess {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    private static final Duration QUICK = Duration.ofSeconds(3);

    private final Settings settings;
    private final ServerClock clock;
    private final Watches watches = new Watches(System::nanoTime);
    private final Health health;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** @param here this machine's clock, which may be wrong */
    OperatorProcess(Settings settings, InstantSource here) {
        this.settings = settings;
        this.clock = new ServerClock(here, System::nanoTime);
        this.health = new Health(clock::reading, watches);
    }

    void runUntilStopped() throws Exception {
        // An exception that no thread catches is logged like everything else, as one JSON object on a line.
        Thread.setDefaultUncaughtExceptionHandler((thread, failed) -> LOG.atError()
                .addKeyValue("thread", thread.getName())
                .setCause(failed)
                .log("a thread ended by an error"));
        Meters meters = new Meters().withJvm();
        try (KubernetesClient client = OperatorClient.connected(clock, watches)) {
            KubernetesClient quick = quick(client);
            HeapRoom room = HeapRoom.ofThisProcess();
            Lead lead = new Lead(client, quick, settings, clock, watches, health, room);
            try (HttpEndpoints http =
                            new HttpEndpoints(settings.http(), health, () -> meters.scrape() + lead.scrape());
                    ClockWatch clockWatch = new ClockWatch(clock, quick, settings.instance())) {
                http.start();
                LOG.atInfo()
                        .addKeyValue("instance", settings.instance())
                        .addKeyValue("port", http.port())
                        .log("operator starts");
                clockWatch.start();
                LeaseElection election =
                        settings.leaderElection() ? new LeaseElection(quick, settings.instance(), clock, lead) : null;
                watch(meters, election);
                ScheduledExecutorService timer = DaemonThreads.timer("lead");
                lead.start(election, timer);
                if (election != null) {
                    health.electing(election);
                    election.start();
                }
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(lead, election), "stop"));
                stopped.await();
                timer.shutdownNow();
            }
        }
    }

    private void watch(Meters meters, @Nullable LeaseElection election) {
        meters.watchClock(clock::reading, clock::steps);
        meters.watchWatches(watches, () -> health.isLeading() || health.isUnable());
        meters.watchRoom(health::endsOnly);
        meters.watchLease(health::isLeading, () -> election == null ? Duration.ZERO : election.unrenewed());
    }

    /** A client for questions whose answer is useless if it comes late. */
    private static KubernetesClient quick(KubernetesClient client) {
        return client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestTimeout((int) QUICK.toMillis())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                .adapt(KubernetesClient.class);
    }

    private void stop(Lead lead, @Nullable LeaseElection election) {
        lead.stop();
        if (election != null) {
            election.stop();
        }
        LOG.atInfo().addKeyValue("instance", settings.instance()).log("operator stops");
        stopped.countDown();
    }
}
