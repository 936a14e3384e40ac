package dev.lapse.grant;

import java.time.Instant;

/**
 * A look at a grant whose access ends.
 *
 * @param end when the grant ends, or since when something is known that may end it
 * @param attempts failed ones so far
 */
public record GrantDue(Instant end, String uid, GrantKey grant, int attempts) {
    public static GrantDue of(Instant end, String uid, GrantKey grant) {
        return new GrantDue(end, uid, grant, 0);
    }
}
