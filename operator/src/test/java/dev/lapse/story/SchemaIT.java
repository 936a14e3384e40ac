package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.lapse.story.Caller.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server accepts of the three kinds and what it refuses, with which words, before Lapse sees any of it. */
@SharesCluster
class SchemaIT {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final int FORBIDDEN = 403;
    private static final int UNPROCESSABLE = 422;
    private static Story story;

    @org.junit.jupiter.api.BeforeAll
    static void begins() {
        story = Story.begins();
        story.let("gitops-applier", "create get patch govern request", Story.IDENTITIES);
        story.let("rashid", "breakglass", Story.IDENTITIES);
        story.let("gitops-applier", "create get patch", Story.GRANTS);
        story.let("gina", "create get patch", "lapse.dev/accessreviews");
        story.let("gina", "campaign", Story.IDENTITIES);
        story.let("gitops-applier", "create get patch", "lapse.dev/accessreviews");
        story.let("gitops-applier", "campaign", Story.IDENTITIES);
    }

    static List<SchemaCase> cases() {
        return SchemaCase.all();
    }

    static Stream<SchemaBound> bounds() {
        return Stream.of("serviceidentities", "privilegegrants", "accessreviews")
                .flatMap(SchemaBound::of);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answers(SchemaCase given) {
        Optional<Answer> there = given.before().map(before -> applied(given, before));
        there.ifPresent(before -> assertThat(before.passed()).as(before.body()).isTrue());

        Answer answer = applied(given, given.file());

        if (given.accepted()) {
            assertThat(given.expectsNothing())
                    .as("an accepted case expects no refusal")
                    .isTrue();
            given.guard()
                    .ifPresentOrElse(
                            words -> {
                                assertThat(answer.code()).as(answer.body()).isEqualTo(FORBIDDEN);
                                assertThat(answer.message()).contains(words);
                            },
                            () -> assertThat(answer.passed())
                                    .as(answer.message())
                                    .isTrue());
        } else {
            assertThat(answer.passed()).as(answer.body()).isFalse();
            assertThat(answer.message()).contains(given.expects()).doesNotContain("should match", "no such key");
            assertThat(fields(answer))
                    .as("one refusal is one error: " + answer.message())
                    .doesNotHaveDuplicates();
            Answer left = new Caller(story.cluster().admin()).get(path(given, given.file()));
            assertThat(left.json().path("spec"))
                    .as("what a refused request leaves: all as it was, or nothing")
                    .isEqualTo(there.map(before -> before.json().path("spec")).orElse(MissingNode.getInstance()));
        }
    }

    /** Bounds are many and alike: each is broken by a value made for it. */
    @ParameterizedTest
    @MethodSource("bounds")
    void holdsTheBound(SchemaBound bound) {
        Answer answer = dryRun(bound.plural(), bound.broken());

        assertThat(answer.code()).as(answer.body()).isEqualTo(UNPROCESSABLE);
        assertThat(fields(answer)).contains(bound.field());
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void letsThroughWhatIsAtTheBound(SchemaBound bound) {
        Answer answer = dryRun(bound.plural(), bound.kept());

        // A text of one letter need not be a duration, which is a refusal of another kind.
        assertThat(answer.json().at("/details/causes"))
                .filteredOn(cause -> cause.path("field").asText().equals(bound.field()))
                .allSatisfy(cause -> assertThat(cause.path("message").asText())
                        .doesNotContain(
                                "Too long", "Too many", "Unsupported value", "in body should be ", "should have "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"serviceidentities", "privilegegrants", "accessreviews"})
    void isSelectedByItsPhase(String plural) {
        Answer answer =
                new Caller(story.cluster().admin()).get(story.path(plural) + "?fieldSelector=status.phase%3DActive");

        assertThat(answer.code()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void everyRuleOfTheSchemasHasACase() throws IOException {
        String expected = cases().stream()
                .filter(given -> !given.accepted())
                .map(SchemaCase::expects)
                .collect(Collectors.joining("\n"));

        for (String plural : List.of("serviceidentities", "privilegegrants", "accessreviews")) {
            JsonNode crd = YAML.readTree(SchemaBound.file(plural).toFile());
            assertThat(crd.findValues("x-kubernetes-validations"))
                    .isNotEmpty()
                    .allSatisfy(rules -> assertThat(rules)
                            .allSatisfy(rule -> assertThat(expected)
                                    .contains(rule.get("message").asText())));
        }
    }

    private static Answer applied(SchemaCase given, Path file) {
        Caller caller = caller(given.personFor(file));
        String yaml = SchemaCase.text(file);
        if (given.before().isEmpty()) {
            return caller.create(all(given) + "?fieldValidation=Strict", yaml);
        }
        return caller.apply(path(given, file) + "?fieldValidation=Strict", yaml);
    }

    private static Caller caller(String person) {
        return new Caller(
                person.equals("operator")
                        ? story.cluster().asOperator()
                        : story.cluster().as(person));
    }

    private static String path(SchemaCase given, Path file) {
        return all(given) + "/"
                + read(SchemaCase.text(file)).at("/metadata/name").asText();
    }

    private static String all(SchemaCase given) {
        return story.path(given.plural());
    }

    private static Answer dryRun(String plural, JsonNode object) {
        return caller(SchemaCase.usualAuthor(plural)).create(story.path(plural) + "?dryRun=All", object.toString());
    }

    private static List<String> fields(Answer answer) {
        return answer.json().at("/details/causes").findValuesAsText("field");
    }

    private static JsonNode read(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (IOException unreadable) {
            throw new AssertionError(yaml, unreadable);
        }
    }
}
