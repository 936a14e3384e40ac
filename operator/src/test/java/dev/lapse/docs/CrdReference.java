package dev.lapse.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.lapse.api.v1alpha1.MissingField;
import dev.lapse.api.v1alpha1.TextShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/** A CRD as a table of its fields and a list of its rules. */
final class CrdReference {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private final StringBuilder fields = new StringBuilder();
    private final List<String> rules = new ArrayList<>();

    private CrdReference() {}

    /** @param part {@code spec} or {@code status} */
    static String fields(Path crd, String part) throws IOException {
        return of(crd, part).fields.toString();
    }

    static String rules(Path crd, String part) throws IOException {
        return String.join("\n", of(crd, part).rules) + "\n";
    }

    /** What {@code kubectl get} shows, in order; the last column tells where it comes from. */
    static String columns(Path crd) throws IOException {
        StringBuilder table = new StringBuilder("| column | shown | from |\n|---|---|---|\n");
        version(crd)
                .path("additionalPrinterColumns")
                .forEach(column -> row(
                        table,
                        column.path("name").asText(),
                        column.path("priority").asInt() == 0 ? "always" : "with `-o wide`",
                        code(column.path("jsonPath").asText())));
        List<String> selectable = new ArrayList<>();
        version(crd)
                .path("selectableFields")
                .forEach(field ->
                        selectable.add(code(field.path("jsonPath").asText().substring(1))));
        return table + "\nFor `--field-selector`: " + String.join(", ", selectable) + ".\n";
    }

    private static CrdReference of(Path crd, String part) throws IOException {
        JsonNode schema = version(crd).at("/schema/openAPIV3Schema/properties/" + part);
        CrdReference reference = new CrdReference();
        row(reference.fields, "field", "type", "default", "bounds", "what it is");
        row(reference.fields, "---", "---", "---", "---", "---");
        reference.describeChildren(part, schema);
        reference.describeRules(part, schema);
        return reference;
    }

    private static JsonNode version(Path crd) throws IOException {
        return YAML.readTree(Files.readString(crd)).at("/spec/versions/0");
    }

    private void describe(String path, JsonNode schema, boolean required) {
        row(
                fields,
                code(path) + (required ? " (required)" : ""),
                type(schema),
                schema.has("default") ? code(text(schema.get("default"))) : "",
                bounds(schema),
                MissingField.described(schema));
        describeRules(path, schema);
        if (schema.path("type").asText().equals("array")) {
            describeRules(path + "[]", schema.path("items"));
            describeChildren(path + "[]", schema.path("items"));
        } else {
            describeChildren(path, schema);
        }
    }

    private void describeChildren(String path, JsonNode schema) {
        Set<String> required = MissingField.requiredBy(schema);
        schema.path("properties")
                .properties()
                .forEach(property -> describe(
                        path + "." + property.getKey(), property.getValue(), required.contains(property.getKey())));
    }

    private void describeRules(String path, JsonNode schema) {
        schema.path("x-kubernetes-validations").forEach(rule -> {
            // Many fields share these; what they ask for stands among the bounds.
            String of = TextShape.askedBy(rule.path("rule").asText())
                    .map(shape -> "whatever is " + shape.title())
                    .orElse(code(path));
            String line = "- " + of + ": " + rule.path("message").asText() + "<br>"
                    + code(rule.path("rule").asText());
            if (!rules.contains(line)) {
                rules.add(line);
            }
        });
    }

    private static String type(JsonNode schema) {
        String type = schema.path("type").asText();
        if (schema.has("enum")) {
            List<String> values = new ArrayList<>();
            schema.get("enum").forEach(value -> values.add(value.asText()));
            return String.join(", ", values);
        }
        if (type.equals("array")) {
            return "list of " + plural(schema.path("items").path("type").asText());
        }
        boolean time = schema.path("format").asText().equals("date-time")
                || shape(schema).equals(Optional.of(TextShape.INSTANT));
        return time ? "time" : type;
    }

    private static String plural(String type) {
        return type + "s";
    }

    private static String bounds(JsonNode schema) {
        List<String> bounds = new ArrayList<>();
        if (type(schema).equals("time")) {
            // The type says it already.
            return "";
        }
        range(schema, "minLength", "maxLength", " characters").ifPresent(bounds::add);
        range(schema, "minItems", "maxItems", " items").ifPresent(bounds::add);
        range(schema, "minimum", "maximum", "").ifPresent(bounds::add);
        range(schema.path("items"), "minLength", "maxLength", " characters each")
                .ifPresent(bounds::add);
        shape(schema).map(TextShape::title).ifPresent(bounds::add);
        shape(schema.path("items")).map(shape -> "each " + shape.title()).ifPresent(bounds::add);
        if (schema.has("pattern")) {
            String pattern = schema.get("pattern").asText();
            bounds.add(pattern.contains("[0-9]{0,4}d") ? "a duration" : code(pattern));
        }
        return String.join("; ", bounds);
    }

    private static Optional<TextShape> shape(JsonNode schema) {
        return StreamSupport.stream(schema.path("x-kubernetes-validations").spliterator(), false)
                .flatMap(rule -> TextShape.askedBy(rule.path("rule").asText()).stream())
                .findFirst();
    }

    private static Optional<String> range(JsonNode schema, String least, String most, String unit) {
        if (!schema.has(most) && !schema.has(least)) {
            return Optional.empty();
        }
        String from = schema.has(least) ? schema.get(least).asText() + " to " : "at most ";
        return Optional.of(
                schema.has(most)
                        ? from + schema.get(most).asText() + unit
                        : "at least " + schema.get(least).asText() + unit);
    }

    private static String text(JsonNode value) {
        return value.isTextual() ? value.asText() : value.toString();
    }

    static String code(String text) {
        return "`" + text + "`";
    }

    static void row(StringBuilder table, String... cells) {
        for (String cell : cells) {
            table.append("| ")
                    .append(cell.replace("|", "\\|").replace("\n", " "))
                    .append(cell.isEmpty() ? "" : " ");
        }
        table.append("|\n");
    }
}
