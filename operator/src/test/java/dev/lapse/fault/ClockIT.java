package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's clock is wrong, or set while it runs: what ends, ends by the API server's time. */
class ClockIT {
    /** On a machine that does other things besides. */
    private static final Duration LATE = Duration.ofSeconds(2);

    /** Until a step of the clock is seen in the metrics. */
    private static final Duration NOTICED = Duration.ofSeconds(1);

    private static Stage stage;
    private static Witness witness;
    private static ShiftedClock clock;
    private static int number;

    @BeforeAll
    static void begins() {
        stage = Stage.set();
        stage.stop(1);
        clock = new ShiftedClock(stage.cluster().dir().resolve("clock"));
        witness = new Witness(stage.admin());
    }

    @AfterAll
    static void ends() {
        witness.close();
        stage.close();
    }

    @AfterEach
    void restores() {
        clock.set(Duration.ZERO);
        stage.stop(2);
        stage.stop(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-20, 20})
    void aClockThatIsALittleWrongChangesNothing(int seconds) {
        Instant from = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        clock.set(Duration.ofSeconds(seconds));
        stage.start(1, clock.environment());
        Life life = placed();
        Life until = placed();
        // Names are proved from a moment on that the operator's clock does not move.
        whenTheGuardHasSettledAnew("clock" + seconds);
        Instant notAfter = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(12);

        stage.scenery().ask(List.of(life), Duration.ofSeconds(10));
        // By a clock that is 20 s fast it has passed.
        stage.scenery().askUntil(until, notAfter);
        stage.scenery().awaitPhase(List.of(life, until), GrantPhase.Active);

        thenItEndsOnTime(life);
        thenItEndsOnTime(until);
        assertThat(stage.scenery().end(until)).isEqualTo(notAfter);
        assertThat(stage.get("/readyz").body()).contains("clock: ok: ").contains("which is corrected");
        assertThat(offset()).isBetween(seconds - 1.0, seconds + 1.0);
        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(toldByEventsSince(from))
                        .singleElement()
                        .asString()
                        .matches("the operator's clock is (19|20)\\.\\d s " + (seconds < 0 ? "behind" : "ahead of")
                                + " the API server's: grants end by the API server's time all the same"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-300, 300})
    void pastThirtySecondsNothingNewIsGrantedAndWhatEndsEndsOnTime(int seconds) {
        Instant from = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        stage.start(1, clock.environment());
        Life life = placed();
        Life late = placed();
        stage.scenery().ask(List.of(life), Duration.ofSeconds(25));
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Active);
        stage.stop(1);

        clock.set(Duration.ofSeconds(seconds));
        stage.startUnready(clock.environment());
        await().atMost(Stage.PATIENCE)
                .until(() ->
                        stage.answers("/readyz") && stage.get("/readyz").body().contains("role: ok: leader"));
        stage.scenery().ask(List.of(late), Duration.ofMinutes(20));

        thenItEndsOnTime(life);
        assertThat(stage.get("/readyz").statusCode()).isEqualTo(503);
        assertThat(stage.get("/readyz").body()).contains("clock: no: ");
        assertThat(offset()).isBetween(seconds - 1.0, seconds + 1.0);
        assertThat(stage.scenery().grant(late).getStatus().toString()).contains("ClockUnsure");
        assertThat(stage.scenery().phase(late)).isEqualTo(GrantPhase.Pending);
        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(toldByEventsSince(from))
                        .anySatisfy(told -> assertThat(told).contains("nothing new is granted until it is set")));

        clock.set(Duration.ZERO);

        stage.scenery().awaitPhase(List.of(late), GrantPhase.Active);
    }

    @ParameterizedTest
    @ValueSource(ints = {-3_600, 3_600})
    void whoeverSetsTheClockEndsNothingEarlyOrLate(int seconds) {
        stage.start(1, clock.environment());
        Life life = placed();
        stage.scenery().ask(List.of(life), Duration.ofSeconds(10));
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Active);
        double steps = metric("lapse_clock_steps_total");

        clock.set(Duration.ofSeconds(seconds));
        Instant set = Instant.now();

        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(Stage.PATIENCE)
                .until(() -> metric("lapse_clock_steps_total") > steps);
        assertThat(Duration.between(set, Instant.now())).isLessThan(NOTICED);
        thenItEndsOnTime(life);
    }

    @Test
    void aStandbyWithAFastClockDoesNotTakeTheLead() {
        stage.start(1, Map.of());
        clock.set(Duration.ofMinutes(5));
        stage.startUnready(2, clock.environment());

        await().during(Duration.ofSeconds(20))
                .atMost(Stage.PATIENCE)
                .until(() -> "operator"
                        .equals(stage.admin()
                                .leases()
                                .inNamespace("lapse-system")
                                .withName("lapse-operator")
                                .require()
                                .getSpec()
                                .getHolderIdentity()));
        assertThat(stage.get("/readyz").statusCode()).isEqualTo(200);
    }

    private static Life placed() {
        number++;
        Life life = new Life("clock-" + number, Shape.DEDICATED_TOKEN, Life.UNHARMED);
        stage.scenery().place(List.of(life));
        return life;
    }

    private static void thenItEndsOnTime(Life life) {
        stage.scenery().awaitPhase(List.of(life), GrantPhase.Expired);
        var status = stage.scenery().grant(life).getStatus();
        Instant due = status.expiresAt();
        Instant gone = witness.lastBindingGone(life.uid()).orElseThrow();
        assertThat(gone).isAfterOrEqualTo(due).isBefore(due.plus(LATE));
        assertThat(Duration.between(gone, status.end().effectiveAt()).abs()).isLessThan(Duration.ofSeconds(2));
    }

    private static void whenTheGuardHasSettledAnew(String applier) {
        stage.scenery().changeGuard(applier);
        await().pollInterval(Duration.ofMillis(50))
                .atMost(Stage.PATIENCE)
                .until(() -> stage.get("/readyz").body().contains("guard: no: "));
        await().atMost(Stage.PATIENCE).until(() -> stage.get("/readyz").statusCode() == 200);
    }

    private static List<String> toldByEventsSince(Instant from) {
        return stage.admin().v1().events().inNamespace("lapse-system").list().getItems().stream()
                .filter(event -> event.getReason().equals("ClockOff"))
                .filter(event -> !lastWritten(event).isBefore(from))
                .map(Event::getMessage)
                .toList();
    }

    /** By the API server's clock: what is told again is written into the Event that is there. */
    private static Instant lastWritten(Event event) {
        return event.getMetadata().getManagedFields().stream()
                .map(fields -> Instant.parse(fields.getTime()))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static double offset() {
        return metric("lapse_clock_offset_seconds");
    }

    private static double metric(String name) {
        return stage.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
