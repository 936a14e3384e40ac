package dev.lapse.runtime;

import dev.lapse.cluster.KubernetesEvents;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people that an older content was put in the place of what the operator remembers, and counts how often. */
final class MemoryAlarm implements Consumer<String> {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryAlarm.class);

    private final KubernetesEvents events;
    private final AtomicLong count = new AtomicLong();

    MemoryAlarm(KubernetesEvents events) {
        this.events = events;
    }

    @Override
    public void accept(String what) {
        LOG.atError().addKeyValue("what", what).log("the memory is older than what the operator knows");
        count.incrementAndGet();
        events.tell(LeaseElection.IN_EVENTS, KubernetesEvents.Kind.Warning, "MemoryPutBack", what);
    }

    long count() {
        return count.get();
    }
}
