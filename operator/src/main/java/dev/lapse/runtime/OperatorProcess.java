package dev.lapse.runtime;

import dev.lapse.api.v1alpha1.Lapse;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator as a process: it serves its health, waits until it leads, works, and gives the lead back when it stops. */
final class OperatorProcess {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration RENEW_WITHIN = Duration.ofSeconds(10);
    private static final Duration RENEW_EVERY = Duration.ofSeconds(2);
    private static final Duration LEASE_CALL_LIMIT = Duration.ofSeconds(3);

    private final Settings settings;
    private final InstantSource clock;
    private final Health health = new Health();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile @Nullable Controllers controllers;

    OperatorProcess(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    void runUntilStopped() throws Exception {
        // What no thread catches is logged like everything else, one JSON object a line.
        Thread.setDefaultUncaughtExceptionHandler((thread, failed) -> LOG.atError()
                .addKeyValue("thread", thread.getName())
                .setCause(failed)
                .log("a thread ended by an error"));
        Meters meters = new Meters();
        try (KubernetesClient client = OperatorClient.connected();
                HttpEndpoints http = new HttpEndpoints(settings.http(), health, meters::scrape)) {
            http.start();
            LOG.atInfo()
                    .addKeyValue("instance", settings.instance())
                    .addKeyValue("port", http.port())
                    .log("operator starts");
            CompletableFuture<?> election = settings.leaderElection() ? elect(client, meters) : lead(client, meters);
            Thread onSignal = new Thread(() -> stop(election), "stop");
            Runtime.getRuntime().addShutdownHook(onSignal);
            stopped.await();
        }
    }

    private CompletableFuture<?> lead(KubernetesClient client, Meters meters) {
        begin(client, meters);
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<?> elect(KubernetesClient client, Meters meters) {
        LeaderElector elector = forLease(client)
                .leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName("lapse-operator")
                        .withLock(new LeaseLock(Lapse.SYSTEM_NAMESPACE, "lapse-operator", settings.instance()))
                        .withLeaseDuration(LEASE)
                        .withRenewDeadline(RENEW_WITHIN)
                        .withRetryPeriod(RENEW_EVERY)
                        .withReleaseOnCancel(true)
                        .withLeaderCallbacks(new LeaderCallbacks(
                                () -> new Thread(() -> begin(client, meters), "begin").start(),
                                this::lost,
                                this::leads))
                        .build())
                .build();
        CompletableFuture<?> election = elector.start();
        // However it ends, a process that neither leads nor waits for the lead is of no use.
        var unused = election.whenComplete((ended, failed) -> lost());
        return election;
    }

    /** A call that takes long, or is repeated by the client, would keep a leader from noticing that its time is over. */
    private static KubernetesClient forLease(KubernetesClient client) {
        return client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestTimeout((int) LEASE_CALL_LIMIT.toMillis())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                .adapt(KubernetesClient.class);
    }

    private void begin(KubernetesClient client, Meters meters) {
        try {
            Controllers begun = new Controllers(client, settings, meters, clock);
            controllers = begun;
            health.leading(begun);
            begun.start();
        } catch (Throwable failed) {
            LOG.atError().setCause(failed).log("the operator could not start");
            halt(1);
        }
    }

    /** @param leader absent while the lease is given back, by this instance too */
    private void leads(@Nullable String leader) {
        LOG.atInfo().addKeyValue("leader", leader).log("leader elected");
        if (!settings.instance().equals(leader)) {
            health.standby();
        }
    }

    /** Somebody else may lead now: whatever this process still does could be wrong, so it does nothing more. */
    private void lost() {
        if (!stopping.get()) {
            LOG.atError().log("the lead is lost, the process ends");
            halt(1);
        }
    }

    private static void halt(int code) {
        Runtime.getRuntime().halt(code);
    }

    private void stop(CompletableFuture<?> election) {
        stopping.set(true);
        Controllers begun = controllers;
        if (begun != null) {
            begun.close();
        }
        // Cancelling gives the lease back, so that the next instance need not wait until it runs out.
        election.cancel(true);
        try {
            election.get(3, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException
                | java.util.concurrent.ExecutionException
                | java.util.concurrent.CancellationException ended) {
            LOG.atDebug().log("election ended");
        }
        LOG.atInfo().addKeyValue("instance", settings.instance()).log("operator stops");
        stopped.countDown();
    }
}
