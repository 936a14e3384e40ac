package dev.lapse.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The API server's time, even if the clock of this machine is wrong.
 *
 * <p>The {@code Date} of each answer names the second in which it was given, and so two bounds for the difference of
 * the two clocks. Many answers together narrow it to milliseconds. Within these bounds this machine's clock is
 * believed. Outside them the earliest possible time counts, so that nothing ends early. Between answers the monotonic
 * clock counts on, which nobody can set.
 */
public final class ServerClock implements InstantSource {
    /** An offset beyond this is reported to people. */
    public static final Duration TOLD = Duration.ofSeconds(2);

    /** With an offset beyond this nothing new is granted. */
    public static final Duration TRUSTED = Duration.ofSeconds(30);

    private static final Duration STEP = Duration.ofMillis(250);
    private static final long SECOND = 1_000_000_000L;

    private final InstantSource wall;
    private final LongSupplier monotonic;
    private Optional<ServerTime> server = Optional.empty();
    private long wallAhead;
    private boolean looked;
    private long notBefore = Long.MIN_VALUE;
    private boolean inDoubt = true;
    private long steps;

    /**
     * What is known of this machine's clock.
     *
     * @param known whether the API server's time is known
     * @param offset by how much this machine's clock is ahead of the API server's; negative if it is behind
     */
    public record Reading(boolean known, Duration offset) {
        /** Why nothing new is granted; empty if the clock does not prevent it. */
        public Optional<String> problem() {
            if (!known) {
                return Optional.of("the API server's time is not known");
            }
            return offset.abs().compareTo(TRUSTED) > 0
                    ? Optional.of("the operator's clock is " + text() + ", more than " + TRUSTED.toSeconds() + " s off")
                    : Optional.empty();
        }

        public boolean worthTelling() {
            return known && offset.abs().compareTo(TOLD) > 0;
        }

        /** For example {@code 120.4 s behind the API server's}. */
        public String text() {
            long tenths = offset.abs().toMillis() / 100;
            return tenths / 10 + "." + tenths % 10 + " s " + (offset.isNegative() ? "behind" : "ahead of")
                    + " the API server's";
        }
    }

    /**
     * @param wall this machine's clock
     * @param monotonic nanoseconds that only ever go forward
     */
    public ServerClock(InstantSource wall, LongSupplier monotonic) {
        this.wall = wall;
        this.monotonic = monotonic;
    }

    @Override
    public synchronized Instant instant() {
        Instant here = wall.instant();
        long now = monotonic.getAsLong();
        return server.filter(time -> !time.holds(nanos(here), now))
                .map(time -> instant(time.earliest(now)))
                .orElse(here);
    }

    /**
     * An answer came: it was asked for at {@code sent} and received at {@code received}, both by the monotonic clock,
     * and carries {@code date}.
     */
    public synchronized void answered(long sent, long received, Instant date) {
        if (sent - notBefore < 0 && notBefore != Long.MIN_VALUE) {
            // This request was sent before the clock was set, so its answer says nothing of the clock now.
            return;
        }
        ServerTime told = ServerTime.of(sent, received, nanos(date));
        server = Optional.of(server.flatMap(before -> before.and(told)).orElse(told));
        inDoubt = false;
    }

    /**
     * Compares this machine's clock with the monotonic one, which goes on when the clock is set, and stops while the
     * machine sleeps. To be called often.
     *
     * @return whether the two went apart since the last call, so that the API server has to be asked again
     */
    public synchronized boolean stepped() {
        long now = monotonic.getAsLong();
        long ahead = nanos(wall.instant()) - now;
        boolean step = looked && Math.abs(ahead - wallAhead) > STEP.toNanos();
        wallAhead = ahead;
        looked = true;
        if (step) {
            steps++;
            inDoubt = true;
            notBefore = now;
        }
        return step;
    }

    /** Whether the API server has to be asked what time it is. */
    public synchronized boolean inDoubt() {
        return inDoubt;
    }

    /** How often this machine's clock was set, or the machine slept. */
    public synchronized long steps() {
        return steps;
    }

    public synchronized Reading reading() {
        long now = monotonic.getAsLong();
        long here = nanos(wall.instant());
        return server.map(time -> new Reading(
                        !inDoubt, time.holds(here, now) ? Duration.ZERO : Duration.ofNanos(here - time.middle(now))))
                .orElse(new Reading(false, Duration.ZERO));
    }

    /**
     * About {@code wait}, moved to a moment when the API server's clock turns to a new second: an answer from then
     * tells most.
     */
    public synchronized Duration untilItTells(Duration wait) {
        long now = monotonic.getAsLong();
        return server.map(time -> {
                    long then = time.middle(now) + wait.toNanos();
                    long turn = Math.floorDiv(then + SECOND / 2, SECOND) * SECOND;
                    return wait.plusNanos(turn - then);
                })
                .orElse(wait);
    }

    private static long nanos(Instant at) {
        return Math.addExact(Math.multiplyExact(at.getEpochSecond(), SECOND), at.getNano());
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }
}
