package dev.lapse.api.v1alpha1;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one way Lapse reads durations: whole numbers with the units d, h, m, s in descending order, at least one second. A part
 * may be zero, because Go's tools write 1h0m0s.
 */
public final class Durations {
    /**
     * For the API server, whose engine has no look-ahead: one alternative for each unit that may be the first whose number is
     * not zero.
     */
    public static final String PATTERN =
            "^([1-9][0-9]{0,4}d((0|[1-9][0-9]{0,5})h)?((0|[1-9][0-9]{0,6})m)?((0|[1-9][0-9]{0,7})s)?"
                    + "|(0d)?[1-9][0-9]{0,5}h((0|[1-9][0-9]{0,6})m)?((0|[1-9][0-9]{0,7})s)?"
                    + "|(0d)?(0h)?[1-9][0-9]{0,6}m((0|[1-9][0-9]{0,7})s)?"
                    + "|(0d)?(0h)?(0m)?[1-9][0-9]{0,7}s)$";

    /** Behind a CEL expression that is a text: whether it is a duration. */
    static final String MATCHES = ".matches('" + PATTERN + "')";

    /** A CEL rule, because the API server answers to a broken pattern with nothing but the pattern. */
    static final String RULE = "self" + MATCHES;

    static final String REMEDY =
            "a duration is written 90d, 1h30m or 45s: whole numbers, units d h m s in descending order, at least 1s";

    private static final Pattern SHAPE = Pattern.compile(PATTERN);
    private static final Pattern PART = Pattern.compile("([0-9]+)([dhms])");

    private Durations() {}

    /** The duration that {@code text} writes, or nothing if it writes none. */
    public static Optional<Duration> parse(String text) {
        if (!SHAPE.matcher(text).matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            long count = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "d" -> Duration.ofDays(count);
                        case "h" -> Duration.ofHours(count);
                        case "m" -> Duration.ofMinutes(count);
                        default -> Duration.ofSeconds(count);
                    });
        }
        return Optional.of(sum);
    }

    /** {@code duration} in this notation, in its largest units, without its fraction of a second. */
    public static String format(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        StringBuilder text = new StringBuilder();
        append(text, seconds / 86_400, 'd');
        append(text, seconds % 86_400 / 3_600, 'h');
        append(text, seconds % 3_600 / 60, 'm');
        append(text, seconds % 60, 's');
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long count, char unit) {
        if (count > 0) {
            text.append(count).append(unit);
        }
    }
}
