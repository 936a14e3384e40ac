package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import java.time.Instant;
import java.util.Optional;

/** One thing that must hold before a grant may become active. */
@FunctionalInterface
interface RequestCheck {
    /** Nothing if it holds. */
    Optional<Obstacle> of(GrantFacts facts, Instant now);

    static Optional<Obstacle> refuse(Reason reason, String message) {
        return Optional.of(new Refused(reason, message));
    }

    static Optional<Obstacle> refuseIf(boolean refused, Reason reason, String message) {
        return refused ? refuse(reason, message) : Optional.empty();
    }

    /** Why a grant may not become active now. */
    sealed interface Obstacle permits Refused, Waiting, Unasked {}

    /** It never will be. */
    record Refused(Reason reason, String message) implements Obstacle {}

    /** It may be later. */
    record Waiting(GrantPhase phase, Reason reason, String message, Optional<Instant> lookAgainAt)
            implements Obstacle {}

    /** Something has to be asked first. */
    record Unasked(GrantAction ask) implements Obstacle {}
}
