package dev.lapse.cluster;

import dev.lapse.api.v1alpha1.PeoplesText;
import dev.lapse.api.v1alpha1.StatusText;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events on a thread of its own, so that they never delay the work. If the queue is full or the API server
 * fails, the Event is lost. {@link EventCorrelator} counts what is repeated and limits what an object can cause.
 */
public final class KubernetesEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesEvents.class);
    /** Below a kilobyte each. */
    private static final int MOST_WAITING = 8_000;

    /** Enough for a thousand grants of one namespace that end at the same instant. */
    private static final int MOST_OF_A_NAMESPACE = 1_000;

    private static final int LONGEST_NOTE = 1_024;

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String instance;
    private final ThreadPoolExecutor writer;
    private final WaitingRoom room = new WaitingRoom(MOST_WAITING, MOST_OF_A_NAMESPACE);
    private final TurnsOfNamespaces<Runnable> waiting = new TurnsOfNamespaces<>();
    private final EventCorrelator correlator = new EventCorrelator(LONGEST_NOTE);
    private volatile Runnable giveWay = () -> {};

    /** The object an Event is about. */
    public record About(String kind, String namespace, String name, String uid) {}

    public enum Kind {
        Normal,
        Warning
    }

    public KubernetesEvents(KubernetesClient client, InstantSource clock, String instance) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
        writer = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                DaemonThreads.named("events"),
                new ThreadPoolExecutor.DiscardPolicy());
        writer.allowCoreThreadTimeOut(true);
    }

    /** @param urgent returns once nothing more urgent is asked of the API server, and soon in any case */
    public void giveWayTo(Runnable urgent) {
        giveWay = urgent;
    }

    /** @param note who, what, until when, and what comes next */
    public void tell(About about, Kind kind, String reason, String note) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String told = StatusText.fit(PeoplesText.oneLine(note), LONGEST_NOTE);
        // One namespace with a thousand denied grants must not push out the Events of others.
        if (!room.enters(about.namespace())) {
            LOG.atWarn()
                    .addKeyValue("about", about.namespace() + "/" + about.name())
                    .addKeyValue("reason", reason)
                    .log("an Event is not written: too many of its namespace wait");
            return;
        }
        put(about.namespace(), () -> {
            room.left(about.namespace());
            giveWay.run();
            correlator
                    .correlate(about, kind, reason, told, newName(about), now)
                    .ifPresentOrElse(
                            event -> write(about, kind, reason, event),
                            () -> LOG.atInfo()
                                    .addKeyValue("about", about.namespace() + "/" + about.name())
                                    .addKeyValue("reason", reason)
                                    .addKeyValue("note", told)
                                    .log("an Event is not written: its object had too many of this reason"));
        });
        writer.execute(() -> take().ifPresent(Runnable::run));
    }

    private synchronized void put(String namespace, Runnable writing) {
        waiting.add(namespace, writing);
    }

    /** The namespaces take turns: a thousand Events of one namespace delay another one by a single Event. */
    private synchronized Optional<Runnable> take() {
        return waiting.next();
    }

    private void write(About about, Kind kind, String reason, EventCorrelator.Written event) {
        try {
            // Of a resource at hand a patch is one request; of a name it would be read first, without the right to.
            Resource<Event> object = client.resource(event(about, kind, reason, event));
            if (event.isNew()) {
                object.create();
            } else {
                raise(object, event, () -> client.resource(event(about, kind, reason, event.as(newName(about)))));
            }
        } catch (KubernetesClientException failed) {
            LOG.atDebug()
                    .addKeyValue("about", about.namespace() + "/" + about.name())
                    .addKeyValue("code", failed.getCode())
                    .log("an Event could not be written");
        }
    }

    /** Raises the count of an Event that was written. Its API server deletes it after a while: then it is written anew. */
    private void raise(Resource<Event> object, EventCorrelator.Written event, Supplier<Resource<Event>> another) {
        String patch = client.getKubernetesSerialization()
                .asJson(Map.of(
                        "count", event.count(),
                        "lastTimestamp", event.last().toString(),
                        "message", event.note()));
        try {
            object.patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        } catch (KubernetesClientException failed) {
            if (failed.getCode() == KubernetesFailure.NOT_FOUND) {
                object.create();
            } else if (failed.getCode() == KubernetesFailure.FORBIDDEN) {
                // Rights that are older than this operator: one more Event, rather than none.
                another.get().create();
            } else {
                throw failed;
            }
        }
    }

    private Event event(About about, Kind kind, String reason, EventCorrelator.Written event) {
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(about.namespace())
                .withName(event.name())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.kind().equals("Lease") ? "coordination.k8s.io/v1" : "lapse.dev/v1alpha1")
                .withKind(about.kind())
                .withNamespace(about.namespace())
                .withName(about.name())
                .withUid(about.uid())
                .endInvolvedObject()
                .withType(kind.name())
                .withReason(reason)
                .withMessage(event.note())
                .withFirstTimestamp(event.first().toString())
                .withLastTimestamp(event.last().toString())
                .withCount(event.count())
                .withNewSource()
                .withComponent("lapse-operator")
                .withHost(instance)
                .endSource()
                .withReportingComponent("lapse-operator")
                .withReportingInstance(instance)
                .build();
    }

    /**
     * An Event's name has the same limit as an object's name, and must have room for the part that makes it unique.
     */
    private static String newName(About about) {
        String name = about.name();
        return (name.length() > 200 ? name.substring(0, 200) : name) + "."
                + UUID.randomUUID().toString().substring(0, 18);
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            writer.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
