package dev.lapse.grant.end;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.grant.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** While nothing but ends goes on: what was found gone may come back by a request that was under way. */
class EndingNotesTest {
    private static final String UID = "grant-uid";

    private final EndingNotes notes = new EndingNotes();

    @Test
    void whatWasNeverFoundGoneIsLookedAt() {
        assertThat(notes.needsNoLook(UID, NOW)).isFalse();

        notes.ends(UID, ending());
        assertThat(notes.needsNoLook(UID, NOW)).isFalse();
    }

    @ParameterizedTest(name = "found gone {0} s ago and {1} s ago: {2}")
    @CsvSource({
        // first, last, needs no look
        "0, 0, true",
        "29, 29, true",
        "30, 30, false",
        "3600, 3600, false",
        "60, 31, false",
        "60, 29, true",
        "89, 29, true",
        "90, 30, true",
        "3600, 3500, true"
    })
    void isLookedAtAgainUntilNothingCanBeUnderWayAnyMore(long first, long last, boolean needsNoLook) {
        notes.ends(UID, ending());
        notes.bindingsGone(UID, ago(first));
        notes.bindingsGone(UID, ago(last));

        assertThat(notes.needsNoLook(UID, NOW)).isEqualTo(needsNoLook);
    }

    @Test
    void aBindingThatWasLeftBeginsItAnew() {
        notes.ends(UID, ending());
        notes.bindingsGone(UID, ago(3600));
        notes.bindingRemoved(UID);
        assertThat(notes.needsNoLook(UID, NOW)).isFalse();

        notes.bindingsGone(UID, ago(31));
        assertThat(notes.needsNoLook(UID, NOW)).isFalse();
    }

    @Test
    void whenTheyWentIsWhenTheyWereLastFoundGone() {
        notes.ends(UID, ending());
        notes.bindingsGone(UID, ago(60));
        notes.bindingsGone(UID, ago(30));

        assertThat(notes.bindingsGoneAt(UID)).contains(ago(30));
    }

    private static Instant ago(long seconds) {
        return NOW.minus(Duration.ofSeconds(seconds));
    }

    private static Ending ending() {
        return new Ending(EndCause.Expired, Optional.empty(), NOW, "its time is over");
    }
}
