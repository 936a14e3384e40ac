package dev.lapse.guard;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Whether the guard stands, and since when a write that it lets through counts as proved.
 *
 * @param ready whether every policy was seen to refuse its canary
 * @param epoch which installation of the guard this is; empty while not ready
 * @param firstRefusal when every policy of this epoch was first seen to refuse; the far future while not ready
 * @param settledAt from when on every API server refuses; the far future while not ready
 * @param problem why it is not ready, as a sentence; empty when it is
 */
public record GuardState(boolean ready, String epoch, Instant firstRefusal, Instant settledAt, String problem) {
    /**
     * The guard settles at a whole second. Times of creation and of a recorded look are cut to the second. So a look
     * in the second in which the guard settled would otherwise count as too early.
     */
    public static GuardState ready(String epoch, Instant firstRefusal, Duration settle) {
        Instant settled = firstRefusal.plus(settle);
        Instant second = settled.truncatedTo(ChronoUnit.SECONDS);
        return new GuardState(true, epoch, firstRefusal, second.equals(settled) ? settled : second.plusSeconds(1), "");
    }

    public static GuardState notReady(String problem) {
        return new GuardState(false, "", Instant.MAX, Instant.MAX, problem);
    }

    /**
     * Whether an object with creationTimestamp {@code createdAt} was created under this epoch, with the guard standing
     * on every API server.
     *
     * <p>The API server that answered the canary is not the only one, and an API server goes on admitting for a moment
     * after a policy is installed. So objects count from when the guard has settled, not from the first refusal. A
     * creationTimestamp is cut to its second, so an object counts as a little older than it is.
     */
    public boolean guarded(Instant createdAt) {
        return ready && !createdAt.isBefore(settledAt);
    }

    /** Whether the guard stands on every API server at {@code now}. */
    public boolean settled(Instant now) {
        return guarded(now);
    }
}
