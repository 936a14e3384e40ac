package dev.lapse.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One line of the tables of attempts: what was there, who tries what, and with which words it is refused. */
record GuardAttempt(String title, JsonNode step, String policy, String words) {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonNode SAMPLES = table("samples.yaml");
    private static final String LAPSE = "lapse-";
    private static final List<String> VERBS =
            List.of("create", "apply", "merge", "json", "replace", "delete", "deleteAll");

    /** One request: by whom, where, and what is sent. */
    record Step(
            String by,
            String verb,
            String kind,
            String namespace,
            String subresource,
            JsonNode body,
            String labelled) {}

    static Stream<GuardAttempt> of(String table) {
        return StreamSupport.stream(table(table).spliterator(), false).map(node -> {
            // "policy: words", or words alone.
            String refused = node.path("refused").asText();
            boolean named = refused.startsWith("lapse-") && refused.contains(": ");
            return new GuardAttempt(
                    node.path("attempt").asText(),
                    node,
                    named ? refused.substring(0, refused.indexOf(": ")) : "lapse-",
                    named ? refused.substring(refused.indexOf(": ") + 2) : refused);
        });
    }

    /** The name of what it is about: the given one, or for what a grant made the one that follows from a new UID. */
    String name(String given) {
        return step.path("ofGrant").asBoolean() ? LAPSE + UUID.randomUUID() : given;
    }

    /** What is there before, then the attempt itself, about an object of this name. */
    List<Step> steps(String name) {
        String uid = name.startsWith(LAPSE)
                ? name.substring(LAPSE.length())
                : UUID.randomUUID().toString();
        List<Step> steps = new ArrayList<>();
        step.path("given").forEach(given -> steps.add(step(given, name, uid)));
        steps.add(step(step, name, uid));
        return steps;
    }

    @Override
    public String toString() {
        return title;
    }

    private static Step step(JsonNode node, String name, String uid) {
        String verb = VERBS.stream()
                .filter(node::has)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no verb in " + node));
        String kind = node.get(verb).asText();
        JsonNode body = switch (verb) {
            case "create", "apply" -> merged(Objects.requireNonNull(SAMPLES.get(kind), kind), node.path("with"));
            case "json" -> node.get("patch");
            default -> node.path("with");
        };
        // An applied patch is what its sender wants to own, not all there is.
        if (verb.equals("apply") && node.has("subresource")) {
            body = merged(body, read("{spec: null}"));
        }
        return new Step(
                node.path("by").asText(),
                verb,
                kind,
                node.path("namespace").asText("guarded"),
                node.path("subresource").asText(""),
                filled(body, name, uid),
                node.path("labelled").asText("").replace("${name}", name));
    }

    /** RFC 7386. */
    static JsonNode merged(JsonNode base, JsonNode patch) {
        if (!patch.isObject()) {
            return patch.isMissingNode() ? base : patch;
        }
        ObjectNode result = base.isObject() ? ((ObjectNode) base).deepCopy() : JsonNodeFactory.instance.objectNode();
        patch.properties().forEach(entry -> {
            if (entry.getValue().isNull()) {
                result.remove(entry.getKey());
            } else {
                result.set(entry.getKey(), merged(result.path(entry.getKey()), entry.getValue()));
            }
        });
        return result;
    }

    /** The sample of this kind under this name. */
    static JsonNode sample(String kind, String name) {
        return filled(Objects.requireNonNull(SAMPLES.get(kind), kind), name, "");
    }

    private static JsonNode filled(JsonNode node, String name, String uid) {
        return read(node.toString().replace("${name}", name).replace("${uid}", uid));
    }

    static JsonNode read(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode table(String name) {
        try (InputStream file =
                Objects.requireNonNull(GuardAttempt.class.getResourceAsStream("/dev/lapse/guard/" + name), name)) {
            return YAML.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
