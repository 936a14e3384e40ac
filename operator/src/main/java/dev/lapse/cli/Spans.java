package dev.lapse.cli;

import dev.lapse.api.v1alpha1.Durations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import picocli.CommandLine.TypeConversionException;

/** Durations and instants as they are typed and as they are told. */
final class Spans {
    private Spans() {}

    static Duration parse(String text) {
        return Durations.parse(text)
                .orElseThrow(() -> new TypeConversionException("'" + text
                        + "' is no duration: write 90d, 1h30m or 45s, whole numbers with the units d h m s in descending"
                        + " order"));
    }

    static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException unreadable) {
            throw new TypeConversionException("'" + text + "' is no time: write it as 2026-12-01T08:00:00Z (RFC 3339)");
        }
    }

    /** In its two largest units: nobody wants the seconds of a day. */
    static String about(Duration span) {
        Duration positive = span.isNegative() ? span.negated() : span;
        Duration rounded = switch (scale(positive)) {
            case 0 -> Duration.ofSeconds(positive.toSeconds());
            case 1 -> Duration.ofMinutes(positive.toMinutes());
            default -> Duration.ofHours(positive.toHours());
        };
        return Durations.format(rounded);
    }

    private static int scale(Duration span) {
        if (span.compareTo(Duration.ofHours(1)) < 0) {
            return 0;
        }
        return span.compareTo(Duration.ofDays(1)) < 0 ? 1 : 2;
    }

    /** For example {@code 2026-12-01T08:00:00Z (in 12m)}. */
    static String untilTold(Instant at, Instant now) {
        return at
                + (at.isBefore(now)
                        ? " (" + about(Duration.between(at, now)) + " ago)"
                        : " (in " + about(Duration.between(now, at)) + ")");
    }
}
