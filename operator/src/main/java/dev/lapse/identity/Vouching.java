package dev.lapse.identity;

import dev.lapse.access.Entitlement.NotEntitled;
import dev.lapse.access.UserInfo;
import dev.lapse.condition.Reason;
import java.time.Instant;

/**
 * What people said of an entry that goes beyond the limits of the applier that wrote it. A person who vouches for it
 * takes the place of its claimed author.
 */
public sealed interface Vouching {
    Vouching UNASKED = new Unasked();

    /** Nobody was asked yet. */
    record Unasked() implements Vouching {}

    /** People are asked. */
    record Asked(String review, Instant dueAt) implements Vouching {
        /** Whose verdict the entry waits for, and how to give it. */
        public String waits(EntryFacts entry) {
            return "it goes beyond the limits of the applier " + entry.via().orElse("") + " and waits until " + dueAt
                    + " for a person who may bind " + entry.role().text() + " there: kubectl lapse approve " + review;
        }
    }

    /**
     * Somebody who could bind the role there said yes. Whether they still could is asked each time the entry is used.
     */
    record Given(String review, UserInfo by) implements Vouching {
        /** The refusal if that person could not bind the role any more. */
        public NotEntitled lost(NotEntitled now) {
            return new NotEntitled(
                    now.where(),
                    now.denial() + "; " + by.user() + " had vouched for the entry in AccessReview " + review,
                    "once that review is deleted, or the entry changes, somebody else is asked");
        }
    }

    /** Nobody vouches for the entry in its present form. */
    record Refused(String review, Reason reason, String why) implements Vouching {}
}
