package dev.lapse.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every string of a spec that people write refuses what would be shown as something else than it is. */
class TextInSchemaTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** The rule's last one: before it may stand that a blank text has a refusal of its own. */
    private static final Pattern MATCHES = Pattern.compile("self\\.matches\\('(\\^(?:[^'\\\\]|\\\\.)*)'\\)");

    private static final Pattern ESCAPED = Pattern.compile("\\\\(u[0-9A-F]{4}|U[0-9A-F]{8})|\\\\\\\\");

    /** Blank, but neither control nor format characters nor separators. */
    private static final int[] BLANK = {
        0x2800, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x034F, 0xFE00, 0xFE0F,
        0x1D159, 0x16FE4, 0xFFFC, 0x2065, 0xFFF0, 0xE0000, 0xE0100, 0xE01EF, 0xE0FFF
    };

    /** A string of a schema: where it stands, and what is asked of it. */
    private record Text(String field, JsonNode schema) {
        @Override
        public String toString() {
            return field;
        }
    }

    static Stream<Text> texts() throws IOException {
        List<Text> texts = new ArrayList<>();
        for (String plural : List.of("serviceidentities", "privilegegrants", "accessreviews")) {
            Path file = Path.of(System.getProperty("lapse.root"), "crds", plural + ".lapse.dev.yaml");
            JsonNode spec = YAML.readTree(file.toFile()).at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
            collect(plural + " spec", spec, texts);
        }
        return texts.stream();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void refusesWhatIsNotShownAsItIs(Text text) {
        if (text.schema().has("enum")) {
            return;
        }
        assertThat(text.schema().has("pattern"))
                .as(text + " has a pattern, and whoever breaks it reads nothing else")
                .isFalse();
        // RE2's $ is the end of the text; Java's comes before a last new line as well.
        Pattern pattern = Pattern.compile(askedOf(text).replaceFirst("\\$$", "\\\\z"));
        // A certificate has lines.
        boolean lines = text.field().endsWith(".encryptTo");

        assertThat(notShownAsItIs().filter(character -> !lines || !Character.isWhitespace(character)))
                .isNotEmpty()
                .allSatisfy(character -> {
                    String bad = Character.toString(character);
                    assertThat(Stream.of(bad, "a" + bad, bad + "a", "a" + bad + "a", bad + "\n")
                                    .filter(written -> character != '\n' || !written.endsWith(bad))
                                    .filter(written -> pattern.matcher(written).find()))
                            .as("U+%04X in %s", character, text)
                            .isEmpty();
                });
    }

    @Test
    void takesWhatPeopleWrite() {
        Pattern name = Pattern.compile(PeoplesText.SCHEMA);

        assertThat(List.of("zoë@example.com", "№ 5", "経理", "🚀 now", "CN=olivia, O=payments", "a:b/c", ""))
                .allSatisfy(
                        text -> assertThat(name.matcher(text).find()).as(text).isTrue());
        assertThat(Pattern.compile(PeoplesText.SCHEMA_OF_PROSE)
                        .matcher("Störung in Łódź — 東京 🚀 (INC-7)\n")
                        .find())
                .isTrue();
    }

    @Test
    void findsTheFieldsThatPeopleWrite() throws IOException {
        assertThat(texts().map(Text::field))
                .contains(
                        "privilegegrants spec.reason",
                        "privilegegrants spec.requestedByAs[]",
                        "accessreviews spec.decisions[].comment",
                        "accessreviews spec.scope.selector.matchLabels{}",
                        "serviceidentities spec.eligible[].accepts[].reason");
    }

    /** The regular expression of its rule, as the API server reads it. */
    private static String askedOf(Text text) {
        Matcher rule = StreamSupport.stream(
                        text.schema().path("x-kubernetes-validations").spliterator(), false)
                .map(each -> each.get("rule").asText())
                .filter(each -> TextShape.askedBy(each).isPresent())
                .map(MATCHES::matcher)
                .filter(Matcher::find)
                .findFirst()
                .orElseThrow(() -> new AssertionError(text + " has no rule that says what to write"));
        return ESCAPED.matcher(rule.group(1))
                .replaceAll(escape -> Matcher.quoteReplacement(
                        escape.group(1) == null
                                ? "\\"
                                : Character.toString(
                                        Integer.parseInt(escape.group(1).substring(1), 16))));
    }

    private static IntStream allCharacters() {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT);
    }

    /** By what Java knows of Unicode, which is not how the patterns say it. Half of a character cannot be sent. */
    private static Stream<Integer> notShownAsItIs() {
        return IntStream.concat(
                        IntStream.of(BLANK),
                        allCharacters().filter(character -> character != ' ' && seldom(Character.getType(character))))
                .boxed();
    }

    private static boolean seldom(int type) {
        return Set.of(
                        (int) Character.CONTROL,
                        (int) Character.FORMAT,
                        (int) Character.LINE_SEPARATOR,
                        (int) Character.PARAGRAPH_SEPARATOR,
                        (int) Character.SPACE_SEPARATOR)
                .contains(type);
    }

    private static void collect(String path, JsonNode schema, List<Text> texts) {
        String type = schema.path("type").asText();
        if (type.equals("string")) {
            texts.add(new Text(path, schema));
        }
        schema.path("properties").properties().forEach(property -> {
            // These the operator writes, in reviews that it alone opens.
            if (!Set.of("request", "entries", "partOf").contains(property.getKey())) {
                collect(path + "." + property.getKey(), property.getValue(), texts);
            }
        });
        if (schema.has("items")) {
            collect(path + "[]", schema.get("items"), texts);
        }
        if (schema.path("additionalProperties").isObject()) {
            collect(path + "{}", schema.get("additionalProperties"), texts);
        }
    }
}
