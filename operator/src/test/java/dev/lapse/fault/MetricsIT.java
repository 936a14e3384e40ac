package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.api.v1alpha1.GrantPhase;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the process tells of itself: metrics that count what happened, health that says the truth, logs for machines. */
class MetricsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PIPELINE = "actor_type=\"Pipeline\"";

    private static Stage stage;
    private static List<Life> revoked;
    private static List<Life> expired;

    /** A fresh process, so that it counted nothing else. */
    @BeforeAll
    static void lives() {
        stage = Stage.set();
        revoked = lives("revoked", Shape.DEDICATED_TOKEN, Shape.SUBJECT_NONE);
        expired = lives("expired", Shape.DEDICATED_TOKEN);
        stage.scenery().place(Stream.concat(revoked.stream(), expired.stream()).toList());
        stage.scenery().letViewByOtherMeans(revoked.get(1).namespace);
        stage.scenery().ask(revoked, Duration.ofMinutes(20));
        stage.scenery().ask(expired, Duration.ofSeconds(5));
        stage.scenery().awaitPhase(revoked, GrantPhase.Active);
        revoked.forEach(stage.scenery()::revoke);
        stage.scenery().awaitPhase(revoked, GrantPhase.Revoked);
        stage.scenery().awaitPhase(expired, GrantPhase.Expired);
        stage.awaitQuiet();
    }

    @AfterAll
    static void ends() {
        stage.close();
    }

    @Test
    void countsGrantsByPhaseAndActorType() {
        double here = sample("lapse_grants{" + PIPELINE + ",phase=\"Expired\"}");

        assertThat(here).isGreaterThanOrEqualTo(expired.size());
    }

    @Test
    void countsTokensByActorType() {
        assertThat(sample("lapse_tokens_issued_total{" + PIPELINE + "}")).isEqualTo(2);
    }

    @Test
    void countsEndsByCause() {
        assertThat(sample("lapse_revocations_total{" + PIPELINE + ",cause=\"Revoked\"}"))
                .isEqualTo(2);
        assertThat(sample("lapse_revocations_total{" + PIPELINE + ",cause=\"Expired\"}"))
                .isEqualTo(1);
    }

    @Test
    void measuresHowLateEndsAre() {
        assertThat(sample("lapse_revocation_lag_seconds_count")).isEqualTo(3);
        assertThat(sample("lapse_revocation_lag_seconds_bucket{le=\"+Inf\"}")).isEqualTo(3);
        assertThat(sample("lapse_revocation_lag_seconds_sum"))
                .isCloseTo(sample("lapse_exposed_seconds_total"), within(1e-6))
                .isBetween(0.0, 30.0);
    }

    @Test
    void countsPrivilegeThatIsLeft() {
        assertThat(sample("lapse_verification_failures_total")).isEqualTo(1);
    }

    @Test
    void isAliveAndReady() {
        assertThat(stage.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(stage.get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void isNotReadyWhileAPartOfTheGuardIsGoneAndNamesIt() {
        var bindings = stage.admin().admissionRegistration().v1().validatingAdmissionPolicyBindings();
        ValidatingAdmissionPolicyBinding binding =
                bindings.withName("lapse-grants").require();

        bindings.withName("lapse-grants").delete();

        await().atMost(Stage.PATIENCE).untilAsserted(() -> {
            assertThat(stage.get("/readyz").statusCode()).isEqualTo(503);
            assertThat(stage.get("/readyz").body())
                    .contains("guard: no: ValidatingAdmissionPolicyBinding/lapse-grants is missing");
        });
        assertThat(sample("lapse_guard_ready")).isZero();
        assertThat(stage.get("/healthz").statusCode()).isEqualTo(200);
        binding.getMetadata().setResourceVersion(null);
        stage.admin().resource(binding).create();
        await().atMost(Stage.PATIENCE)
                .untilAsserted(
                        () -> assertThat(stage.get("/readyz").statusCode()).isEqualTo(200));
        assertThat(sample("lapse_guard_ready")).isOne();
    }

    @Test
    void logsOneJsonObjectALine() {
        assertThat(stage.operatorLog().lines()).isNotEmpty().allSatisfy(line -> {
            JsonNode entry = parsed(line);
            assertThat(entry.path("timestamp").isNumber()).as(line).isTrue();
            assertThat(entry.path("level").asText()).as(line).isNotEmpty();
            assertThat(entry.path("formattedMessage").asText()).as(line).isNotEmpty();
        });
    }

    private static List<Life> lives(String end, Shape... shapes) {
        return Stream.of(shapes)
                .map(shape -> new Life("metrics-" + end + "-" + shape.text(), shape, Life.UNHARMED))
                .toList();
    }

    /** The value of one line of the metrics. */
    private static double sample(String series) {
        return stage.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .findFirst()
                .map(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .orElseThrow(() -> new AssertionError("no series " + series));
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
    }
}
