package dev.lapse.memory;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The record that a claimed request of this name was taken up. Until its {@code notAfter} no other grant of that name
 * gets access, even if a tool applies it again.
 *
 * @param grant the PrivilegeGrant's name
 * @param uid the PrivilegeGrant's UID
 * @param subject user name of the identity's account; empty if the identity was not known
 * @param until the grant's notAfter
 * @param endedAt absent until the grant has ended
 * @param cause how the grant ended; absent until then
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
    /** Appliers can make any number of claims, so claims must leave room for the debts of people. */
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

    /**
     * Another grant took the name and ended too: the first end is kept, and the record holds until the later of both
     * times.
     */
    public Claim extendedTo(@Nullable Instant other) {
        boolean longer = until != null && (other == null || other.isAfter(until));
        return longer ? new Claim(namespace, grant, uid, identity, subject, other, endedAt, cause) : this;
    }
}
