package dev.lapse.lane;

import java.time.Instant;
import java.util.Optional;

/**
 * What a worker found.
 *
 * @param endsAt when an access that goes on ends; absent if nothing of it can be due
 */
public record Looked(Outcome outcome, Optional<Instant> endsAt) {
    public static final Looked GONE = new Looked(Outcome.Gone, Optional.empty());
    public static final Looked FAILED = new Looked(Outcome.Failed, Optional.empty());

    /** What became of a look. */
    public enum Outcome {
        /** Nothing gives access any more. */
        Gone,
        /** The access goes on, or there never was any. */
        GoesOn,
        /** The access goes on unless something ends it that is found out elsewhere. */
        AskedElsewhere,
        /** It could not be taken away yet. */
        Failed
    }

    public static Looked goesOn(Optional<Instant> endsAt) {
        return new Looked(Outcome.GoesOn, endsAt);
    }

    public static Looked askedElsewhere(Optional<Instant> endsAt) {
        return new Looked(Outcome.AskedElsewhere, endsAt);
    }
}
