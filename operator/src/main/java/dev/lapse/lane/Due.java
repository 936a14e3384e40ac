package dev.lapse.lane;

import java.time.Instant;

/**
 * A look at an access that ends.
 *
 * @param end when the access ends, or since when something is known that may end it
 * @param at when it is its turn: at its end, and after a failed attempt a little later
 * @param uid of the object that says when it ends
 * @param access what is to be taken away
 * @param attempts failed ones so far; there is no last one
 */
public record Due(Instant end, Instant at, String uid, Access access, int attempts) {
    public static Due of(Instant end, String uid, Access access) {
        return new Due(end, end, uid, access, 0);
    }

    boolean untried() {
        return attempts == 0;
    }
}
