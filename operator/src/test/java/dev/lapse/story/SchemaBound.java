package dev.lapse.story;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * One bound of a kind's schema, and two objects made for it: one that just keeps it, one that just breaks it. What else is
 * in them need not make sense: the API server names every field that is out of bounds.
 *
 * @param path the properties from spec to the field; {@code []} is the first item of a list
 */
record SchemaBound(String plural, List<String> path, String keyword, JsonNode keeping, JsonNode breaking) {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String ITEM = "[]";

    static Path file(String plural) {
        return Cluster.root().resolve("crds/" + plural + ".lapse.dev.yaml");
    }

    static Stream<SchemaBound> of(String plural) {
        try {
            JsonNode spec =
                    YAML.readTree(file(plural).toFile()).at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
            List<SchemaBound> bounds = new ArrayList<>();
            collect(plural, List.of("spec"), spec, bounds);
            return bounds.stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** As the API server writes it. */
    String field() {
        return String.join(".", path).replace("." + ITEM, "[0]");
    }

    JsonNode kept() {
        return object(keeping);
    }

    JsonNode broken() {
        return object(breaking);
    }

    @Override
    public String toString() {
        return plural + " " + field() + " " + keyword;
    }

    private JsonNode object(JsonNode value) {
        JsonNode inner = value;
        for (int i = path.size() - 1; i >= 0; i--) {
            inner = path.get(i).equals(ITEM)
                    ? JSON.arrayNode().add(inner)
                    : JSON.objectNode().set(path.get(i), inner);
        }
        ObjectNode object = (ObjectNode) inner;
        object.put("apiVersion", "lapse.dev/v1alpha1");
        object.put("kind", kind());
        object.putObject("metadata").put("name", "bound");
        return object;
    }

    private String kind() {
        return switch (plural) {
            case "privilegegrants" -> "PrivilegeGrant";
            case "accessreviews" -> "AccessReview";
            default -> "ServiceIdentity";
        };
    }

    private static void collect(String plural, List<String> path, JsonNode schema, List<SchemaBound> bounds) {
        Made made = new Made(plural, path, bounds);
        bound(schema, "maxLength").forEach(most -> made.add("maxLength", text(most), text(most + 1)));
        bound(schema, "minLength").forEach(least -> made.add("minLength", text(least), text(least - 1)));
        bound(schema, "maxItems").forEach(most -> made.add("maxItems", items(schema, most), items(schema, most + 1)));
        bound(schema, "minItems")
                .forEach(least -> made.add("minItems", items(schema, least), items(schema, least - 1)));
        bound(schema, "maximum").forEach(most -> made.add("maximum", JSON.numberNode(most), JSON.numberNode(most + 1)));
        bound(schema, "minimum")
                .forEach(least -> made.add("minimum", JSON.numberNode(least), JSON.numberNode(least - 1)));
        schema.path("enum")
                .forEach(value ->
                        made.add("enum", value, JSON.textNode(value.asText().toLowerCase(Locale.ROOT))));
        schema.path("properties")
                .properties()
                .forEach(property -> collect(plural, with(path, property.getKey()), property.getValue(), bounds));
        if (schema.has("items")) {
            collect(plural, with(path, ITEM), schema.get("items"), bounds);
        }
    }

    private record Made(String plural, List<String> path, List<SchemaBound> bounds) {
        void add(String keyword, JsonNode keeping, JsonNode breaking) {
            bounds.add(new SchemaBound(plural, path, keyword, keeping, breaking));
        }
    }

    private static JsonNode text(int length) {
        return JSON.textNode("a".repeat(length));
    }

    private static ArrayNode items(JsonNode schema, int count) {
        ArrayNode items = JSON.arrayNode();
        for (int i = 0; i < count; i++) {
            items.add(
                    schema.at("/items/type").asText().equals("object")
                            ? JSON.objectNode().put("name", "n" + i)
                            : JSON.textNode("n" + i));
        }
        return items;
    }

    private static Stream<Integer> bound(JsonNode schema, String keyword) {
        return schema.has(keyword) ? Stream.of(schema.get(keyword).asInt()) : Stream.empty();
    }

    private static List<String> with(List<String> path, String next) {
        return Stream.concat(path.stream(), Stream.of(next)).toList();
    }
}
