package dev.lapse.api.v1alpha1;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is asked of a text that people write in a spec: a pattern, and what whoever is refused reads. In the schema it is a CEL
 * rule, because the API server answers to a broken pattern with nothing but the pattern.
 */
public enum TextShape {
    VISIBLE(
            PeoplesText.SCHEMA,
            "one line of visible characters",
            "write one line, without tabs, control characters and characters that nobody sees: others are shown this text"),
    PROSE(
            PeoplesText.SCHEMA_OF_PROSE,
            "one line of visible characters, and a new line",
            "write one line (in YAML > instead of |), without tabs, control characters and characters that nobody sees:"
                    + " others are shown this text"),
    ROLE_NAME(
            PeoplesText.SCHEMA_OF_A_PATH_SEGMENT,
            "the name of a role",
            "write the name of the role as kubectl get shows it: without / and %, and without characters that nobody sees"),
    LABEL(
            "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
            "a DNS label",
            "a name here has lower-case letters, digits and dashes, and begins and ends with a letter or digit;"
                    + " there are no wildcards"),
    SUBDOMAIN(
            "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
            "a DNS subdomain",
            "a name here has lower-case letters, digits, dashes and dots, and begins and ends with a letter or digit;"
                    + " no namespace stands before it"),
    CERTIFICATE(
            "^-----BEGIN CERTIFICATE-----\\s[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s*$",
            "a certificate in PEM",
            "write one certificate in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"),
    INSTANT(
            Instants.PATTERN,
            "an instant as of RFC 3339",
            "write an instant as RFC 3339 does, with its time of day and its zone: 2027-01-31T00:00:00Z"),
    DURATION(Durations.PATTERN, "a duration", Durations.REMEDY);

    private static final Pattern CODE_POINT = Pattern.compile("\\\\\\\\x\\{([0-9A-F]+)}");

    private final String pattern;
    private final String title;
    private final String message;

    TextShape(String pattern, String title, String message) {
        this.pattern = pattern;
        this.title = title;
        this.message = message;
    }

    static TextShape of(String pattern) {
        return Stream.of(values())
                .filter(shape -> shape.pattern.equals(pattern))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("say what to write where " + pattern + " is broken"));
    }

    /** The one that a CEL rule asks for. */
    public static Optional<TextShape> askedBy(String rule) {
        return Stream.of(values())
                .filter(shape -> rule.contains("self" + shape.matches()))
                .findFirst();
    }

    /** What it takes, for a table. */
    public String title() {
        return title;
    }

    String message() {
        return message;
    }

    boolean takesNothing() {
        return Pattern.compile(pattern).matcher("").find();
    }

    String rule() {
        String matches = "self" + matches();
        // The pattern cannot know the years that have a 29th of February.
        return this == INSTANT ? matches + " && timestamp(self) > timestamp('0001-01-01T00:00:00Z')" : matches;
    }

    private String matches() {
        return ".matches('" + inCel() + "')";
    }

    /** The API server reckons what a rule may cost by the pattern's length: a code point is shorter than its number. */
    private String inCel() {
        return CODE_POINT.matcher(pattern.replace("\\", "\\\\")).replaceAll(match -> {
            int codePoint = Integer.parseInt(match.group(1), 16);
            return Matcher.quoteReplacement(String.format(codePoint > 0xFFFF ? "\\U%08X" : "\\u%04X", codePoint));
        });
    }
}
