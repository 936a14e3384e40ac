package dev.lapse.protection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.docs.Docs;
import dev.lapse.protection.Protection.Removal;
import dev.lapse.protection.Protection.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of protections fits what it is about: whether a story fails without one is for {@code dev/unprotected}. */
class ProtectionsTest {
    private static final Path TESTS = Docs.ROOT.resolve("operator/src/test/java/dev/lapse");
    private static final Protections ALL = Protections.of(Docs.ROOT);

    static Stream<Protection> protections() {
        return ALL.protections().stream();
    }

    @ParameterizedTest
    @MethodSource("protections")
    void whatIsTakenAwayIsThereOnce(Protection protection) throws IOException {
        for (Removal removal : protection.without()) {
            String text = Files.readString(Docs.ROOT.resolve(removal.file()));

            assertThat(removal.occurrences(text))
                    .as("in %s: %s", removal.file(), removal.replace())
                    .isEqualTo(1);
            assertThat(removal.in(text)).isNotEqualTo(text);
        }
        assertThat(protection.without()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("protections")
    void theStoriesThatMustFailAreThere(Protection protection) throws IOException {
        Map<String, Path> classes = testClasses();

        assertThat(protection.red()).isNotEmpty();
        for (Story story : protection.red().keySet()) {
            assertThat(classes).containsKey(story.className());
            assertThat(Files.readString(classes.get(story.className())))
                    .containsPattern("void " + story.method() + "\\(");
        }
        assertThat(protection.red().values()).noneMatch(String::isBlank);
    }

    @Test
    void eachHasANameOfItsOwnAndSaysWhatItKeepsOut() {
        assertThat(ALL.protections()).extracting(Protection::name).doesNotHaveDuplicates();
        assertThat(ALL.protections()).allSatisfy(protection -> {
            assertThat(protection.name()).matches("[a-z0-9-]+");
            assertThat(protection.about()).isNotBlank();
            assertThat(protection.keepsOut()).matches("[^.]+[^. ]");
        });
    }

    @Test
    void everyClassOfStoriesIsNamedByAProtectionOrItIsSaidWhyNot() throws IOException {
        TreeSet<String> stories = testClasses().entrySet().stream()
                .filter(each -> each.getKey().endsWith("IT"))
                .filter(each -> each.getValue().getParent().endsWith("story"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> named = ALL.protections().stream()
                .flatMap(protection -> protection.red().keySet().stream())
                .map(Story::className)
                .collect(Collectors.toCollection(TreeSet::new));
        SoftAssertions softly = new SoftAssertions();

        for (String story : stories) {
            Optional<String> why = Optional.ofNullable(ALL.otherwise().get(story));
            softly.assertThat(named.contains(story))
                    .as("%s is either named by a protection or excused", story)
                    .isEqualTo(why.filter(text -> !text.isBlank()).isEmpty());
        }
        softly.assertThat(stories).containsAll(ALL.otherwise().keySet());

        softly.assertAll();
    }

    @Test
    void textIsFoundWhateverItsLineBreaks() {
        Removal removal = new Removal("file", "if (a\n  && b) {", "if ($1) {");

        assertThat(removal.in("x; if (a && b) {\n}")).isEqualTo("x; if ($1) {\n}");
        assertThat(removal.occurrences("if (a\n\t&&\nb) { if (a && b) {")).isEqualTo(2);
    }

    private static Map<String, Path> testClasses() throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            file -> file,
                            (one, other) -> one,
                            TreeMap::new));
        }
    }
}
