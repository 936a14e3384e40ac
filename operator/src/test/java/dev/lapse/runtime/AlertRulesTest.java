package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.docs.AlertRules;
import dev.lapse.docs.AlertRules.Alert;
import dev.lapse.docs.Docs;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the shipped alerts look at is measured, from the start, and each names a page that says what to do. */
class AlertRulesTest {
    private static final Pattern SELECTOR = Pattern.compile("(lapse_[a-z_]+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)=(~?)\"([^\"]*)\"");
    private static final Pattern SAMPLE = Pattern.compile("(lapse_[a-z_]+)(?:\\{([^}]*)})? (\\S+)");

    /** One condition on a label. */
    private record Wanted(String label, boolean pattern, String value) {}

    static List<Alert> alerts() {
        return AlertRules.all();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void whatItLooksAtIsThereBeforeAnythingHappened(Alert alert) {
        List<String> samples = MetricsReference.fresh()
                .lines()
                .filter(line -> line.startsWith("lapse_"))
                .toList();

        Matcher selector = SELECTOR.matcher(alert.expression());

        assertThat(selector.results().toList())
                .isNotEmpty()
                .allSatisfy(found -> wanted(found.group(2))
                        .forEach(wanted -> values(wanted)
                                .forEach(value -> assertThat(samples)
                                        .anySatisfy(sample -> assertThat(sample)
                                                .startsWith(found.group(1))
                                                .contains(wanted.label() + "=\"" + value + "\"")))))
                .allSatisfy(found ->
                        assertThat(samples).anyMatch(sample -> name(sample).equals(found.group(1))));
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void itsRunbookIsThere(Alert alert) {
        assertThat(alert.summary()).isNotBlank();
        assertThat(alert.severity()).isIn("critical", "warning");
        assertThat(alert.runbook()).startsWith("docs/runbooks/");
        assertThat(Docs.ROOT.resolve(alert.runbook())).isRegularFile();
    }

    @Test
    void everyCounterBeginsAtZero() {
        List<String> counters = MetricsReference.fresh()
                .lines()
                .filter(line -> line.startsWith("# TYPE lapse_") && line.endsWith(" counter"))
                .map(line -> line.split(" ", 4)[2])
                .toList();

        List<Matcher> samples = MetricsReference.fresh()
                .lines()
                .map(SAMPLE::matcher)
                .filter(Matcher::matches)
                .filter(sample -> counters.contains(sample.group(1)))
                .toList();

        assertThat(samples).extracting(sample -> sample.group(1)).containsAll(counters);
        assertThat(samples).allSatisfy(sample -> assertThat(sample.group(3)).isEqualTo("0.0"));
        assertThat(samples)
                .extracting(Matcher::group)
                .contains(
                        "lapse_revocations_total{actor_type=\"Pipeline\",cause=\"StatusForged\"} 0.0",
                        "lapse_revocations_total{actor_type=\"unknown\",cause=\"RoleWidened\"} 0.0",
                        "lapse_revocations_total{actor_type=\"Agent\",cause=\"SubjectGone\"} 0.0",
                        "lapse_breakglass_activations_total{actor_type=\"Vendor\"} 0.0",
                        "lapse_tokens_issued_total{actor_type=\"Workload\"} 0.0",
                        "lapse_reviews_ended_total{outcome=\"Denied\"} 0.0",
                        "lapse_reviews_ended_total{outcome=\"Expired\"} 0.0",
                        "lapse_verdicts_total{reason=\"SamePerson\"} 0.0");
    }

    private static List<Wanted> wanted(String labels) {
        return labels == null
                ? List.of()
                : MATCHER.matcher(labels)
                        .results()
                        .map(found -> new Wanted(found.group(1), !found.group(2).isEmpty(), found.group(3)))
                        .toList();
    }

    /** Our patterns are alternatives and nothing else. */
    private static List<String> values(Wanted wanted) {
        return wanted.pattern() ? List.of(wanted.value().split("\\|", -1)) : List.of(wanted.value());
    }

    private static String name(String sample) {
        return sample.replaceFirst("[{ ].*", "");
    }
}
