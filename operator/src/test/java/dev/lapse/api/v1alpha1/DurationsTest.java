package dev.lapse.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "1s, PT1S",
        "45s, PT45S",
        "1m, PT1M",
        "90m, PT90M",
        "1h30m, PT1H30M",
        "1h1s, PT1H1S",
        "90d, P90D",
        "1d1h1m1s, P1DT1H1M1S",
        "1d1s, P1DT1S",
        "1h0m0s, PT1H",
        "30m0s, PT30M",
        "1h30m0s, PT1H30M",
        "720h0m0s, PT720H",
        "0h30m, PT30M",
        "0d0h0m1s, PT1S",
        "1d0h0m0s, P1D",
        "1h0s, PT1H",
        "3600s, PT1H",
        "99999d, P99999D",
        "999999h, PT999999H",
        "9999999m, PT9999999M",
        "99999999s, PT99999999S",
        "99999d999999h9999999m99999999s, P99999DT999999H9999999M99999999S"
    })
    void readsWholeNumbersInDescendingUnits(String text, Duration duration) {
        assertThat(Durations.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "h",
                "1.5h",
                "1,5h",
                "-1h",
                "+1h",
                "1h; 9d",
                "1h 30m",
                "0s",
                "0h",
                "0m0s",
                "0d0h0m0s",
                "01h",
                "1h00m",
                "1h05m",
                "00m1s",
                "1h1h",
                "1s1m",
                "30m1h",
                "1h1d",
                " 1h",
                "1h ",
                "1h\n",
                "\n1h",
                "1H",
                "1D",
                "1w",
                "1y",
                "1ms",
                "1min",
                "PT1H",
                "1h30",
                "1e3s",
                "0x1s",
                "١h",
                "１h",
                "1ｈ",
                "1h\u0000",
                "100000d",
                "1000000h",
                "10000000m",
                "100000000s",
                "99999999999999999999s"
            })
    void refusesEverythingElse(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PT1S, 1s",
        "PT60S, 1m",
        "PT90M, 1h30m",
        "PT24H, 1d",
        "PT25H0M1S, 1d1h1s",
        "P90D, 90d",
        "PT1.999S, 1s",
        "PT0S, 0s",
        "PT0.5S, 0s",
        "PT-1H, 0s"
    })
    void writesTheLargestUnits(Duration duration, String text) {
        assertThat(Durations.format(duration)).isEqualTo(text);
    }

    @Test
    void whatItWritesIsWhatItRead() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            String text = written(random);

            Duration duration = Durations.parse(text).orElseThrow(() -> new AssertionError(text));
            String canonical = Durations.format(duration);

            assertThat(Durations.parse(canonical)).as(text).contains(duration);
            assertThat(Durations.format(duration)).isEqualTo(canonical);
        }
    }

    @Test
    void whatOneCharacterSpoilsIsRefusedOrAnotherDurationButNeverTheSame() {
        Random random = new Random(2);
        for (int i = 0; i < 10_000; i++) {
            String text = written(random);
            int at = random.nextInt(text.length() + 1);
            char spoiler = "-+., ;hdmsHDMS0PTe\n".charAt(random.nextInt(19));
            String spoiled = text.substring(0, at) + spoiler + text.substring(at);

            assertThat(Durations.parse(spoiled)).as(spoiled).isNotEqualTo(Durations.parse(text));
        }
    }

    /** Any duration people may write whose canonical form has no more than five digits of days. */
    private static String written(Random random) {
        StringBuilder text = new StringBuilder();
        while (text.isEmpty()) {
            text.append(random.nextBoolean() ? 1 + random.nextInt(9_000) + "d" : "")
                    .append(random.nextBoolean() ? 1 + random.nextInt(999_999) + "h" : "")
                    .append(random.nextBoolean() ? 1 + random.nextInt(9_999_999) + "m" : "")
                    .append(random.nextBoolean() ? 1 + random.nextInt(99_999_999) + "s" : "");
        }
        return text.toString();
    }
}
