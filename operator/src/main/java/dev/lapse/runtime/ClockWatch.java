package dev.lapse.runtime;

import dev.lapse.cluster.DaemonThreads;
import dev.lapse.cluster.KubernetesEvents;
import dev.lapse.cluster.ServerClock;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks twice a second whether this machine's clock was set. If it was, asks the API server for its time, and tells
 * people.
 */
final class ClockWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
    private static final long LOOK_EVERY_MILLIS = 500;

    private final ServerClock clock;
    private final KubernetesClient quick;
    private final KubernetesEvents events;
    private final ScheduledExecutorService timer = DaemonThreads.timer("clock");
    private Told told = Told.Right;

    /** What people were told. */
    private enum Told {
        Right,
        Off,
        FarOff
    }

    ClockWatch(ServerClock clock, KubernetesClient quick, String instance) {
        this.clock = clock;
        this.quick = quick;
        this.events = new KubernetesEvents(quick, clock, instance);
    }

    void start() {
        timer.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        events.close();
    }

    private void look() {
        try {
            if (clock.stepped()) {
                LOG.atWarn()
                        .log(
                                "this machine's clock was set, or the machine slept: the API server is asked for its time");
            }
            if (clock.inDoubt()) {
                // Every answer carries the time.
                quick.raw("/version");
            }
            tell(clock.reading());
        } catch (KubernetesClientException away) {
            LOG.atDebug().addKeyValue("error", away.getMessage()).log("the API server's time is not known");
        } catch (RuntimeException failed) {
            LOG.atWarn().addKeyValue("error", failed.getMessage()).log("the clock could not be looked at");
        }
    }

    private void tell(ServerClock.Reading reading) {
        if (!reading.known()) {
            return;
        }
        Told now = reading.problem().isPresent() ? Told.FarOff : reading.worthTelling() ? Told.Off : Told.Right;
        if (now == told) {
            return;
        }
        told = now;
        if (now == Told.Right) {
            LOG.atInfo().log("this machine's clock is right again");
            say(KubernetesEvents.Kind.Normal, "ClockRight", "the operator's clock is right again");
            return;
        }
        LOG.atWarn().addKeyValue("offset", reading.offset()).log("this machine's clock is off the API server's");
        say(
                KubernetesEvents.Kind.Warning,
                "ClockOff",
                "the operator's clock is " + reading.text() + ": "
                        + (now == Told.FarOff ? "nothing new is granted until it is set; " : "")
                        + "grants end by the API server's time all the same");
    }

    private void say(KubernetesEvents.Kind kind, String reason, String note) {
        events.tell(LeaseElection.IN_EVENTS, kind, reason, note);
    }
}
