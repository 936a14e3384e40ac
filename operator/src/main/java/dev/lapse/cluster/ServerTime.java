package dev.lapse.cluster;

import java.util.Optional;

/**
 * Between which two values the API server's time lies, as what to add to the monotonic clock.
 *
 * @param lower the least, in nanoseconds
 * @param upper the most
 * @param at when that was known, by the monotonic clock
 */
record ServerTime(long lower, long upper, long at) {
    private static final long SECOND = 1_000_000_000L;

    /** No clock gains or loses more than one part in two thousand, and who slews one does not either. */
    private static final long DRIFT = 2_000;

    /** What one answer tells: somewhen between {@code sent} and {@code received} it was within the second {@code date}. */
    static ServerTime of(long sent, long received, long date) {
        return new ServerTime(date - received, date + SECOND - 1 - sent, received);
    }

    /** What both tell; empty if they contradict each other, because one of the clocks was set. */
    Optional<ServerTime> and(ServerTime later) {
        long drift = drift(later.at);
        long least = Math.max(lower - drift, later.lower);
        long most = Math.min(upper + drift, later.upper);
        return least <= most ? Optional.of(new ServerTime(least, most, later.at)) : Optional.empty();
    }

    /** Whether it may be {@code time} now. */
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
