package dev.lapse.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.lapse.condition.Reason;
import dev.lapse.runtime.MetricsReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages name is there: links, files, test classes, metrics, reasons, decisions. */
class DocsTest {
    private static final Pattern FILE =
            Pattern.compile("(?:crds|dev|docs|examples|helm|operator)/[\\w./-]*|(?:pom\\.xml|README\\.md|demo)");
    private static final Pattern TEST_CLASS = Pattern.compile("[A-Z]\\w*(?:Test|IT)");
    private static final Pattern METRIC = Pattern.compile("\\blapse_[a-z_]+");
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
    private static final String DECISION = "\\d{4}-[a-z0-9-]+\\.md";
    private static final String LINKED = "\\[\\d{4}]\\(" + DECISION + "\\)";
    private static final Pattern HEAD = Pattern.compile("# (\\d{4}): (\\S.*)\\R\\RDate: (.*)\\RStatus: (.*)\\R\\R");
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern STATUS = Pattern.compile(
            "Accepted|Accepted, changed by " + LINKED + "(?: and " + LINKED + ")*|Replaced by " + LINKED);
    private static final Pattern HINDRANCE = Pattern.compile("Reason\\.([A-Z]\\w+)");

    static List<Path> pages() {
        return Docs.pages();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path page) {
        SoftAssertions softly = new SoftAssertions();

        Docs.links(page).stream().filter(link -> !link.startsWith("http")).forEach(link -> {
            String[] parts = link.split("#", 2);
            Path target =
                    parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
            softly.assertThat(target).as(link).exists();
            if (parts.length == 2 && Files.exists(target)) {
                softly.assertThat(anchors(target)).as(link).contains(parts[1]);
            }
        });

        softly.assertAll();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void filesThatAreNamedExist(Path page) {
        SoftAssertions softly = new SoftAssertions();

        Docs.codes(page).stream()
                .filter(code -> FILE.matcher(code).matches())
                .filter(code -> !code.startsWith("operator/target/"))
                .forEach(file -> softly.assertThat(Docs.ROOT.resolve(file)).exists());

        softly.assertAll();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void testsThatAreNamedExist(Path page) {
        Set<String> classes = testClasses();

        List<String> named = Docs.codes(page).stream()
                .filter(code -> TEST_CLASS.matcher(code).matches())
                .toList();

        assertThat(classes).containsAll(named);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void metricsThatAreNamedAreMeasured(Path page) {
        List<String> named = METRIC.matcher(Docs.text(page))
                .results()
                .map(MatchResult::group)
                .filter(name -> !name.endsWith("_"))
                .toList();

        assertThat(MetricsReference.names()).containsAll(named);
    }

    @Test
    void everyReasonThatHindersAGrantHasARemedy() throws IOException {
        Set<String> remedied = Docs.codes(Docs.ROOT.resolve("docs/runbooks/grant-does-not-start.md")).stream()
                .collect(Collectors.toSet());

        assertThat(remedied).containsAll(refusals());
    }

    @Test
    void theGuardsProblemsAreToldAsTheCodeTellsThem() throws IOException {
        String guard = sources("operator/src/main/java/dev/lapse/guard", ".*\\.java")
                + sources("operator/src/main/java/dev/lapse/runtime", "(Health|Controllers)\\.java");
        List<String> told = Docs.text(Docs.ROOT.resolve("docs/runbooks/guard-not-ready.md"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|", -1)[1])
                .flatMap(cell -> Arrays.stream(cell.split("[`,…]")))
                .map(text -> text.strip().replaceAll(":$", ""))
                .filter(text -> !text.isEmpty())
                .toList();

        assertThat(told)
                .hasSizeGreaterThan(8)
                .allSatisfy(text -> assertThat(guard).contains(text));
    }

    @Test
    void everyReasonIsUsed() throws IOException {
        Set<String> used = reasonsIn(Docs.ROOT.resolve("operator/src/main/java"), ".*\\.java");

        assertThat(used)
                .containsAll(Arrays.stream(Reason.values()).map(Enum::name).toList());
    }

    @Test
    void everyDecisionHasNumberDateAndStatusAndStandsInTheTable() {
        Path folder = Docs.ROOT.resolve("docs/decisions");
        Path table = folder.resolve("README.md");
        Stream<String> lines = Docs.text(table).lines();
        List<String> rows = lines.filter(line -> line.startsWith("| 0")).toList();

        List<String> decisions = Docs.pages().stream()
                .filter(page -> page.startsWith(folder) && !page.equals(table))
                .map(DocsTest::rowOf)
                .toList();

        assertThat(decisions).isNotEmpty();
        assertThat(rows).containsExactlyElementsOf(decisions);
    }

    /** The row of the table that a decision's own head asks for. */
    private static String rowOf(Path decision) {
        String file = decision.getFileName().toString();
        Matcher head = HEAD.matcher(Docs.text(decision));
        assertThat(head.lookingAt()).as(file).isTrue();
        String number = head.group(1);
        String title = head.group(2);
        String date = head.group(3);
        String status = head.group(4);

        assertThat(file).matches(DECISION).startsWith(number);
        assertThat(date).as(file).matches(DATE);
        assertThat(status).as(file).matches(STATUS);
        return "| " + number + " | [" + title + "](" + file + ") | " + date + " | " + status + " |";
    }

    /** The reasons that the checks of a request give. */
    private static Set<String> refusals() throws IOException {
        return reasonsIn(Docs.ROOT.resolve("operator/src/main/java/dev/lapse/grant"), ".*Checks\\.java");
    }

    /** With strings that are written over several lines joined. */
    private static String sources(String folder, String files) throws IOException {
        try (Stream<Path> sources = Files.walk(Docs.ROOT.resolve(folder))) {
            return sources.filter(file -> file.getFileName().toString().matches(files))
                    .map(Docs::text)
                    .collect(Collectors.joining())
                    .replaceAll("\"\\s*\\+\\s*\"", "");
        }
    }

    private static Set<String> reasonsIn(Path folder, String files) throws IOException {
        Set<String> reasons = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(folder)) {
            sources.filter(file -> file.getFileName().toString().matches(files))
                    .flatMap(file -> HINDRANCE.matcher(Docs.text(file)).results())
                    .forEach(match -> reasons.add(match.group(1)));
        }
        return reasons;
    }

    private static Set<String> testClasses() {
        try (Stream<Path> sources = Files.walk(Docs.ROOT.resolve("operator/src/test/java"))) {
            return sources.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            return fail(e);
        }
    }

    /** As GitHub makes them: small letters, hyphens for spaces, and no other signs than letters, digits and hyphens. */
    private static List<String> anchors(Path page) {
        return HEADING.matcher(Docs.text(page))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
