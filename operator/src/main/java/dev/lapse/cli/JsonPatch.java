package dev.lapse.cli;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON patch (RFC 6902) that changes nothing but what was looked at. */
final class JsonPatch {
    private final List<Map<String, Object>> operations = new ArrayList<>();

    /** Otherwise the whole patch is refused. */
    JsonPatch test(String path, Object value) {
        return operation("test", path, value);
    }

    JsonPatch add(String path, Object value) {
        return operation("add", path, value);
    }

    JsonPatch replace(String path, Object value) {
        return operation("replace", path, value);
    }

    String json() {
        return Serialization.asJson(operations);
    }

    /** The line that does the same with plain kubectl. */
    String kubectl(String plural, String name, String namespace) {
        return "kubectl patch " + plural + ".lapse.dev " + name + " --namespace " + namespace + " --type json --patch '"
                + json().replace("'", "'\\''") + "'";
    }

    private JsonPatch operation(String op, String path, Object value) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("op", op);
        operation.put("path", path);
        operation.put("value", value);
        operations.add(operation);
        return this;
    }
}
