package dev.lapse.guard;

import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether the names in an object are proved: whether the guard stood when they were written.
 *
 * <p>The API server does not tell when a field was written. It tells the object's creationTimestamp. Besides that
 * there are the guard's epoch, and what the operator recorded in the object's status, which the guard protects. From
 * these follows:
 *
 * <ul>
 *   <li>What was once found proved stays proved as long as its content stays: a later hole in the guard does not change
 *       who wrote it.
 *   <li>An object that was created after the guard had settled was guarded all its life: if its epoch had ended, it
 *       would not be the current one.
 *   <li>A change since the operator's last look at the object was written under the guard, if the guard had settled
 *       then and the epoch is the same now.
 *   <li>Everything else may have been written through a hole.
 * </ul>
 *
 * <p>The proof is kept for each entry, not for the object, because the guard checks nothing of entries that stay as they
 * are. With a proof for the object, the next harmless edit of another field would make a forged entry look proved. An
 * entry recorded as unproved stays unproved until its content changes, or until it was seen to be gone.
 *
 * <p>The third rule holds only if the operator had seen the newest content when it recorded a proof. So a status that
 * records a new {@link #next proof} must be written with the resourceVersion it was computed from.
 */
public final class NameProof {
    private NameProof() {}

    /** Whether a name is proved. */
    public enum Answer {
        /** The API server proved it. */
        PROVED,
        /**
         * The name was, or may have been, written while the guard did not stand. It stays unproved until it is written
         * again.
         */
        UNPROVED,
        /**
         * The guard is not ready, so nothing new is proved: wait. This must not be recorded as unproved; an entry is
         * recorded without its hash.
         */
        UNKNOWN
    }

    /** What status says of an entry: the hash of its content, and whether its name was proved. */
    public record RecordedEntry(String hash, boolean nameProved) {}

    /** What status says of an identity's names. */
    public record Recorded(Optional<Proof> proof, Map<String, RecordedEntry> entries) {
        public static final Recorded NOTHING = new Recorded(Optional.empty(), Map.of());

        public static Recorded of(ServiceIdentityStatus status) {
            Map<String, RecordedEntry> entries = new HashMap<>();
            for (ServiceIdentityStatus.EntryStatus entry : status.entries()) {
                if (!entry.hash().isEmpty()) {
                    entries.put(entry.name(), new RecordedEntry(entry.hash(), entry.nameProved()));
                }
            }
            return new Recorded(Optional.ofNullable(status.proof()), Map.copyOf(entries));
        }
    }

    /**
     * Whether requestedBy of a grant is proved. The spec of a grant is immutable, so a recorded proof holds for good.
     */
    public static boolean grantProved(GuardState guard, Optional<Proof> recorded, Instant createdAt) {
        return grant(guard, recorded, createdAt) == Answer.PROVED;
    }

    /** As {@link #grantProved}, telling "not yet" from "never". */
    public static Answer grant(GuardState guard, Optional<Proof> recorded, Instant createdAt) {
        if (recorded.isPresent()) {
            return Answer.PROVED;
        }
        if (!guard.ready()) {
            return Answer.UNKNOWN;
        }
        return guard.guarded(createdAt) ? Answer.PROVED : Answer.UNPROVED;
    }

    /**
     * Whether entitledBy of each entry is proved.
     *
     * @param createdAt the identity's creationTimestamp
     * @param hashes the current entries: the hash of the content, by name
     */
    public static Map<String, Answer> entries(
            GuardState guard, Recorded recorded, Instant createdAt, Map<String, String> hashes, Instant now) {
        boolean guardedSinceLastLook = guard.settled(now) && guardedSince(guard, recorded.proof());
        Map<String, Answer> answers = new HashMap<>();
        hashes.forEach((name, hash) -> {
            Optional<RecordedEntry> same = Optional.ofNullable(
                            recorded.entries().get(name))
                    .filter(entry -> entry.hash().equals(hash));
            answers.put(name, entry(guard, same, guardedSinceLastLook, createdAt));
        });
        return Map.copyOf(answers);
    }

    /** Whether a name that is written into the object from now on is proved, while the guard stands as it does. */
    static boolean fromNowOn(GuardState guard, Optional<Proof> recorded, Instant createdAt) {
        return guard.guarded(createdAt) || guardedSince(guard, recorded);
    }

    private static boolean guardedSince(GuardState guard, Optional<Proof> lastLook) {
        return lastLook.filter(proof -> proof.epoch().equals(guard.epoch()))
                .filter(proof -> guard.guarded(proof.at()))
                .isPresent();
    }

    private static Answer entry(
            GuardState guard, Optional<RecordedEntry> same, boolean guardedSinceLastLook, Instant createdAt) {
        if (same.isPresent() && same.get().nameProved()) {
            return Answer.PROVED;
        }
        if (!guard.ready()) {
            // A recorded unproved stays. For anything else the answer is not known yet.
            return same.isPresent() ? Answer.UNPROVED : Answer.UNKNOWN;
        }
        if (guard.guarded(createdAt)) {
            return Answer.PROVED;
        }
        return guardedSinceLastLook && same.isEmpty() ? Answer.PROVED : Answer.UNPROVED;
    }

    /**
     * The proof to record in status now. It stays the same object if nothing is new, so that no status is written only
     * for a time stamp.
     */
    public static Optional<Proof> next(GuardState guard, Optional<Proof> recorded, long generation, Instant now) {
        if (!guard.ready()) {
            return recorded;
        }
        boolean nothingNew = recorded.filter(proof -> proof.epoch().equals(guard.epoch()))
                .filter(proof -> proof.generation() == generation)
                .filter(proof -> guard.guarded(proof.at()) || !guard.settled(now))
                .isPresent();
        return nothingNew
                ? recorded
                : Optional.of(new Proof(guard.epoch(), generation, now.truncatedTo(ChronoUnit.SECONDS)));
    }
}
