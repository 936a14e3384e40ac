package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.cluster.EventCorrelator.Written;
import dev.lapse.cluster.KubernetesEvents.About;
import dev.lapse.cluster.KubernetesEvents.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventCorrelatorTest {
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final About GRANT = new About("PrivilegeGrant", "team", "g", "uid-1");
    private static final About OTHER = new About("PrivilegeGrant", "team", "h", "uid-2");

    private final EventCorrelator correlator = new EventCorrelator(100);
    private Instant now = START;
    private int names;

    @Test
    void theFirstIsANewObject() {
        assertThat(told("a")).contains(new Written("e1", 1, START, START, "a"));
    }

    @Test
    void theSameAgainRaisesTheCountOfTheFirst() {
        told("a");
        now = START.plusSeconds(7);

        assertThat(told("a")).contains(new Written("e1", 2, START, now, "a"));
    }

    @ParameterizedTest
    @CsvSource({
        // Of one object: kind, namespace, name, UID, type, reason, note
        "PrivilegeGrant,  team,  g, uid-1, Warning, Failed, a, the same",
        "ServiceIdentity, team,  g, uid-1, Warning, Failed, a, another",
        "PrivilegeGrant,  other, g, uid-1, Warning, Failed, a, another",
        "PrivilegeGrant,  team,  h, uid-1, Warning, Failed, a, another",
        "PrivilegeGrant,  team,  g, uid-9, Warning, Failed, a, another",
        "PrivilegeGrant,  team,  g, uid-1, Normal,  Failed, a, another",
        "PrivilegeGrant,  team,  g, uid-1, Warning, Denied, a, another",
        "PrivilegeGrant,  team,  g, uid-1, Warning, Failed, b, another",
    })
    void onlyWhatIsTheSameInAllPartsIsTheSame(
            String kind, String namespace, String name, String uid, Kind type, String reason, String note, String is) {
        told(GRANT, Kind.Warning, "Failed", "a");

        Written next =
                told(new About(kind, namespace, name, uid), type, reason, note).orElseThrow();

        assertThat(next.isNew()).isEqualTo(is.equals("another"));
    }

    @Test
    void theTenthDifferentNoteAndThoseAfterItBecomeOneEvent() {
        List<Written> nine = IntStream.range(1, 10)
                .mapToObj(i -> told("note " + i).orElseThrow())
                .toList();

        assertThat(nine).allMatch(Written::isNew);
        assertThat(told("note 10")).contains(new Written("e10", 1, START, START, combined("note 10")));
        assertThat(told("note 11")).contains(new Written("e10", 2, START, START, combined("note 11")));
        assertThat(told("note 11")).contains(new Written("e10", 3, START, START, combined("note 11")));
    }

    @Test
    void whatHadAnEventOfItsOwnBeforeGoesOnCountingThere() {
        IntStream.range(1, 12).forEach(i -> told("note " + i));

        assertThat(told("note 3")).contains(new Written("e3", 2, START, START, "note 3"));
    }

    @ParameterizedTest
    @CsvSource({"600, true", "601, false"})
    void notesAreSimilarWhileThePauseIsTenMinutesAtMost(int seconds, boolean combines) {
        IntStream.range(1, 10).forEach(i -> told("note " + i));
        now = START.plusSeconds(seconds);

        assertThat(told("note 10").orElseThrow().note().startsWith(EventCorrelator.COMBINED))
                .isEqualTo(combines);
    }

    @Test
    void aCombinedNoteIsNoLongerThanAnyOther() {
        IntStream.range(1, 10).forEach(i -> told("note " + i));

        assertThat(told("x".repeat(100)).orElseThrow().note())
                .hasSize(100)
                .startsWith(EventCorrelator.COMBINED + "xxx");
    }

    @Test
    void anObjectHasTwentyFiveOfAReasonAtOnce() {
        assertThat(IntStream.range(0, 100).filter(i -> told("a").isPresent()).count())
                .isEqualTo(25);
    }

    @Test
    void thenOneMoreForEachFiveMinutes() {
        flood(GRANT, "Failed");

        now = START.plus(Duration.ofMinutes(5)).minusMillis(1);
        assertThat(told("a")).isEmpty();
        now = START.plus(Duration.ofMinutes(5));
        assertThat(told("a")).isPresent();
        assertThat(told("a")).isEmpty();
        now = now.plus(Duration.ofDays(30));
        assertThat(IntStream.range(0, 100).filter(i -> told("a").isPresent()).count())
                .isEqualTo(25);
    }

    @Test
    void whatWasNotWrittenIsCounted() {
        flood(GRANT, "Failed");
        now = START.plus(Duration.ofMinutes(5));

        assertThat(told("a").orElseThrow().count()).isEqualTo(1_001);
    }

    @Test
    void anotherObjectLosesNothing() {
        flood(OTHER, "Failed");

        assertThat(told("a")).isPresent();
    }

    /** Somebody writes verdicts that do not count; the Warning that the review is overdue comes all the same. */
    @Test
    void anotherReasonOfTheSameObjectLosesNothing() {
        flood(GRANT, "VerdictDoesNotCount");

        assertThat(told(GRANT, Kind.Warning, "ReviewOverdue", "a")).isPresent();
    }

    @Test
    void aWarningLosesNothingToWhatIsNormal() {
        IntStream.range(0, 1_000).forEach(i -> told(GRANT, Kind.Normal, "Failed", "a"));

        assertThat(told(GRANT, Kind.Warning, "Failed", "a")).isPresent();
    }

    @Test
    void aClockThatIsSetBackTakesNothingAwayAndGivesNothing() {
        flood(GRANT, "Failed");
        now = START.minus(Duration.ofHours(1));

        assertThat(told("a")).isEmpty();
        now = now.plus(Duration.ofMinutes(5));
        assertThat(told("a")).isPresent();
    }

    @Test
    void ofTooManyObjectsThatIsForgottenWhichWasSilentForLongest() {
        told("a");
        told(OTHER, Kind.Warning, "Failed", "a");
        IntStream.range(2, EventCorrelator.MOST_KEYS).forEach(this::another);
        told(OTHER, Kind.Warning, "Failed", "a");

        another(EventCorrelator.MOST_KEYS);

        assertThat(told("a").orElseThrow().isNew()).as("was forgotten").isTrue();
        assertThat(told(OTHER, Kind.Warning, "Failed", "a").orElseThrow().count())
                .isEqualTo(3);
    }

    private void another(int number) {
        told(new About("PrivilegeGrant", "team", "g" + number, "u" + number), Kind.Warning, "Failed", "a");
    }

    private void flood(About about, String reason) {
        IntStream.range(0, 1_000).forEach(i -> told(about, Kind.Warning, reason, "a"));
    }

    private static String combined(String note) {
        return EventCorrelator.COMBINED + note;
    }

    private Optional<Written> told(String note) {
        return told(GRANT, Kind.Warning, "Failed", note);
    }

    private Optional<Written> told(About about, Kind kind, String reason, String note) {
        names++;
        return correlator.correlate(about, kind, reason, note, "e" + names, now);
    }
}
