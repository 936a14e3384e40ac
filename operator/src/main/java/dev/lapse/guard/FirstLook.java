package dev.lapse.guard;

import dev.lapse.api.v1alpha1.Proof;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whether everything that was there when the guard settled has been looked at since. Before that, a name that somebody
 * writes into it may count as unproved, and would have to be written again.
 */
public final class FirstLook {
    /** What cannot be looked at, as where a webhook of others refuses the status, must not hold up the rest for ever. */
    static final Duration AT_MOST = Duration.ofSeconds(60);

    private static final GuardState NEVER = GuardState.notReady("nothing has been looked at yet");

    private final Supplier<Stream<Named>> present;
    private volatile GuardState over = NEVER;
    private volatile Asked asked = new Asked(NEVER, Instant.MIN);

    /** Since when this instance knows that the guard has settled: it may have done so before the instance began. */
    private record Asked(GuardState guard, Instant first) {}

    /** An object in which names are written after it was made: when it was made, and the proof in its status. */
    public record Named(Instant createdAt, Optional<Proof> proof) {}

    /** @param present all that there is now */
    public FirstLook(Supplier<Stream<Named>> present) {
        this.present = present;
    }

    /** Goes through all there is until it is over, once for each time the guard has settled. */
    public boolean isOver(GuardState guard, Instant now) {
        if (!guard.settled(now)) {
            return false;
        }
        if (guard.equals(over)) {
            return true;
        }
        Asked known = asked;
        if (!guard.equals(known.guard())) {
            known = new Asked(guard, now);
            asked = known;
        }
        boolean all = now.isAfter(known.first().plus(AT_MOST))
                || present.get().allMatch(named -> NameProof.fromNowOn(guard, named.proof(), named.createdAt()));
        if (all) {
            over = guard;
        }
        return all;
    }
}
