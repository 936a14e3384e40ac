package dev.lapse.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A list is replaced as a whole: what the API server adds to its items, an unchanged {@code kubectl apply} takes out again,
 * and a GitOps tool calls drift. So what an item leaves out, the code supplies.
 */
class CrdDefaultsTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @Test
    void noItemOfAListIsGivenADefault() throws IOException {
        List<String> defaults = new ArrayList<>();
        for (Map.Entry<String, String> crd : CrdFiles.all().entrySet()) {
            collect(
                    crd.getKey(),
                    YAML.readTree(crd.getValue()).at("/spec/versions/0/schema/openAPIV3Schema"),
                    false,
                    defaults);
        }

        assertThat(defaults).isEmpty();
    }

    private static void collect(String path, JsonNode schema, boolean inList, List<String> defaults) {
        if (inList && schema.has("default")) {
            defaults.add(path);
        }
        schema.path("properties")
                .properties()
                .forEach(property -> collect(path + "." + property.getKey(), property.getValue(), inList, defaults));
        if (schema.path("additionalProperties").isObject()) {
            collect(path + "{}", schema.get("additionalProperties"), inList, defaults);
        }
        if (schema.has("items")) {
            collect(path + "[]", schema.get("items"), true, defaults);
        }
    }
}
