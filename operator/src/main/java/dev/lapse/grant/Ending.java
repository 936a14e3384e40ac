package dev.lapse.grant;

import dev.lapse.api.v1alpha1.EndCause;
import java.time.Instant;
import java.util.Optional;

/** That a grant has to end, why, by whom, and since when. */
public record Ending(EndCause cause, Optional<String> by, Instant dueAt, String message) {
    public static Optional<Ending> of(EndCause cause, Instant dueAt, String message) {
        return Optional.of(new Ending(cause, Optional.empty(), dueAt, message));
    }

    public static Optional<Ending> when(boolean ended, EndCause cause, Instant dueAt, String message) {
        return ended ? of(cause, dueAt, message) : Optional.empty();
    }

    /**
     * A cause that has no time of its own is due since it could be known here.
     *
     * @param found when it was found
     * @param known when the event arrived that told of it
     */
    public Ending dueSince(Instant found, Instant known) {
        return dueAt.equals(found) && known.isBefore(found) ? new Ending(cause, by, known, message) : this;
    }
}
