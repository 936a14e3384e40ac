package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import okio.Buffer;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read says the same in ASCII, without what nobody needs, wherever the pieces are cut in which it comes. */
class CutJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    private static final Map<String, String> TEXT = Map.of("a", "grün", "b", "€ and 😀, \"quoted\"\n", "c", "plain");

    @ParameterizedTest
    @CsvSource({
        "/apis/lapse.dev/v1alpha1/privilegegrants, false, OURS",
        "/apis/lapse.dev/v1alpha1/namespaces/shop/privilegegrants/release, false, ONE_OF_OURS",
        "/apis/lapse.dev/v1alpha1/serviceidentities, false, IDENTITIES",
        "/apis/lapse.dev/v1alpha1/namespaces/shop/serviceidentities/ci, false, ONE_OF_OURS",
        "/apis/lapse.dev/v1alpha1/accessreviews, false, OURS",
        RBAC + "/roles, false, ROLE_NAMES",
        RBAC + "/namespaces/shop/roles, false, ROLE_NAMES",
        RBAC + "/namespaces/shop/roles, true, ROLE",
        RBAC + "/namespaces/api/roles/x, false, ROLE",
        RBAC + "/clusterroles, false, ROLE_NAMES",
        RBAC + "/clusterroles, true, ROLE",
        RBAC + "/rolebindings, false, BINDING",
        RBAC + "/clusterrolebindings, false, BINDING",
        "/api/v1/serviceaccounts, false, NAMED",
        "/api/v1/namespaces, false, NAMED",
        "/api/v1/namespaces/apis, false, NAMED",
        "/behind/a/proxy/api/v1/namespaces, false, NAMED",
        "/k8s/clusters/api-x/api/v1/namespaces, false, NAMED",
        "/apiproxy/apis/lapse.dev/v1alpha1/privilegegrants, false, OURS",
        "/behind/api/gateway/api/v1/serviceaccounts, false, NAMED",
        RBAC + "/namespaces/apis/roles/v1, false, ROLE",
        RBAC + "/namespaces/api/roles/v1, false, ROLE",
        "/api/v1/namespaces/lapse-system/configmaps, false, MAPS",
        "/api/v1/namespaces/lapse-system/configmaps, true, MAPS",
        "/api/v1/namespaces/lapse-system/configmaps/lapse-guard-epoch, false, WHOLE",
        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies, false, WHOLE",
        "/version, false, WHOLE",
        "/apis, false, WHOLE",
    })
    void isCutByKind(String path, boolean selected, Cut expected) {
        assertThat(Cut.of(path, selected)).isEqualTo(expected);
    }

    @Test
    void keepsOfAnAccountThatItIsThere() throws IOException {
        JsonNode cut = read(Cut.NAMED, """
                {"type":"ADDED","object":{"kind":"ServiceAccount","apiVersion":"v1","metadata":{"name":"ci","namespace":"shop",
                "uid":"u","resourceVersion":"7","creationTimestamp":"2026-01-01T00:00:00Z","managedFields":[{"manager":"x"}],
                "labels":{"lapse.dev/identity-uid":"i","team":"shop"},
                "annotations":{"lapse.dev/grant-name":"g","note":"%s"},"ownerReferences":[{"uid":"o"}]},
                "secrets":[{"name":"s"}],"imagePullSecrets":[{"name":"s"}]}}
                """.formatted("x".repeat(250_000)));

        assertThat(cut).isEqualTo(JSON.readTree("""
                {"type":"ADDED","object":{"kind":"ServiceAccount","apiVersion":"v1","metadata":{"name":"ci","namespace":"shop",
                "uid":"u","resourceVersion":"7","creationTimestamp":"2026-01-01T00:00:00Z",
                "labels":{"lapse.dev/identity-uid":"i"},"annotations":{"lapse.dev/grant-name":"g"}}}}
                """));
    }

    @Test
    void keepsSpecAndStatusOfOurKinds() throws IOException {
        JsonNode cut = read(Cut.OURS, """
                {"kind":"PrivilegeGrantList","apiVersion":"lapse.dev/v1alpha1","metadata":{"resourceVersion":"9","continue":"c",
                "remainingItemCount":4},"items":[{"kind":"PrivilegeGrant","metadata":{"name":"g","finalizers":["lapse.dev/revoke-first"],
                "labels":{"team":"shop"},"annotations":{"note":"long"},"managedFields":[]},
                "spec":{"metadata":{"annotations":{"stays":"x"}},"reason":"grün"},"status":{"phase":"Active"}}]}
                """);

        assertThat(cut).isEqualTo(JSON.readTree("""
                {"kind":"PrivilegeGrantList","apiVersion":"lapse.dev/v1alpha1","metadata":{"resourceVersion":"9","continue":"c",
                "remainingItemCount":4},"items":[{"kind":"PrivilegeGrant","metadata":{"name":"g","finalizers":["lapse.dev/revoke-first"],
                "labels":{},"annotations":{}},
                "spec":{"metadata":{"annotations":{"stays":"x"}},"reason":"grün"},"status":{"phase":"Active"}}]}
                """));
    }

    /** Whatever anybody may write as often as they like is left out: of any kind a few hundred bytes are kept. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/serviceaccounts",
                "/api/v1/namespaces",
                RBAC + "/roles",
                RBAC + "/clusterroles",
                RBAC + "/rolebindings",
                "/apis/lapse.dev/v1alpha1/privilegegrants",
                "/apis/lapse.dev/v1alpha1/accessreviews",
                "/k8s/clusters/api-x/api/v1/namespaces",
                "/api/v1/namespaces/lapse-system/configmaps"
            })
    void keepsNothingThatGrowsWithItsWriter(String path) throws IOException {
        JsonNode cut = read(Cut.of(path, false), grown(name -> "lapse.dev/" + name));

        assertThat(cut.at("/metadata/name").asText()).startsWith("nnn").hasSizeLessThanOrEqualTo(255);
        assertThat(cut.toString().length()).isLessThan(7_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {251, 252, 253, 254})
    void cutsANameThatIsTooLongToOneThatNobodyCanName(int before) throws IOException {
        String name = "n".repeat(before) + "😀".repeat(1_000);

        String cut = read(Cut.ROLE_NAMES, "{\"metadata\":{\"name\":\"" + name + "\"}}")
                .at("/metadata/name")
                .asText();

        assertThat(cut).hasSizeBetween(254, 255).doesNotContain("?").doesNotContain("\uFFFD");
    }

    @Test
    void keepsNoStatusOfANamespaceOrAnAccount() throws IOException {
        assertThat(read(Cut.NAMED, """
                {"metadata":{"name":"shop"},"status":{"phase":"Active","conditions":[{"message":"any length"}]}}
                """)).isEqualTo(JSON.readTree("{\"metadata\":{\"name\":\"shop\"}}"));
    }

    @Test
    void keepsOfLabelsAndAnnotationsOfOursThoseThatAreRead() throws IOException {
        JsonNode cut = read(Cut.NAMED, """
                {"metadata":{"labels":{"lapse.dev/grant-uid":"u","lapse.dev/grant-namespace":"n","lapse.dev/identity-uid":"i",
                "lapse.dev/invented":"x"},"annotations":{"lapse.dev/grant-name":"g","lapse.dev/invented":"x"}}}
                """);

        assertThat(cut.at("/metadata")).isEqualTo(JSON.readTree("""
                {"labels":{"lapse.dev/grant-uid":"u","lapse.dev/grant-namespace":"n","lapse.dev/identity-uid":"i"},
                "annotations":{"lapse.dev/grant-name":"g"}}
                """));
    }

    @Test
    void keepsAnyLabelsOfAnIdentityUpToABound() throws IOException {
        JsonNode few = read(Cut.IDENTITIES, "{\"metadata\":{\"labels\":{\"team\":\"shop\"}}}");
        JsonNode many = read(Cut.IDENTITIES, grown(name -> name));

        assertThat(few.at("/metadata/labels/team").asText()).isEqualTo("shop");
        assertThat(many.at("/metadata/labels")).hasSize(Cut.MOST_LABELS);
    }

    /** Beyond the bound ours is kept, and that there are more: whoever takes ours off must not take off theirs. */
    @Test
    void keepsOurFinalizerBehindAnyNumberOfOthers() throws IOException {
        String object = grown(name -> name);

        JsonNode listed = read(Cut.of("/apis/lapse.dev/v1alpha1/privilegegrants", false), object)
                .at("/metadata/finalizers");
        JsonNode asked = read(Cut.of("/apis/lapse.dev/v1alpha1/namespaces/shop/privilegegrants/g", false), object)
                .at("/metadata/finalizers");

        assertThat(listed).hasSize(Cut.MOST_FINALIZERS + 2);
        assertThat(listed)
                .extracting(JsonNode::asText)
                .contains("lapse.dev/revoke-first")
                .endsWith("lapse.dev/and-more");
        assertThat(asked).isEqualTo(JSON.readTree(object).at("/metadata/finalizers"));
    }

    @Test
    void saysOfAFinalizerThatIsTooLongThatThereAreMore() throws IOException {
        JsonNode cut = read(
                Cut.OURS,
                "{\"metadata\":{\"finalizers\":[\"" + "x".repeat(100_000) + "\",\"lapse.dev/revoke-first\"]}}");

        assertThat(cut.at("/metadata/finalizers"))
                .extracting(JsonNode::asText)
                .containsExactly("lapse.dev/revoke-first", "lapse.dev/and-more");
    }

    @Test
    void keepsOfTheConfigMapsWhatIsReadOfThem() throws IOException {
        JsonNode cut = read(Cut.MAPS, """
                {"kind":"ConfigMapList","items":[{"metadata":{"name":"lapse-memory-07"},"data":{"a":"1"},"binaryData":{"x":"y"}},
                {"metadata":{"name":"lapse-guard"},"data":{"appliers":""}},{"metadata":{"name":"other"},"data":{"a":"large"}}]}
                """);

        assertThat(cut).isEqualTo(JSON.readTree("""
                {"kind":"ConfigMapList","items":[{"metadata":{"name":"lapse-memory-07"},"data":{"a":"1"}},
                {"metadata":{"name":"lapse-guard"},"data":{"appliers":""}},{"metadata":{"name":"other"}}]}
                """));
    }

    @Test
    void keepsAnErrorAndABookmarkAsTheyAre() throws IOException {
        String error = "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
                + "\"status\":\"Failure\",\"message\":\"too old\",\"reason\":\"Expired\",\"code\":410}}";
        String bookmark =
                "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Role\",\"metadata\":{\"resourceVersion\":\"12\","
                        + "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}";

        for (Cut cut : Cut.values()) {
            assertThat(read(cut, error)).as("%s", cut).isEqualTo(JSON.readTree(error));
            assertThat(read(cut, bookmark)).as("%s", cut).isEqualTo(JSON.readTree(bookmark));
        }
    }

    @Test
    void readsNoRulesWhereTheyAreMany() throws IOException {
        JsonNode cut = read(Cut.ROLE_NAMES, role(10));

        assertThat(cut.at("/items/0/metadata/name").asText()).isEqualTo("r");
        assertThat(cut.at("/items/0").has("rules")).isFalse();
    }

    @Test
    void readsTheRulesOfOneRole() throws IOException {
        assertThat(read(Cut.ROLE, role(1000)).at("/items/0/rules"))
                .isEqualTo(JSON.readTree(role(1000)).at("/items/0/rules"));
    }

    @Test
    void saysOfARoleThatIsTooLargeThatItIs() throws IOException {
        JsonNode cut = read(Cut.ROLE, role(125_000));

        assertThat(cut.at("/items/0/rules")).isEqualTo(JSON.readTree(Cut.TOO_LARGE));
        assertThat(cut.at("/items/0/metadata/name").asText()).isEqualTo("r");
    }

    @Test
    void keepsNoSubjectsOfABindingWithTooMany() throws IOException {
        ObjectNode binding = JSON.createObjectNode();
        ArrayNode subjects = binding.putArray("subjects");
        IntStream.range(0, 20_000)
                .forEach(i -> subjects.addObject().put("kind", "User").put("name", "somebody-" + i));
        binding.putObject("roleRef").put("name", "view");

        JsonNode cut = read(Cut.BINDING, binding.toString());

        assertThat(cut.get("subjects")).isEqualTo(JSON.readTree(Cut.TOO_MANY));
        assertThat(cut.at("/roleRef/name").asText()).isEqualTo("view");
    }

    /** Whatever there is: valid JSON comes out, no larger than what went in, and what is kept is equal. */
    @ParameterizedTest
    @EnumSource(Cut.class)
    void isTrueToWhateverItReads(Cut cut) throws IOException {
        Random random = new Random(42);
        for (int round = 0; round < 300; round++) {
            ObjectNode object = JSON.createObjectNode();
            object.put("kind", "Any");
            object.set("metadata", metadata(random));
            object.set("spec", any(random, 0));
            object.set("rules", any(random, 0));
            object.set("something", any(random, 0));

            JsonNode read = read(cut, object.toString());

            assertThat(read.get("kind")).isEqualTo(object.get("kind"));
            assertThat(read.at("/metadata/uid")).isEqualTo(object.at("/metadata/uid"));
            read.fieldNames().forEachRemaining(field -> {
                if (!field.equals("metadata")) {
                    assertThat(read.get(field)).isEqualTo(object.get(field));
                }
            });
            assertThat(read.has("spec"))
                    .isEqualTo(Set.of(Cut.OURS, Cut.IDENTITIES, Cut.ONE_OF_OURS, Cut.WHOLE)
                            .contains(cut));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 100_000})
    void saysTheSameHoweverItIsCut(int piece) throws IOException {
        byte[] json = (JSON.writeValueAsString(TEXT) + "\n").repeat(500).getBytes(StandardCharsets.UTF_8);

        String read = Okio.buffer(new CutJson(pieces(json, piece), Cut.WHOLE)).readUtf8();

        assertThat(read).matches("\\p{ASCII}*");
        assertThat(read.lines())
                .hasSize(500)
                .allSatisfy(line -> assertThat(JSON.readValue(line, Map.class)).isEqualTo(TEXT));
    }

    /** So decodes the client: each piece by itself, with all that its array has room for. */
    @Test
    void leavesTheClientNothingToDecodeWrongly() throws IOException {
        byte[] json = "{\"text\":\"grün €😀\"}".repeat(300).getBytes(StandardCharsets.UTF_8);
        Source source = new CutJson(pieces(json, 11), Cut.WHOLE);
        StringBuilder decoded = new StringBuilder();
        Buffer piece = new Buffer();
        while (source.read(piece, 1 + new Random(decoded.length()).nextInt(40)) >= 0) {
            decoded.append(StandardCharsets.UTF_8
                    .decode(ByteBuffer.wrap(piece.readByteArray()))
                    .array());
        }

        assertThat(decoded).doesNotContain("\0").doesNotContain("\uFFFD");
        assertThat(JSON.readTree(decoded.toString()).get("text").asText()).isEqualTo("grün €😀");
    }

    /** Of a page that holds too much nobody holds more than that: the rest is not even read. */
    @Test
    void breaksOffWhereAPageHoldsMoreThanItMay() {
        String object = "{\"metadata\":{\"name\":\"" + "a".repeat(200) + "\"}}";
        Buffer list = new Buffer()
                .writeUtf8("{\"kind\":\"List\",\"items\":[" + (object + ",").repeat(99_999) + object + "]}");
        long all = list.size();

        assertThatThrownBy(
                        () -> Okio.buffer(new CutJson(list, Cut.OURS, 10_000)).readUtf8())
                .isInstanceOf(CutJson.TooLarge.class);

        assertThat(all - list.size()).as("bytes that were read").isLessThan(100_000);
    }

    /** An event of a watch is there when it has come, and not only with the next one. */
    @Test
    void givesEachEventAtOnce() throws IOException {
        Buffer come = new Buffer().writeUtf8("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\"}}}\n");
        Source source = new CutJson(
                new Source() {
                    @Override
                    public long read(Buffer sink, long most) throws IOException {
                        if (come.exhausted()) {
                            throw new IOException("it waits for what has not come");
                        }
                        return come.read(sink, most);
                    }

                    @Override
                    public Timeout timeout() {
                        return Timeout.NONE;
                    }

                    @Override
                    public void close() {}
                },
                Cut.OURS);
        Buffer read = new Buffer();

        source.read(read, 1000);

        assertThat(read.readUtf8()).contains("\"name\":\"a\"").endsWith("\n");
    }

    /** An object of which everything is large. */
    private static String grown(Function<String, String> key) {
        ObjectNode object = JSON.createObjectNode();
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", "n".repeat(100_000));
        ObjectNode labels = metadata.putObject("labels");
        ObjectNode annotations = metadata.putObject("annotations");
        ArrayNode finalizers = metadata.putArray("finalizers");
        ArrayNode owners = metadata.putArray("ownerReferences");
        ArrayNode managed = metadata.putArray("managedFields");
        for (int i = 0; i < 2_000; i++) {
            labels.put(key.apply("label-" + i), "v".repeat(63));
            annotations.put(key.apply("annotation-" + i), "v".repeat(1_000));
            finalizers.add(key.apply("f".repeat(200) + i));
            owners.addObject().put("uid", "o" + i);
            managed.addObject().put("manager", "m" + i);
        }
        finalizers.add("lapse.dev/revoke-first");
        object.putObject("data").put("a", "x".repeat(10_000));
        return object.toString();
    }

    private static String role(int names) {
        ObjectNode list = JSON.createObjectNode();
        ObjectNode role = list.putArray("items").addObject();
        role.putObject("metadata").put("name", "r");
        ObjectNode rule = role.putArray("rules").addObject();
        rule.putArray("verbs").add("get");
        rule.putArray("apiGroups").add("");
        rule.putArray("resources").add("configmaps");
        ArrayNode all = rule.putArray("resourceNames");
        IntStream.range(0, names).forEach(i -> all.add("name-" + i));
        return list.toString();
    }

    private static ObjectNode metadata(Random random) {
        ObjectNode metadata = JSON.createObjectNode();
        metadata.put("uid", "u" + random.nextInt());
        ObjectNode labels = metadata.putObject("labels");
        ObjectNode annotations = metadata.putObject("annotations");
        for (int i = random.nextInt(300); i > 0; i--) {
            labels.put((random.nextBoolean() ? "lapse.dev/" : "") + i, "v");
            annotations.put((random.nextBoolean() ? "lapse.dev/" : "") + i, "€".repeat(random.nextInt(3000)));
        }
        metadata.set("managedFields", any(random, 0));
        return metadata;
    }

    private static JsonNode any(Random random, int depth) {
        int kind = random.nextInt(depth > 4 ? 4 : 6);
        return switch (kind) {
            case 0 -> JSON.getNodeFactory().textNode("ü\u0000\"\\" + random.nextInt());
            case 1 -> JSON.getNodeFactory().numberNode(random.nextInt());
            case 2 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 3 -> JSON.getNodeFactory().numberNode(random.nextLong());
            case 4 -> {
                ArrayNode array = JSON.createArrayNode();
                IntStream.range(0, random.nextInt(5)).forEach(i -> array.add(any(random, depth + 1)));
                yield array;
            }
            default -> {
                ObjectNode object = JSON.createObjectNode();
                IntStream.range(0, random.nextInt(5)).forEach(i -> object.set("f" + i, any(random, depth + 1)));
                yield object;
            }
        };
    }

    private static JsonNode read(Cut cut, String json) throws IOException {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        return JSON.readTree(Okio.buffer(new CutJson(pieces(utf8, 1000), cut)).readUtf8());
    }

    private static Source pieces(byte[] all, int piece) {
        Buffer rest = new Buffer().write(all);
        return new Source() {
            @Override
            public long read(Buffer sink, long most) throws IOException {
                return rest.read(sink, Math.min(most, piece));
            }

            @Override
            public Timeout timeout() {
                return Timeout.NONE;
            }

            @Override
            public void close() {}
        };
    }
}
