package dev.lapse.grant;

import dev.lapse.cluster.TurnsOfNamespaces;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides which grant is looked at next at each desk: a grant waits once however often it was named, no two passes are
 * over one grant at a time, and the namespaces take turns. Not for several threads.
 *
 * <p>A pass that failed is repeated, ever more rarely, without end. What the operator itself writes meanwhile, and every
 * other event, waits until then: only an end does not.
 */
final class PassQueue {
    static final Duration FIRST_RETRY = Duration.ofMillis(200);
    static final Duration LAST_RETRY = Duration.ofSeconds(30);

    /** The clock on the wall may be set: whoever waits for a time looks at it now and then. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /**
     * For so long nothing is proved while ends are being closed: the questions would hold up accounts and Secrets that are
     * still there. Not for longer, or whoever ends grants without a pause would keep all others' from being proved.
     */
    static final Duration CLOSING_GOES_FIRST = Duration.ofSeconds(5);

    private static final Duration NOTHING_IS_PLANNED = Duration.ofMinutes(10);

    /** Who does it; the earlier one goes before the later one. Each has workers of its own, so none waits for another. */
    enum Desk {
        /** What is left to do of an end once its access is gone. */
        Close,
        /** Requests, and keeping what is active as it should be. */
        Begin,
        /** Asking the API server what access is left. */
        Prove
    }

    private record Retry(Instant at, GrantKey grant, Desk desk) {}

    private static final Comparator<Retry> FIRST_DUE =
            Comparator.comparing(Retry::at).thenComparing(retry -> retry.grant().toString());

    private final Map<Desk, TurnsOfNamespaces<GrantKey>> ready = new EnumMap<>(Desk.class);
    private final Map<GrantKey, Desk> waiting = new HashMap<>();
    private final Map<GrantKey, Desk> underway = new HashMap<>();
    private final Map<GrantKey, Desk> again = new HashMap<>();
    private final Map<GrantKey, Integer> failures = new HashMap<>();
    private final Map<GrantKey, Retry> retryOf = new HashMap<>();
    private final TreeSet<Retry> retries = new TreeSet<>(FIRST_DUE);

    /** Since when there has always been something to close. */
    private @Nullable Instant closingSince;

    PassQueue() {
        for (Desk desk : Desk.values()) {
            ready.put(desk, new TurnsOfNamespaces<>());
        }
    }

    void add(GrantKey grant, Desk desk) {
        Retry retry = retryOf.get(grant);
        if (underway.containsKey(grant)) {
            again.merge(grant, desk, PassQueue::earlier);
        } else if (retry == null) {
            enqueue(grant, desk);
        } else if (desk == Desk.Close && retry.desk() != Desk.Close) {
            forgetRetry(retry);
            enqueue(grant, desk);
        }
    }

    /** Takes the grant whose turn it is at the desk; {@link #done} must be called for it. */
    Optional<GrantKey> next(Desk desk, Instant now) {
        while (!retries.isEmpty() && !retries.first().at().isAfter(now)) {
            Retry retry = retries.first();
            forgetRetry(retry);
            enqueue(retry.grant(), retry.desk());
        }
        if (desk == Desk.Prove && closingGoesFirst(now)) {
            return Optional.empty();
        }
        Optional<GrantKey> next = queue(desk).next();
        next.ifPresent(grant -> {
            waiting.remove(grant);
            underway.put(grant, desk);
        });
        return next;
    }

    void done(GrantKey grant, boolean failed, Instant now) {
        Desk desk = underway.remove(grant);
        @Nullable Desk more = again.remove(grant);
        boolean endsMeanwhile = more == Desk.Close && desk != Desk.Close;
        if (!failed || endsMeanwhile) {
            failures.remove(grant);
            if (more != null) {
                enqueue(grant, more);
            }
            return;
        }
        int attempts = failures.merge(grant, 1, Integer::sum);
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(attempts - 1, 10));
        Instant at = now.plus(wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait);
        Retry retry = new Retry(at, grant, desk == null ? Desk.Begin : desk);
        retryOf.put(grant, retry);
        retries.add(retry);
    }

    /** How many wait at the desk; those that failed and come again later are not among them. */
    int size(Desk desk) {
        return queue(desk).size();
    }

    /** Whether ends are being closed, and have not been for so long that nobody can wait for that any more. */
    boolean closingGoesFirst(Instant now) {
        if (queue(Desk.Close).size() == 0) {
            closingSince = null;
            return false;
        }
        if (closingSince == null) {
            closingSince = now;
        }
        return now.isBefore(closingSince.plus(CLOSING_GOES_FIRST));
    }

    /** How long nothing happens unless something is added. */
    Duration untilNext(Instant now) {
        if (retries.isEmpty()) {
            return closingSince == null ? NOTHING_IS_PLANNED : LONGEST_WAIT;
        }
        Duration next = Duration.between(now, retries.first().at());
        return next.compareTo(LONGEST_WAIT) < 0 ? next : LONGEST_WAIT;
    }

    private void enqueue(GrantKey grant, Desk desk) {
        Desk known = waiting.get(grant);
        if (known != null && earlier(known, desk) == known) {
            return;
        }
        if (known != null) {
            queue(known).remove(grant.namespace(), grant);
        }
        waiting.put(grant, desk);
        queue(desk).add(grant.namespace(), grant);
    }

    private void forgetRetry(Retry retry) {
        retries.remove(retry);
        retryOf.remove(retry.grant());
    }

    private TurnsOfNamespaces<GrantKey> queue(Desk desk) {
        return ready.getOrDefault(desk, new TurnsOfNamespaces<>());
    }

    private static Desk earlier(Desk one, Desk other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
