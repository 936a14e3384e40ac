package dev.lapse.runtime;

import static dev.lapse.cluster.KubernetesFailure.CONFLICT;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.cluster.DaemonThreads;
import dev.lapse.cluster.KubernetesEvents;
import dev.lapse.cluster.ServerClock;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Agrees with the other instances, over a Lease, on who leads; see docs/decisions/0033. */
final class LeaseElection {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseElection.class);
    static final String LEASE = "lapse-operator";

    /** The object that Events about the operator itself refer to. */
    static final KubernetesEvents.About IN_EVENTS =
            new KubernetesEvents.About("Lease", Lapse.SYSTEM_NAMESPACE, LEASE, "");

    static final Duration RUNS_OUT_AFTER = Duration.ofSeconds(15);
    private static final Duration RENEW_WITHIN = Duration.ofSeconds(10);
    private static final Duration RENEW_EVERY = Duration.ofSeconds(2);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(3);
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    /** What an instance is asked and told. */
    interface Candidate {
        /** Whether the instance could work as leader; asked right before it takes the lease. */
        boolean able();

        /** The instance leads from now on. */
        void leads();

        /** The instance led, and another one may lead now. */
        void lost();
    }

    private final KubernetesClient client;
    private final String instance;
    private final ServerClock clock;
    private final Candidate candidate;
    private final LongSupplier nanos;
    private final SeenLease seen = new SeenLease(RUNS_OUT_AFTER);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread = DaemonThreads.made("lease", this::run);
    private boolean leading;
    private boolean closed;
    private long restsUntil;
    private long renewed;
    private volatile long answered;
    private @Nullable String version;

    /**
     * @param client its calls must be short and not repeated, so that a leader notices in time that its lease has run
     *     out
     */
    LeaseElection(KubernetesClient client, String instance, ServerClock clock, Candidate candidate) {
        this(client, instance, clock, candidate, System::nanoTime);
    }

    /** @param nanos a monotonic clock */
    LeaseElection(
            KubernetesClient client, String instance, ServerClock clock, Candidate candidate, LongSupplier nanos) {
        this.client = client;
        this.instance = instance;
        this.clock = clock;
        this.candidate = candidate;
        this.nanos = nanos;
        restsUntil = nanos.getAsLong();
        answered = restsUntil;
    }

    void start() {
        thread.start();
    }

    /** The holder that the lease names. */
    String holder() {
        return seen.holder();
    }

    /**
     * Whether the lease names this instance. This may be from before, if the instance has just begun, or is to begin
     * again.
     */
    boolean holds() {
        return seen.holder().equals(instance);
    }

    /** For how long the lease has not changed, as seen here. While somebody leads, that is some seconds at most. */
    Duration unrenewed() {
        return seen.unchanged(nanos.getAsLong());
    }

    /** For how long requests about the lease got no answer. */
    Duration unanswered() {
        return Duration.ofNanos(nanos.getAsLong() - answered);
    }

    /** Gives the lead back, because this instance cannot work, and does not try to lead again for {@code rest}. */
    void giveUp(Duration rest) {
        lock.lock();
        try {
            leading = false;
            restsUntil = nanos.getAsLong() + rest.toNanos();
            release();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops, and gives the lease back if it names this instance, even if this instance believes that it does not lead.
     */
    void stop() {
        lock.lock();
        try {
            closed = true;
            leading = false;
            changed.signalAll();
            release();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        lock.lock();
        try {
            while (!closed) {
                step();
                if (leading && since(renewed).compareTo(RENEW_WITHIN) > 0) {
                    lost("it could not be renewed within " + RENEW_WITHIN.toSeconds() + " s");
                }
                boolean fresh = leading && since(renewed).compareTo(RENEW_EVERY) < 0;
                Duration wait = clock.untilItTells(fresh ? RENEW_EVERY : LOOK_EVERY);
                for (long left = wait.toNanos(); left > 0 && !closed; ) {
                    left = changed.awaitNanos(left);
                }
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void step() {
        try {
            if (!leading || !renew()) {
                look();
                if (leading) {
                    keep();
                } else if (nanos.getAsLong() - restsUntil >= 0 && seen.free(instance, nanos.getAsLong())) {
                    take();
                }
            }
        } catch (RuntimeException failed) {
            LOG.atDebug().addKeyValue("error", failed.getMessage()).log("the lease could not be read or written");
        }
    }

    /** Somebody has changed the lease since this instance renewed it. */
    private void keep() {
        if (seen.holder().equals(instance)) {
            renew();
        } else {
            lost("it is held by " + (seen.holder().isEmpty() ? "nobody" : seen.holder()));
        }
    }

    private void take() {
        if (!candidate.able()) {
            return;
        }
        if (write(held())) {
            leading = true;
            LOG.atInfo().addKeyValue("leader", instance).log("leader elected");
            candidate.leads();
        }
    }

    private boolean renew() {
        return write(held());
    }

    private void lost(String why) {
        leading = false;
        LOG.atError().addKeyValue("why", why).log("the lead is lost");
        candidate.lost();
    }

    private void look() {
        Lease lease = lease().get();
        saw(lease);
    }

    private void saw(@Nullable Lease lease) {
        answered = nanos.getAsLong();
        version = lease == null ? null : lease.getMetadata().getResourceVersion();
        seen.saw(lease == null ? null : lease.getSpec(), answered);
    }

    private Resource<Lease> lease() {
        return client.leases().inNamespace(Lapse.SYSTEM_NAMESPACE).withName(LEASE);
    }

    /** @return false if somebody else was faster */
    private boolean write(ObjectNode spec) {
        long began = nanos.getAsLong();
        try {
            saw(version == null ? create() : patch(spec, version));
            renewed = began;
            return true;
        } catch (KubernetesClientException failed) {
            if (failed.getCode() != CONFLICT) {
                throw failed;
            }
            return false;
        }
    }

    private Lease create() {
        return client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace(Lapse.SYSTEM_NAMESPACE)
                        .withName(LEASE)
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(instance)
                        .withLeaseDurationSeconds((int) RUNS_OUT_AFTER.toSeconds())
                        .withAcquireTime(clock.instant().atZone(ZoneOffset.UTC))
                        .withRenewTime(clock.instant().atZone(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .create();
    }

    private Lease patch(ObjectNode spec, String from) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("resourceVersion", from);
        patch.set("spec", spec);
        return lease().patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }

    private ObjectNode held() {
        Instant now = clock.instant();
        ObjectNode spec = JsonNodeFactory.instance
                .objectNode()
                .put("holderIdentity", instance)
                .put("leaseDurationSeconds", RUNS_OUT_AFTER.toSeconds())
                .put("renewTime", text(now));
        if (!leading) {
            spec.put("acquireTime", text(now));
        }
        return spec;
    }

    /** What other electors understand: a lease of one second without a holder. */
    private ObjectNode released() {
        return JsonNodeFactory.instance
                .objectNode()
                .putNull("holderIdentity")
                .put("leaseDurationSeconds", 1)
                .put("renewTime", text(clock.instant()));
    }

    private void release() {
        for (long began = nanos.getAsLong(); since(began).compareTo(RELEASE_LIMIT) < 0; ) {
            try {
                look();
                if (!seen.holder().equals(instance) || write(released())) {
                    return;
                }
            } catch (RuntimeException failed) {
                LOG.atWarn()
                        .addKeyValue("error", failed.getMessage())
                        .log("the lease could not be given back, another instance waits until it runs out");
                return;
            }
        }
    }

    private static String text(Instant at) {
        return MICROS.format(at.atOffset(ZoneOffset.UTC));
    }

    private Duration since(long began) {
        return Duration.ofNanos(nanos.getAsLong() - began);
    }
}
