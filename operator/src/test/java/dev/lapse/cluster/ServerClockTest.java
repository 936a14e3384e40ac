package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API server's time is known to milliseconds from dates that tell seconds, whatever this machine's clock says. */
class ServerClockTest {
    private static final Instant BEGIN = Instant.parse("2026-11-26T12:00:00.400Z");

    private long monotonic = 5_000_000_000L;
    private Duration wrong = Duration.ZERO;
    private final ServerClock clock = new ServerClock(() -> server().plus(wrong), () -> monotonic);

    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, -300_000, -120_000, -1_500, 1_500, 120_000, 300_000, 3_600_000})
    void isNeverAheadAndSoonHardlyBehind(long millis) {
        wrong = Duration.ofMillis(millis);

        ask(60);

        assertThat(clock.instant()).isBeforeOrEqualTo(server()).isAfter(server().minusMillis(20));
        assertThat(clock.reading().known()).isTrue();
        assertThat(Duration.between(
                                server().plus(wrong),
                                server().plus(clock.reading().offset()))
                        .abs())
                .isLessThan(Duration.ofMillis(20));
    }

    @Test
    void isThisMachinesClockWhereThatIsRight() {
        ask(60);

        assertThat(clock.instant()).isEqualTo(server());
        assertThat(clock.reading().offset()).isZero();
        assertThat(clock.reading().problem()).isEmpty();
        assertThat(clock.reading().worthTelling()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, 3_600_000})
    void doesNotFollowThisMachinesClockWhereSomebodySetsIt(long millis) {
        ask(60);
        clock.stepped();
        wrong = Duration.ofMillis(millis);
        pass(Duration.ofMillis(500));

        assertThat(clock.stepped()).isTrue();

        assertThat(clock.instant()).isBeforeOrEqualTo(server()).isAfter(server().minusMillis(20));
        assertThat(clock.reading().known()).isFalse();
        assertThat(clock.reading().problem())
                .hasValueSatisfying(why -> assertThat(why).contains("not known"));
        assertThat(clock.steps()).isEqualTo(1);
    }

    /** Then the monotonic clock stands while all others go on. */
    @Test
    void isRightAgainByTheFirstAnswerAfterTheMachineSlept() {
        ask(60);
        clock.stepped();
        asleep = asleep.plus(Duration.ofHours(1));

        assertThat(clock.stepped()).isTrue();
        assertThat(clock.reading().known()).isFalse();
        answer();

        assertThat(clock.reading().known()).isTrue();
        assertThat(clock.instant()).isEqualTo(server());
    }

    @Test
    void knowsNothingBeforeTheFirstAnswer() {
        assertThat(clock.reading().problem()).isPresent();
        assertThat(clock.inDoubt()).isTrue();
    }

    @Test
    void anAnswerToAQuestionFromBeforeTheStepSaysNothing() {
        ask(60);
        clock.stepped();
        long sent = monotonic;
        Instant date = server().truncatedTo(ChronoUnit.SECONDS);
        pass(Duration.ofMillis(10));
        wrong = Duration.ofHours(1);
        clock.stepped();

        clock.answered(sent, monotonic, date);

        assertThat(clock.reading().known()).isFalse();
    }

    @Test
    void pastThirtySecondsNothingNewIsGrantedAndPastTwoPeopleAreTold() {
        wrong = Duration.ofSeconds(-29);
        ask(60);
        assertThat(clock.reading().problem()).isEmpty();
        assertThat(clock.reading().worthTelling()).isTrue();
        assertThat(clock.reading().text()).isEqualTo("29.0 s behind the API server's");

        wrong = Duration.ofSeconds(-31);
        assertThat(clock.reading().problem())
                .hasValue("the operator's clock is 31.0 s behind the API server's, more than 30 s off");
    }

    private Duration asleep = Duration.ZERO;

    private Instant server() {
        return BEGIN.plusNanos(monotonic).plus(asleep);
    }

    private void pass(Duration time) {
        monotonic += time.toNanos();
    }

    /** As the lease is renewed, with answers that take up to 6 ms. */
    private void ask(int times) {
        Random random = new Random(7);
        for (int i = 0; i < times; i++) {
            pass(clock.untilItTells(Duration.ofSeconds(2)));
            long sent = monotonic;
            pass(Duration.ofMillis(1 + random.nextInt(3)));
            Instant date = server().truncatedTo(ChronoUnit.SECONDS);
            pass(Duration.ofMillis(1 + random.nextInt(3)));
            clock.answered(sent, monotonic, date);
        }
    }

    private void answer() {
        pass(Duration.ofMillis(2));
        clock.answered(monotonic - Duration.ofMillis(1).toNanos(), monotonic, server().truncatedTo(ChronoUnit.SECONDS));
    }
}
