package dev.lapse.cluster;

import java.util.Optional;

/**
 * Two bounds for the API server's time, each as what to add to the monotonic clock.
 *
 * @param lower the lower bound, in nanoseconds
 * @param upper the upper bound
 * @param at when the bounds were found, by the monotonic clock
 */
record ServerTime(long lower, long upper, long at) {
    private static final long SECOND = 1_000_000_000L;

    /** No clock gains or loses more than one part in two thousand, not even while it is adjusted slowly. */
    private static final long DRIFT = 2_000;

    /**
     * The bounds from one answer: at some moment between {@code sent} and {@code received} it was within the second
     * {@code date}.
     */
    static ServerTime of(long sent, long received, long date) {
        return new ServerTime(date - received, date + SECOND - 1 - sent, received);
    }

    /** The bounds that fit both; empty if they contradict each other, because one of the clocks was set. */
    Optional<ServerTime> and(ServerTime later) {
        long drift = drift(later.at);
        long least = Math.max(lower - drift, later.lower);
        long most = Math.min(upper + drift, later.upper);
        return least <= most ? Optional.of(new ServerTime(least, most, later.at)) : Optional.empty();
    }

    /** Whether {@code time} lies within the bounds now. */
    boolean holds(long time, long now) {
        return time >= earliest(now) && time <= upper + drift(now) + now;
    }

    long earliest(long now) {
        return lower - drift(now) + now;
    }

    long middle(long now) {
        return lower + (upper - lower) / 2 + now;
    }

    private long drift(long now) {
        return Math.abs(now - at) / DRIFT;
    }
}
