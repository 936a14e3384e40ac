package dev.lapse.fault;

import static dev.lapse.fault.Attack.refused;
import static dev.lapse.fault.Attack.taken;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapse.fault.Attack.Write;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Each kind that the operator watches times each thing in it that a writer can make large: some megabytes of each. */
final class Attacks {
    private static final String LONGEST_NAME = "n".repeat(240);
    private static final String OWNER = "11111111-1111-1111-1111-111111111111";

    private Attacks() {}

    static Stream<Attack> all() {
        return Stream.of(
                        Stream.of(
                                        Written.ACCOUNT,
                                        Written.NAMESPACE,
                                        Written.MAP,
                                        Written.ROLE,
                                        Written.CLUSTER_ROLE,
                                        Written.BINDING,
                                        Written.CLUSTER_BINDING)
                                .flatMap(Attacks::metadataOf),
                        accountsAndNamespaces(),
                        roles(),
                        bindings(),
                        mapsAndEvents(),
                        grants(),
                        identities(),
                        campaigns())
                .flatMap(rows -> rows);
    }

    /** Nothing bounds it but the size of an object, annotations 256 KiB. */
    private static Stream<Attack> metadataOf(Written kind) {
        return Stream.of(
                each(kind, "annotations", 40, object -> annotations(object, "note-", 250, 1_000)),
                each(
                        kind,
                        "annotations by names like ours",
                        40,
                        object -> annotations(object, "lapse.dev/a", 2_500, 63)),
                each(kind, "labels by names like ours", 10, object -> labels(object, "lapse.dev/l", 12_000)),
                each(kind, "finalizers", 10, object -> finalizers(object, 4_000, 240)));
    }

    private static Stream<Attack> accountsAndNamespaces() {
        return Stream.of(
                each(Written.ACCOUNT, "Secrets", 10, object -> {
                    names(object.putArray("secrets"), 20_000);
                    names(object.putArray("imagePullSecrets"), 20_000);
                }),
                each(Written.ACCOUNT, "owners", 10, object -> owners(object, 10, 100_000)),
                taken("ServiceAccount: fields of many managers", 10, i -> managed(Written.ACCOUNT, "managed-" + i)),
                taken(
                        "ServiceAccount: names",
                        1_000,
                        i -> List.of(Written.ACCOUNT.created(LONGEST_NAME + i, object -> {}))),
                taken("Namespace: conditions", 10, i -> conditions("largest-conditions-" + i)));
    }

    private static Stream<Attack> roles() {
        return Stream.of(
                each(Written.ROLE, "names of resources", 9, object -> rule(object, "resourceNames", 125_000)),
                each(Written.ROLE, "verbs", 9, object -> rule(object, "verbs", 125_000)),
                each(Written.ROLE, "rules", 9, object -> rules(object, 18_000)),
                // What is in no path is not bounded by one.
                taken(
                        "Role: its own name",
                        40,
                        i -> List.of(Written.ROLE.created("r".repeat(250_000) + i, object -> {}))),
                each(Written.ROLE, "rules, as many as are read", 64, object -> rules(object, 1_900)),
                each(Written.IDENTITY, "names those roles", 2, Attacks::namesThoseRoles),
                each(Written.CLUSTER_ROLE, "paths", 9, object -> rule(object, "nonResourceURLs", 100_000)),
                taken(
                        "ClusterRole: made of many others",
                        10,
                        i -> List.of(
                                Written.CLUSTER_ROLE.created("largest-part-" + i, object -> {
                                    object.withObjectProperty("metadata")
                                            .putObject("labels")
                                            .put("largest", "part");
                                    rule(object, "resourceNames", 9_000);
                                }),
                                Written.CLUSTER_ROLE.created(
                                        "largest-sum-" + i,
                                        object -> object.putObject("aggregationRule")
                                                .putArray("clusterRoleSelectors")
                                                .addObject()
                                                .putObject("matchLabels")
                                                .put("largest", "part")))),
                each(Written.CLUSTER_ROLE, "selectors", 10, object -> {
                    ArrayNode selectors = object.putObject("aggregationRule").putArray("clusterRoleSelectors");
                    IntStream.range(0, 15_000)
                            .forEach(i -> selectors
                                    .addObject()
                                    .putObject("matchLabels")
                                    .put("none", "of-this-value-" + i));
                }));
    }

