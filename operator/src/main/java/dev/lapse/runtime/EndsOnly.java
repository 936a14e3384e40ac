package dev.lapse.runtime;

import dev.lapse.cluster.DaemonThreads;
import dev.lapse.cluster.HeapRoom;
import dev.lapse.cluster.KubernetesEvents;
import dev.lapse.cluster.ServerClock;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work that goes on while the heap has no room for all watched objects. It reads grants page by page, again and
 * again, and ends those whose own status says so. It needs room only for the grants that give access.
 */
final class EndsOnly implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndsOnly.class);
    private static final long EVERY_SECONDS = 5;

    private final Controllers controllers;
    private final KubernetesEvents events;
    private final ScheduledExecutorService timer = DaemonThreads.timer("ends-only");

    EndsOnly(KubernetesClient client, Settings settings, ServerClock clock, HeapRoom room) throws IOException {
        controllers = new Controllers(client, settings, new Meters(), clock, room);
        events = new KubernetesEvents(client, clock, settings.instance());
    }

    void start() {
        timer.scheduleWithFixedDelay(this::look, 0, EVERY_SECONDS, TimeUnit.SECONDS);
        say(
                KubernetesEvents.Kind.Warning,
                "HeapFull",
                "the heap is full: a grant ends when its own spec and status say so, and nothing else is done until there is"
                        + " room; see the runbook heap-full");
    }

    /** The operator does all of its work again. */
    void isOver() {
        say(KubernetesEvents.Kind.Normal, "HeapHasRoom", "the heap has room again, and everything is done");
    }

    private void say(KubernetesEvents.Kind kind, String reason, String note) {
        events.tell(LeaseElection.IN_EVENTS, kind, reason, note);
    }

    private void look() {
        try {
            controllers.endWhatIsOver();
        } catch (RuntimeException failed) {
            LOG.atWarn().addKeyValue("error", failed.getMessage()).log("the grants could not be looked at");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        controllers.close();
        events.close();
    }
}
