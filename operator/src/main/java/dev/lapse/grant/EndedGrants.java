package dev.lapse.grant;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers, outside the cluster, which grants ended before their time: what etcd brings back after a restore, or an old
 * status that somebody writes again, shows them as active, with a seal that is true. Nothing inside the cluster can tell,
 * as everything in it is as old.
 *
 * <p>Each is known until its time would have been over, when it ends anyway; of too many, those go first that end first.
 */
public final class EndedGrants {
    static final int MOST = 20_000;

    /** A grant that ended, and when its time would have been over. */
    public record Ended(String uid, Instant until) {}

    /** Where they outlive the process. It does not throw: what cannot be kept must not hold up an end. */
    public interface Store {
        List<Ended> read();

        void add(Ended ended);

        void replaceAll(Collection<Ended> ended);

        /** Only this process knows. */
        Store NONE = new Store() {
            @Override
            public List<Ended> read() {
                return List.of();
            }

            @Override
            public void add(Ended ended) {}

            @Override
            public void replaceAll(Collection<Ended> ended) {}
        };
    }

    private static final Comparator<Ended> FIRST_OVER =
            Comparator.comparing(Ended::until).thenComparing(Ended::uid);

    private final Store store;
    /** Read by the lane, which must not wait for a disk. */
    private final Map<String, Ended> byUid = new ConcurrentHashMap<>();

    private final TreeSet<Ended> inOrder = new TreeSet<>(FIRST_OVER);
    private int added;

    public EndedGrants(Store store, Instant now) {
        this.store = store;
        store.read().forEach(this::put);
        tidy(now);
        store.replaceAll(inOrder);
    }

    /** The end of a grant is on record. */
    public synchronized void ended(String uid, Instant until, Instant now) {
        if (!until.isAfter(now) || byUid.containsKey(uid)) {
            return;
        }
        Ended ended = new Ended(uid, until);
        put(ended);
        tidy(now);
        store.add(ended);
        added++;
        if (added > MOST) {
            added = 0;
            store.replaceAll(inOrder);
        }
    }

    /** The record as it is to be taken: one that shows an ended grant as open is from before its end. */
    GrantRecord read(String uid, GrantRecord record, Instant now) {
        boolean open =
                record.announced() && !record.phase().ended() && record.end().isEmpty();
        return open && isKnown(uid)
                ? record.withEnd(End.begun(
                        EndCause.Restored,
                        null,
                        "it had ended before, and what the API server shows is from before that: etcd was restored, or"
                                + " somebody wrote an old status",
                        now))
                : record;
    }

    /** Whether the API server shows an ended grant as open. */
    boolean risen(PrivilegeGrant grant) {
        return GrantGlance.open(grant)
                && (grant.getStatus() == null || grant.getStatus().end() == null)
                && isKnown(Optional.ofNullable(grant.getMetadata().getUid()).orElse(""));
    }

    private boolean isKnown(String uid) {
        return byUid.containsKey(uid);
    }

    private void put(Ended ended) {
        if (byUid.putIfAbsent(ended.uid(), ended) == null) {
            inOrder.add(ended);
        }
    }

    private void tidy(Instant now) {
        while (!inOrder.isEmpty()
                && (inOrder.size() > MOST || !inOrder.first().until().isAfter(now))) {
            byUid.remove(inOrder.pollFirst().uid());
        }
    }
}
