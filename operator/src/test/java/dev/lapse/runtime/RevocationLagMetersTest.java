package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.grant.GrantMetricsSample;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The histogram that alerts and dashboards read, in the registry that a process has. */
class RevocationLagMetersTest {
    private static final String BUCKET = "lapse_revocation_lag_seconds_bucket{le=\"";

    private final Meters meters = new Meters();

    @ParameterizedTest
    @CsvSource({
        "0, 0.005",
        "5, 0.005",
        "6, 0.01",
        "10, 0.01",
        "11, 0.025",
        "40, 0.05",
        "100, 0.1",
        "900, 1.0",
        "1001, 5.0",
        "29000, 30.0",
        "300000, 300.0",
        "300001, +Inf"
    })
    void anEndFallsIntoTheSmallestBucketThatHoldsIt(long millis, String smallest) {
        GrantMetricsSample.ended(meters.registry(), Duration.ofMillis(millis), true);

        List<String> holding = meters.scrape()
                .lines()
                .filter(line -> line.startsWith(BUCKET) && line.endsWith(" 1"))
                .map(line -> line.substring(BUCKET.length(), line.indexOf('"', BUCKET.length())))
                .toList();

        assertThat(holding).first().isEqualTo(smallest);
    }

    @Test
    void aGrantThatNeverGaveAccessHasNoLag() {
        GrantMetricsSample.ended(meters.registry(), Duration.ofSeconds(20), false);

        assertThat(meters.scrape())
                .contains("lapse_revocation_lag_seconds_count 0")
                .contains("lapse_exposed_seconds_total 0.0")
                .contains("lapse_revocations_total{actor_type=\"unknown\",cause=\"Expired\"} 1.0");
    }
}
