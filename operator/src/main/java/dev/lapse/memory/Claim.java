package dev.lapse.memory;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That a claimed request of this name was taken up: until its {@code notAfter} nothing else of that name is given
 * anything, whatever re-applies it.
 *
 * @param grant the PrivilegeGrant's name
 * @param uid the PrivilegeGrant's
 * @param subject user name of the identity's account; empty if the identity was not known
 * @param until its notAfter
 * @param endedAt absent while it has not ended
 * @param cause how it ended; absent while it has not
 */
public record Claim(
        String namespace,
        String grant,
        String uid,
        String identity,
        String subject,
        @Nullable Instant until,
        @Nullable Instant endedAt,
        @Nullable String cause)
        implements Remembered {
    /** Whoever writes for others can make as many as they like: they leave room to what people are owed. */
    private static final Bound BOUND = new Bound(256, 600_000);

    @Override
    public List<String> key() {
        return List.of(grant);
    }

    @Override
    public Bound bound() {
        return BOUND;
    }

    @Override
    public Remembered strictest(Remembered other) {
        return other instanceof Claim theirs
                ? (endedAt == null && theirs.endedAt != null ? theirs.extendedTo(until) : extendedTo(theirs.until))
                : this;
    }

    /** Another object has taken the name and ended as well: the first end stays, and holds for as long as either. */
    public Claim extendedTo(@Nullable Instant other) {
        boolean longer = until != null && (other == null || other.isAfter(until));
        return longer ? new Claim(namespace, grant, uid, identity, subject, other, endedAt, cause) : this;
    }
}
