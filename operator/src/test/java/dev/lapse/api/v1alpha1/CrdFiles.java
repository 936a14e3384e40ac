package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes the CRD files from the Java types; {@code dev/generate} writes them, the drift test compares them. */
public final class CrdFiles {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR));

    /** A printer column: state first, Age last; an expiry is text because a date column cannot show the future. */
    private record Column(String name, String jsonPath, int priority, String type) {
        static Column of(String name, String jsonPath) {
            return new Column(name, jsonPath, 0, "string");
        }

        static Column wide(String name, String jsonPath) {
            return new Column(name, jsonPath, 1, "string");
        }
    }

    private record Kind(Class<? extends CustomResource<?, ?>> type, List<Column> columns, List<String> selectable) {}

    private static final Column AGE = new Column("Age", ".metadata.creationTimestamp", 0, "date");

    private static final Map<String, Kind> KINDS = new LinkedHashMap<>(Map.of(
            "serviceidentities.lapse.dev",
            new Kind(
                    ServiceIdentity.class,
                    List.of(
                            Column.of("State", ".status.phase"),
                            Column.of("Type", ".spec.actorType"),
                            Column.of("Owner", ".status.owner.name"),
                            Column.of("Entries", ".status.entriesEligible"),
                            new Column("Active", ".status.activeGrantCount", 0, "integer"),
                            Column.wide("Reason", ".status.conditions[?(@.type==\"Ready\")].reason"),
                            Column.wide("Valid-Until", ".spec.validUntil"),
                            AGE),
                    List.of(".spec.actorType", ".spec.state", ".status.phase")),
            "privilegegrants.lapse.dev",
            new Kind(
                    PrivilegeGrant.class,
                    List.of(
                            Column.of("State", ".status.phase"),
                            Column.of("Identity", ".spec.identityRef.name"),
                            Column.of("Privilege", ".spec.privilege"),
                            Column.of("Expires", ".status.expiresAt"),
                            Column.of("Reason", ".status.conditions[?(@.type==\"Ready\")].reason"),
                            Column.of("Break-Glass", ".spec.breakGlass.incident"),
                            Column.wide("Requested-By", ".spec.requestedBy"),
                            Column.wide("Claimed-Via", ".spec.requestedByVia"),
                            Column.wide("Dies", ".status.dies"),
                            Column.wide("Removed", ".status.conditions[?(@.type==\"AccessRemoved\")].status"),
                            Column.wide("Credential", ".spec.credential.type"),
                            Column.wide("Not-Before", ".spec.notBefore"),
                            Column.wide("Why", ".spec.reason"),
                            AGE),
                    List.of(".spec.identityRef.name", ".spec.privilege", ".spec.requestedBy", ".status.phase")),
            "accessreviews.lapse.dev",
            new Kind(
                    AccessReview.class,
                    List.of(
                            Column.of("State", ".status.phase"),
                            Column.of("Type", ".spec.type"),
                            Column.of("Identity", ".spec.identityRef.name"),
                            Column.of("Privilege", ".spec.request.privilege"),
                            Column.of("Requested-By", ".spec.request.requestedBy"),
                            Column.of("Claimed", ".spec.request.claimed"),
                            Column.of("Approvals", ".status.approvals"),
                            Column.of("Due", ".spec.dueAt"),
                            Column.wide("Outcome", ".status.outcome"),
                            Column.wide("Grant", ".spec.request.grant"),
                            Column.wide("Credential", ".spec.request.credential"),
                            Column.wide("Not-Before", ".spec.request.notBefore"),
                            Column.wide("Reason", ".status.conditions[?(@.type==\"Ready\")].reason"),
                            Column.wide("Incident", ".spec.request.incident"),
                            // Whoever decides reads it first.
                            Column.of("Why", ".spec.request.reason"),
                            AGE),
                    List.of(".spec.type", ".spec.identityRef.name", ".spec.request.grant", ".status.phase"))));

    private CrdFiles() {}

    public static void main(String[] args) throws IOException {
        for (Map.Entry<String, String> file : all().entrySet()) {
            Files.writeString(Path.of(args[0]).resolve(file.getKey()), file.getValue());
        }
    }

    /** File name to content. */
    static Map<String, String> all() throws IOException {
        Path folder = Files.createTempDirectory("crds");
        CRDGenerator generator = new CRDGenerator()
                .customResourceClasses(KINDS.values().stream()
                        .map(Kind::type)
                        .<Class<? extends io.fabric8.kubernetes.api.model.HasMetadata>>map(c -> c)
                        .toArray(Class[]::new))
                .inOutputDir(folder.toFile());
        generator.detailedGenerate();
        Map<String, String> files = new java.util.TreeMap<>();
        for (Map.Entry<String, Kind> kind : KINDS.entrySet()) {
            Path file = folder.resolve(kind.getKey() + "-v1.yml");
            ObjectNode crd = (ObjectNode) YAML.readTree(Files.readString(file));
            files.put(kind.getKey() + ".yaml", YAML.writeValueAsString(complete(crd, kind.getValue())));
            Files.delete(file);
        }
        Files.delete(folder);
        return files;
    }

    /** What the generator cannot say: category, columns in order, list types, bounds for every list and string. */
    private static ObjectNode complete(ObjectNode crd, Kind kind) {
        ObjectNode names = (ObjectNode) crd.at("/spec/names");
        names.putArray("categories").add("lapse");
        ObjectNode version = (ObjectNode) crd.at("/spec/versions/0");
        ArrayNode columns = version.putArray("additionalPrinterColumns");
        for (Column column : kind.columns()) {
            columns.addObject()
                    .put("name", column.name())
                    .put("type", column.type())
                    .put("jsonPath", column.jsonPath())
                    .put("priority", column.priority());
        }
        ArrayNode selectable = version.putArray("selectableFields");
        kind.selectable().forEach(path -> selectable.addObject().put("jsonPath", path));
        ObjectNode schema = (ObjectNode) version.at("/schema/openAPIV3Schema");
        schema.put("description", description(kind));
        bound(schema, "");
        written((ObjectNode) schema.at("/properties/spec"), "spec");
        return crd;
    }

    /** What the operator writes into a spec, from what people wrote elsewhere. */
    private static final Set<String> WRITTEN_BY_THE_OPERATOR = Set.of("request", "entries", "partOf");

    private static final String NOT_BLANK = "self.matches('[^[:space:]]')";

    private static final Set<String> PROSE = Set.of("reason", "revokeReason", "comment", "purpose");

    /** What people write says what is wrong with it. Their text is shown to other people: it is what it looks like. */
    private static void written(ObjectNode schema, String path) {
        switch (schema.path("type").asText()) {
            case "string" -> text(schema, path.substring(path.lastIndexOf('.') + 1));
            case "array" -> written((ObjectNode) schema.get("items"), path + ITEM);
            case "object" -> {
                MissingField.tell(schema, path);
                schema.path("properties").properties().stream()
                        .filter(property -> !WRITTEN_BY_THE_OPERATOR.contains(property.getKey()))
                        .forEach(property -> written((ObjectNode) property.getValue(), path + "." + property.getKey()));
                if (schema.get("additionalProperties") instanceof ObjectNode values) {
                    // The one map there is holds labels, and this is as long as one can be.
                    values.put("maxLength", 63);
                    written(values, path);
                }
            }
            default -> {}
        }
    }

    private static void text(ObjectNode schema, String name) {
        ArrayNode rules = schema.withArrayProperty("x-kubernetes-validations");
        if (schema.has("enum") || asks(rules, Durations.RULE)) {
            if (rules.isEmpty()) {
                schema.remove("x-kubernetes-validations");
            }
            return;
        }
        if ("date-time".equals(schema.path("format").asText())) {
            // The API server's date-time has a refusal of its own, so a text that is none would have two.
            schema.remove(List.of("format", "pattern"));
            schema.put("maxLength", Instants.LONGEST);
            tell(schema, rules, TextShape.INSTANT);
        } else if (schema.has("pattern")) {
            tell(schema, rules, TextShape.of(schema.remove("pattern").asText()));
        } else {
            tell(schema, rules, PROSE.contains(name) ? TextShape.PROSE : TextShape.VISIBLE);
        }
    }

    private static void tell(ObjectNode schema, ArrayNode rules, TextShape shape) {
        boolean notBlank = asks(rules, NOT_BLANK);
        if (notBlank || !shape.takesNothing()) {
            // One refusal is one error.
            schema.remove("minLength");
        }
        rules.insertObject(0)
                .put("message", shape.message())
                .put("rule", notBlank ? "!" + NOT_BLANK + " || " + shape.rule() : shape.rule());
    }

    private static boolean asks(ArrayNode rules, String rule) {
        return rules.findValuesAsText("rule").contains(rule);
    }

    private static String description(Kind kind) {
        if (kind.type() == AccessReview.class) {
            return "A question that people decide, with their verdicts: may this grant begin?";
        }
        return kind.type() == ServiceIdentity.class
                ? "A non-human identity: who it is, who answers for it, and what privilege it may ask for."
                : "One just-in-time privilege of an identity, from its request to the proof of its end.";
    }

    /** A record's component and its accessor both carry the annotation, so the generator sees each rule twice. */
    private static void onlyOnce(ObjectNode schema) {
        if (schema.get("x-kubernetes-validations") instanceof ArrayNode rules) {
            Set<JsonNode> distinct = new LinkedHashSet<>();
            rules.forEach(distinct::add);
            rules.removeAll().addAll(distinct);
        }
    }

    /** Lists whose items are known by keys, so that two people's changes do not undo each other. */
    private static final Map<String, List<String>> KEYS =
            Map.of("conditions", List.of("type"), "decisions", List.of("item", "by"));

    /** Behind the name of a list: one of its items. */
    private static final String ITEM = "[]";

    private static final String NAMESPACE = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /**
     * What {@code java.time.Instant} reads. The API server's date-time lets through more (a small t, offsets that there
     * are not, any number of digits), and an object that the operator cannot read would stop its informer for good.
     */
    private static final String INSTANT =
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-7]):[0-5][0-9])$";

    private static void bound(JsonNode node, String name) {
        if (!(node instanceof ObjectNode schema)) {
            return;
        }
        onlyOnce(schema);
        switch (schema.path("type").asText()) {
            case "array" -> {
                if (KEYS.containsKey(name)) {
                    ArrayNode keys = schema.put("x-kubernetes-list-type", "map").putArray("x-kubernetes-list-map-keys");
                    KEYS.getOrDefault(name, List.of()).forEach(keys::add);
                } else {
                    schema.put("x-kubernetes-list-type", "atomic");
                }
                if (!schema.has("maxItems")) {
                    schema.put("maxItems", 64);
                }
                bound(schema.get("items"), name + ITEM);
            }
            case "string" -> {
                if ("date-time".equals(schema.path("format").asText())) {
                    schema.put("pattern", INSTANT);
                    return;
                }
                if (name.equals("namespaces" + ITEM)) {
                    schema.put("maxLength", 63).put("pattern", NAMESPACE);
                    return;
                }
                if (name.endsWith(ITEM) && !schema.has("enum")) {
                    schema.put("minLength", 1);
                }
                if (schema.has("enum") || schema.has("maxLength")) {
                    return;
                }
                schema.put("maxLength", name.equals("message") ? 2048 : 253);
            }
            case "integer" -> {
                // Generations are long; the API server holds an integer without a bound to 64 bits.
                if (!schema.has("maximum") && !name.toLowerCase(Locale.ROOT).endsWith("generation")) {
                    schema.put("maximum", Integer.MAX_VALUE);
                }
            }
            case "object" ->
                schema.path("properties")
                        .properties()
                        .forEach(property -> bound(property.getValue(), property.getKey()));
            default -> {}
        }
    }
}