    private static Stream<Attack> bindings() {
        return Stream.of(
                each(Written.BINDING, "subjects", 10, object -> subjects(object, 10_000)),
                each(Written.CLUSTER_BINDING, "subjects", 10, object -> subjects(object, 10_000)),
                refused(
                        "RoleBinding: subjects, as a grant's",
                        "by the operator alone",
                        i -> List.of(Written.BINDING.created("largest-forged", object -> {
                            object.withObjectProperty("metadata")
                                    .putObject("labels")
                                    .put("lapse.dev/grant-uid", "u");
                            subjects(object, 10_000);
                        }))));
    }

    private static Stream<Attack> mapsAndEvents() {
        return Stream.of(
                each(Written.MAP, "data", 10, object -> object.putObject("data").put("a", "x".repeat(1_000_000))),
                each(
                        Written.MAP,
                        "binary data",
                        10,
                        object -> object.putObject("binaryData")
                                .put("a", Base64.getEncoder().encodeToString(new byte[750_000]))),
                refused(
                        "ConfigMap: data, as what is remembered",
                        "by the operator alone",
                        i -> List.of(Written.MAP.created(
                                "lapse-memory-16",
                                object -> object.putObject("data").put("a", "x".repeat(1_000_000))))),
                each(Written.EVENT, "notes", 10, object -> object.put("message", "x".repeat(1_000_000))));
    }

    private static Stream<Attack> grants() {
        return Stream.of(
                refused(
                        "PrivilegeGrant: annotations",
                        "metadata.annotations: 64 of them",
                        i -> List.of(Written.GRANT.created("largest", object -> annotations(object, "note-", 65, 10)))),
                refused(
                        "PrivilegeGrant: labels",
                        "metadata.labels: 64 are the most",
                        i -> List.of(Written.GRANT.created("largest", object -> labels(object, "lapse.dev/l", 65)))),
                refused(
                        "PrivilegeGrant: finalizers",
                        "metadata.finalizers: 16 are the most",
                        i -> List.of(Written.GRANT.created("largest", object -> finalizers(object, 17, 10)))),
                each(Written.GRANT, "annotations and labels that are taken", 150, object -> {
                    annotations(object, "note-", 64, 1_000);
                    labels(object, "lapse.dev/l", 64);
                    finalizers(object, 16, 240);
                }),
                each(Written.GRANT, "owners", 10, object -> owners(object, 10, 100_000)),
                each(Written.GRANT, "spec", 200, Attacks::largestGrant));
    }

    private static Stream<Attack> identities() {
        return Stream.of(
                refused(
                        "ServiceIdentity: annotations",
                        "metadata.annotations: 64 of them",
                        i -> List.of(
                                Written.IDENTITY.created("largest", object -> annotations(object, "note-", 65, 10)))),
                refused(
                        "ServiceIdentity: finalizers",
                        "metadata.finalizers: 16 are the most",
                        i -> List.of(Written.IDENTITY.created("largest", object -> finalizers(object, 17, 10)))),
                each(Written.IDENTITY, "labels that are taken", 150, object -> labels(object, "l".repeat(50), 64)),
                each(Written.IDENTITY, "owners", 10, object -> owners(object, 10, 100_000)),
                each(Written.IDENTITY, "spec", 8, Attacks::largestIdentity));
    }

    /** They are about the identities above, all of them. */
    private static Stream<Attack> campaigns() {
        return Stream.of(
                refused(
                        "AccessReview: labels of identities",
                        "Too long: may not be more than 63 bytes",
                        i -> List.of(Written.CAMPAIGN.created("largest", object -> selected(object, 1, 1_000_000)))),
                refused(
                        "AccessReview: annotations",
                        "metadata.annotations: 64 of them",
                        i -> List.of(
                                Written.CAMPAIGN.created("largest", object -> annotations(object, "note-", 65, 10)))),
                each(Written.CAMPAIGN, "labels of identities that are taken", 40, object -> selected(object, 16, 63)),
                each(Written.CAMPAIGN, "of the largest identities", 6, object -> {}));
    }

    private static Attack each(Written kind, String what, int count, Consumer<ObjectNode> grown) {
        String prefix = "largest-" + what.replaceAll("[^a-z]+", "-") + "-";
        return taken(kind.kind() + ": " + what, count, i -> List.of(kind.created(prefix + i, grown)));
    }

