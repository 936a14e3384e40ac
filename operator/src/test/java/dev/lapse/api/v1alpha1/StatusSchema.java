package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The checked-in schema of a status, read as the API server reads it: what it would refuse, or silently drop. */
public final class StatusSchema {
    private static final KubernetesSerialization OBJECTS = new KubernetesSerialization();

    private final JsonNode schema;

    private StatusSchema(String file) {
        Path path = Path.of(System.getProperty("lapse.root"), "crds", file);
        try {
            schema = new YAMLMapper()
                    .readTree(Files.readString(path))
                    .at("/spec/versions/0/schema/openAPIV3Schema/properties/status");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public static StatusSchema ofGrants() {
        return new StatusSchema("privilegegrants.lapse.dev.yaml");
    }

    public static StatusSchema ofIdentities() {
        return new StatusSchema("serviceidentities.lapse.dev.yaml");
    }

    /** Every reason to refuse {@code status}, each with the path of the field; none if it would be taken. */
    public List<String> refusals(Object status) {
        List<String> refusals = new ArrayList<>();
        check(asWritten(status), schema, "status", refusals);
        return refusals;
    }

    /** What a later read of {@code status} gives. */
    public static <T> T readBack(T status, Class<T> type) {
        return OBJECTS.convertValue(asWritten(status), type);
    }

    private static JsonNode asWritten(Object status) {
        return OBJECTS.convertValue(status, JsonNode.class);
    }

    private static void check(JsonNode value, JsonNode schema, String path, List<String> refusals) {
        switch (schema.path("type").asText()) {
            case "object" -> object(value, schema, path, refusals);
            case "array" -> array(value, schema, path, refusals);
            case "string" -> string(value, schema, path, refusals);
            case "integer" -> require(value.isIntegralNumber(), path + " is no integer", refusals);
            case "boolean" -> require(value.isBoolean(), path + " is no boolean", refusals);
            default -> refusals.add(path + " has a type this check does not know: " + schema.path("type"));
        }
    }

    private static void object(JsonNode value, JsonNode schema, String path, List<String> refusals) {
        require(value.isObject(), path + " is no object", refusals);
        schema.path("required")
                .forEach(name -> require(value.has(name.asText()), path + " lacks " + name.asText(), refusals));
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            JsonNode known = schema.path("properties").path(field.getKey());
            if (known.isMissingNode()) {
                refusals.add(path + "." + field.getKey() + " would be dropped");
            } else {
                check(field.getValue(), known, path + "." + field.getKey(), refusals);
            }
        }
    }

    private static void array(JsonNode value, JsonNode schema, String path, List<String> refusals) {
        require(value.isArray(), path + " is no array", refusals);
        require(schema.has("maxItems"), path + " has no bound", refusals);
        require(
                value.size() <= schema.path("maxItems").asInt(),
                path + " has " + value.size() + " items of at most " + schema.path("maxItems"),
                refusals);
        for (int i = 0; i < value.size(); i++) {
            check(value.get(i), schema.path("items"), path + "[" + i + "]", refusals);
        }
        if ("map".equals(schema.path("x-kubernetes-list-type").asText())) {
            String key = schema.at("/x-kubernetes-list-map-keys/0").asText();
            long distinct = value.findValuesAsText(key).stream().distinct().count();
            require(distinct == value.size(), path + " names a " + key + " twice", refusals);
        }
    }

    private static void string(JsonNode value, JsonNode schema, String path, List<String> refusals) {
        require(value.isTextual(), path + " is no string", refusals);
        String text = value.asText();
        if ("date-time".equals(schema.path("format").asText())) {
            require(isTime(text), path + " is no time: " + text, refusals);
        } else if (schema.has("enum")) {
            boolean listed = schema.path("enum")
                    .valueStream()
                    .anyMatch(each -> each.asText().equals(text));
            require(listed, path + " is none of " + schema.path("enum") + ": " + text, refusals);
        } else {
            int length = text.codePointCount(0, text.length());
            require(schema.has("maxLength"), path + " has no bound", refusals);
            require(
                    length <= schema.path("maxLength").asInt(),
                    path + " has " + length + " characters of at most " + schema.path("maxLength"),
                    refusals);
        }
        if (schema.has("pattern")) {
            require(
                    Pattern.compile(schema.path("pattern").asText())
                            .matcher(text)
                            .find(),
                    path + " does not match " + schema.path("pattern") + ": " + text,
                    refusals);
        }
    }

    private static boolean isTime(String text) {
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeParseException wrong) {
            return false;
        }
    }

    private static void require(boolean holds, String otherwise, List<String> refusals) {
        if (!holds) {
            refusals.add(otherwise);
        }
    }
}
