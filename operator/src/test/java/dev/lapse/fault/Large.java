package dev.lapse.fault;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapse.fault.Attack.Write;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes parts of an object large. */
final class Large {
    private static final String OWNER = "11111111-1111-1111-1111-111111111111";

    private Large() {}

    static void annotations(ObjectNode object, String key, int count, int length) {
        ObjectNode all = object.withObjectProperty("metadata").putObject("annotations");
        IntStream.range(0, count).forEach(i -> all.put(key + i, "x".repeat(length)));
    }

    static void labels(ObjectNode object, String key, int count) {
        ObjectNode all = object.withObjectProperty("metadata").putObject("labels");
        IntStream.range(0, count).forEach(i -> all.put(key + i, "v".repeat(63)));
    }

    static void finalizers(ObjectNode object, int count) {
        ArrayNode all = object.withObjectProperty("metadata").putArray("finalizers");
        String host = "h".repeat(60) + ".";
        IntStream.range(0, count).forEach(i -> all.add(host.repeat(3) + "x/f" + i));
    }

    static void owners(ObjectNode object, int count, int length) {
        ArrayNode all = object.withObjectProperty("metadata").putArray("ownerReferences");
        IntStream.range(0, count)
                .forEach(i -> all.addObject()
                        // Of a kind that nobody knows, or the garbage collector would delete what it owns.
                        .put("apiVersion", "nobody.example/v1")
                        .put("kind", "Nothing")
                        .put("name", i + "x".repeat(length))
                        .put("uid", OWNER));
    }

    static void names(ArrayNode all, int count) {
        IntStream.range(0, count).forEach(i -> all.addObject().put("name", "s" + i));
    }

    static List<Write> managed(Written kind, String name) {
        return IntStream.range(0, 10)
                .mapToObj(manager -> {
                    ObjectNode applied = kind.smallest(name);
                    annotations(applied, "a".repeat(50) + manager, 300, 1);
                    return new Write("PATCH", kind.path() + "/" + name + "?fieldManager=m" + manager, applied);
                })
                .toList();
    }

    static List<Write> conditions(String name) {
        ObjectNode reported = Written.NAMESPACE.smallest(name);
        reported.putObject("status")
                .put("phase", "Active")
                .putArray("conditions")
                .addObject()
                .put("type", "Largest")
                .put("status", "True")
                .put("message", "x".repeat(1_000_000));
        return List.of(
                Written.NAMESPACE.created(name, object -> {}),
                new Write("PUT", Written.NAMESPACE.path() + "/" + name + "/status", reported));
    }

    static void rule(ObjectNode object, String field, int count) {
        ObjectNode rule = object.putArray("rules").addObject();
        rule.putArray("verbs").add("get");
        if (!field.equals("nonResourceURLs")) {
            rule.putArray("apiGroups").add("");
            rule.putArray("resources").add("configmaps");
        }
        ArrayNode all = rule.putArray(field);
        IntStream.range(0, count).forEach(i -> all.add(field.equals("nonResourceURLs") ? "/n" + i : "n" + i));
    }

    static void rules(ObjectNode object, int count) {
        ArrayNode rules = object.putArray("rules");
        IntStream.range(0, count).forEach(i -> {
            ObjectNode rule = rules.addObject();
            rule.putArray("verbs").add("get");
            rule.putArray("apiGroups").add("");
            rule.putArray("resources").add("pods");
        });
    }

    static void namesThoseRoles(ObjectNode identity) {
        int first = identity.at("/metadata/name").asText().endsWith("0") ? 0 : 32;
        ArrayNode entries = identity.withObjectProperty("spec").putArray("eligible");
        IntStream.range(first, first + 32)
                .forEach(i -> entry(entries, "e" + i, "Role", "largest-rules-as-many-as-are-read-" + i));
    }

    private static ObjectNode entry(ArrayNode entries, String name, String kind, String role) {
        ObjectNode entry = entries.addObject().put("name", name).put("entitledBy", "admin");
        entry.putObject("role").put("kind", kind).put("name", role);
        entry.putArray("namespaces").add(Written.NAMESPACE_OF_ALL);
        entry.putArray("entitledByAs").add("system:masters");
        return entry;
    }

    static void subjects(ObjectNode object, int count) {
        ArrayNode all = object.putArray("subjects");
        IntStream.range(0, count)
                .forEach(i -> all.addObject()
                        .put("apiGroup", "rbac.authorization.k8s.io")
                        .put("kind", "User")
                        .put("name", "somebody-" + i));
    }

    static void grant(ObjectNode grant) {
        ObjectNode spec = grant.withObjectProperty("spec");
        spec.put("reason", "x".repeat(1_024)).put("ticket", "x".repeat(253));
        spec.withObjectProperty("identityRef").put("name", "x".repeat(253));
        spec.putArray("requestedByAs").add("system:masters");
        spec.putObject("credential")
                .put("type", "Token")
                .put("encryptTo", "-----BEGIN CERTIFICATE-----\n" + "x".repeat(16_300) + "\n-----END CERTIFICATE-----");
        ArrayNode namespaces = spec.putArray("namespaces");
        IntStream.range(0, 16).forEach(i -> namespaces.add("x".repeat(60) + i));
    }

    static void identity(ObjectNode identity) {
        ObjectNode spec = identity.withObjectProperty("spec");
        spec.put("purpose", "x".repeat(1_024));
        ArrayNode systems = spec.putArray("systems");
        IntStream.range(0, 32).forEach(i -> systems.add("x".repeat(250) + i));
        ArrayNode entries = spec.putArray("eligible");
        for (int i = 0; i < 32; i++) {
            ObjectNode entry = entry(entries, "x".repeat(61) + i, "ClusterRole", "x".repeat(250) + i);
            people(entry.putArray("requesters"));
            people(entry.putObject("approvals").put("required", 1).putArray("approvers"));
            ArrayNode accepts = entry.putArray("accepts");
            Stream.of("SecretsRead", "Exec", "PodsWrite", "Bind", "TokenCreate", "Impersonate")
                    .forEach(risk -> accepts.addObject().put("risk", risk).put("reason", "x".repeat(512)));
        }
    }

    private static void people(ArrayNode all) {
        IntStream.range(0, 16).forEach(i -> all.addObject().put("group", "x".repeat(250) + i));
    }

    static void selected(ObjectNode campaign, int count, int length) {
        ObjectNode labels = campaign.withObjectProperty("spec")
                .withObjectProperty("scope")
                .putObject("selector")
                .putObject("matchLabels");
        IntStream.range(0, count).forEach(i -> labels.put("k".repeat(300) + i, "v".repeat(length)));
    }
}