    private static void annotations(ObjectNode object, String key, int count, int length) {
        ObjectNode all = object.withObjectProperty("metadata").putObject("annotations");
        IntStream.range(0, count).forEach(i -> all.put(key + i, "x".repeat(length)));
    }

    private static void labels(ObjectNode object, String key, int count) {
        ObjectNode all = object.withObjectProperty("metadata").putObject("labels");
        IntStream.range(0, count).forEach(i -> all.put(key + i, "v".repeat(63)));
    }

    private static void finalizers(ObjectNode object, int count, int length) {
        ArrayNode all = object.withObjectProperty("metadata").putArray("finalizers");
        String host = "h".repeat(Math.min(60, length / 4)) + ".";
        IntStream.range(0, count).forEach(i -> all.add(host.repeat(3) + "x/f" + i));
    }

    private static void owners(ObjectNode object, int count, int length) {
        ArrayNode all = object.withObjectProperty("metadata").putArray("ownerReferences");
        IntStream.range(0, count)
                .forEach(i -> all.addObject()
                        // Of a kind that nobody knows, or the garbage collector would delete what it owns.
                        .put("apiVersion", "nobody.example/v1")
                        .put("kind", "Nothing")
                        .put("name", i + "x".repeat(length))
                        .put("uid", OWNER));
    }

    private static void names(ArrayNode all, int count) {
        IntStream.range(0, count).forEach(i -> all.addObject().put("name", "s" + i));
    }

    private static List<Write> managed(Written kind, String name) {
        return IntStream.range(0, 10)
                .mapToObj(manager -> {
                    ObjectNode applied = kind.smallest(name);
                    annotations(applied, "a".repeat(50) + manager, 300, 1);
                    return new Write("PATCH", kind.path() + "/" + name + "?fieldManager=m" + manager, applied);
                })
                .toList();
    }

    private static List<Write> conditions(String name) {
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

    private static void rule(ObjectNode object, String field, int count) {
        ObjectNode rule = object.putArray("rules").addObject();
        rule.putArray("verbs").add("get");
        if (!field.equals("nonResourceURLs")) {
            rule.putArray("apiGroups").add("");
            rule.putArray("resources").add("configmaps");
        }
        ArrayNode all = rule.putArray(field);
        IntStream.range(0, count).forEach(i -> all.add(field.equals("nonResourceURLs") ? "/n" + i : "n" + i));
    }

    private static void rules(ObjectNode object, int count) {
        ArrayNode rules = object.putArray("rules");
        IntStream.range(0, count).forEach(i -> {
            ObjectNode rule = rules.addObject();
            rule.putArray("verbs").add("b");
            rule.putArray("apiGroups").add("");
            rule.putArray("resources").add("a");
        });
    }

    private static void namesThoseRoles(ObjectNode identity) {
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

    private static void subjects(ObjectNode object, int count) {
        ArrayNode all = object.putArray("subjects");
        IntStream.range(0, count)
                .forEach(i -> all.addObject()
                        .put("apiGroup", "rbac.authorization.k8s.io")
                        .put("kind", "User")
                        .put("name", "somebody-" + i));
    }

    private static void largestGrant(ObjectNode grant) {
        ObjectNode spec = grant.withObjectProperty("spec");
        spec.put("reason", "x".repeat(1_024)).put("ticket", "x".repeat(253));
        spec.withObjectProperty("identityRef").put("name", "x".repeat(253));
        spec.putArray("requestedByAs").add("system:masters");
        spec.putObject("credential").put("type", "Mint").put("encryptTo", "x".repeat(16_384));
        ArrayNode namespaces = spec.putArray("namespaces");
        IntStream.range(0, 16).forEach(i -> namespaces.add("x".repeat(60) + i));
    }

    private static void largestIdentity(ObjectNode identity) {
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

    private static void selected(ObjectNode campaign, int count, int length) {
        ObjectNode labels = campaign.withObjectProperty("spec")
                .withObjectProperty("scope")
                .putObject("selector")
                .putObject("matchLabels");
        IntStream.range(0, count).forEach(i -> labels.put("k".repeat(300) + i, "v".repeat(length)));
    }
}
