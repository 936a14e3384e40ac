package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import java.time.Instant;
import java.util.Optional;

/** Why a grant may not become active now. */
public sealed interface Obstacle {
    /** It never will be. */
    record Refused(Reason reason, String message) implements Obstacle {}

    /** It may be later. */
    record Waiting(GrantPhase phase, Reason reason, String message, Optional<Instant> lookAgainAt)
            implements Obstacle {}

    /** Something has to be asked first. */
    record Unasked(GrantAction ask) implements Obstacle {}

    static Optional<Obstacle> refuse(Reason reason, String message) {
        return Optional.of(new Refused(reason, message));
    }

    static Optional<Obstacle> refuseIf(boolean refused, Reason reason, String message) {
        return refused ? refuse(reason, message) : Optional.empty();
    }
}
