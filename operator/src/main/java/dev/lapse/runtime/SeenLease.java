package dev.lapse.runtime;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The lease as it was last seen here, and for how long it has not changed. Only its changes are believed: the time
 * stamps in it come from another clock, and whoever may write the lease may write any.
 */
final class SeenLease {
    private final Duration runsOutAfter;
    private @Nullable LeaseSpec seen;
    private boolean looked;
    private long changed;

    SeenLease(Duration runsOutAfter) {
        this.runsOutAfter = runsOutAfter;
    }

    /** @param lease absent if there is none */
    synchronized void saw(@Nullable LeaseSpec lease, long now) {
        if (!looked || !Objects.equals(lease, seen)) {
            changed = now;
        }
        looked = true;
        seen = lease;
    }

    /** The holder that the lease names; empty if it names nobody. */
    synchronized String holder() {
        String holder = seen == null ? null : seen.getHolderIdentity();
        return holder == null ? "" : holder;
    }

    synchronized Duration unchanged(long now) {
        return looked ? Duration.ofNanos(now - changed) : Duration.ZERO;
    }

    /** Whether {@code instance} may take it. */
    synchronized boolean free(String instance, long now) {
        return looked
                && (holder().isEmpty()
                        || holder().equals(instance)
                        || unchanged(now).compareTo(runsOutAfter) >= 0);
    }
}
