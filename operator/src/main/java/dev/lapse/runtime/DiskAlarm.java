package dev.lapse.runtime;

import dev.lapse.cluster.KubernetesEvents;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people that this machine's disk cannot be written or read, where it keeps what must outlive the cluster. It
 * writes a log line each time and one Event, and sets a metric for as long as it lasts. The work goes on.
 */
final class DiskAlarm {
    private static final Logger LOG = LoggerFactory.getLogger(DiskAlarm.class);

    private final BiConsumer<KubernetesEvents.Kind, String> event;
    private final Set<Path> failing = ConcurrentHashMap.newKeySet();

    /** @param event writes the Event */
    DiskAlarm(BiConsumer<KubernetesEvents.Kind, String> event) {
        this.event = event;
    }

    static DiskAlarm to(KubernetesEvents events) {
        return new DiskAlarm((kind, what) -> events.tell(
                LeaseElection.IN_EVENTS,
                kind,
                kind == KubernetesEvents.Kind.Warning ? "EndedNotKept" : "EndedKept",
                what));
    }

    void failed(String what, Path file, Exception failed) {
        LOG.atError()
                .addKeyValue("file", file)
                .addKeyValue("error", failed.toString())
                .log(what);
        boolean first = failing.isEmpty();
        failing.add(file);
        if (first) {
            event.accept(
                    KubernetesEvents.Kind.Warning,
                    "what ends early cannot be kept outside the cluster, so what a restore of etcd brings back would not be"
                            + " noticed by the next process: " + file + ": " + failed
                            + "; see the runbook etcd-restored");
        }
    }

    void works(Path file) {
        if (failing.remove(file) && failing.isEmpty()) {
            LOG.atInfo().addKeyValue("file", file).log("what ends early is kept outside the cluster again");
            event.accept(KubernetesEvents.Kind.Normal, "what ends early is kept outside the cluster again, in " + file);
        }
    }

    /** Whether a read or write fails now. */
    boolean failing() {
        return !failing.isEmpty();
    }
}
