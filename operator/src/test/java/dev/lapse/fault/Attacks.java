package dev.lapse.fault;

import static dev.lapse.fault.Attack.taken;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Each kind that the operator watches times each thing in it that a writer can make large: some megabytes of each. */
final class Attacks {
    private static final String LONGEST_NAME = "n".repeat(240);
    private static final String OPERATOR_ALONE = "by the operator alone";

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
                        Stream.of(Written.GRANT, Written.IDENTITY, Written.CAMPAIGN)
                                .flatMap(Attacks::boundedMetadataOf),
                        specsOfOurs())
                .flatMap(rows -> rows);
    }

    /** Nothing bounds it but the size of an object, annotations 256 KiB. */
    private static Stream<Attack> metadataOf(Written kind) {
        return Stream.of(
                each(kind, "annotations", 20, object -> Large.annotations(object, "note-", 250, 1_000)),
                each(
                        kind,
                        "annotations by names like ours",
                        20,
                        object -> Large.annotations(object, "lapse.dev/a", 2_500, 63)),
                each(kind, "labels by names like ours", 5, object -> Large.labels(object, "lapse.dev/l", 12_000)),
                each(kind, "finalizers", 5, object -> Large.finalizers(object, 4_000)));
    }

    private static Stream<Attack> accountsAndNamespaces() {
        return Stream.of(
                each(Written.ACCOUNT, "Secrets", 5, object -> {
                    Large.names(object.putArray("secrets"), 20_000);
                    Large.names(object.putArray("imagePullSecrets"), 20_000);
                }),
                each(Written.ACCOUNT, "owners", 5, object -> Large.owners(object, 10, 100_000)),
                taken(
                        "ServiceAccount: fields of many managers",
                        5,
                        i -> Large.managed(Written.ACCOUNT, "managed-" + i)),
                taken(
                        "ServiceAccount: names",
                        500,
                        i -> List.of(Written.ACCOUNT.created(LONGEST_NAME + i, object -> {}))),
                taken("Namespace: conditions", 5, i -> Large.conditions("largest-conditions-" + i)));
    }

    private static Stream<Attack> roles() {
        return Stream.of(
                each(Written.ROLE, "names of resources", 5, object -> Large.rule(object, "resourceNames", 125_000)),
                each(Written.ROLE, "verbs", 5, object -> Large.rule(object, "verbs", 125_000)),
                each(Written.ROLE, "rules", 5, object -> Large.rules(object, 18_000)),
                refused(
                        Written.ROLE,
                        "its own name",
                        "253 letters are the most",
                        object -> object.withObjectProperty("metadata").put("name", "r".repeat(250_000))),
                taken(
                        "ClusterRole: its own name",
                        20,
                        i -> List.of(Written.CLUSTER_ROLE.created("r".repeat(250_000) + i, object -> {}))),
                each(Written.ROLE, "rules, as many as are read", 64, object -> Large.rules(object, 1_900)),
                each(Written.IDENTITY, "names those roles", 2, Large::namesThoseRoles),
                each(Written.CLUSTER_ROLE, "paths", 5, object -> Large.rule(object, "nonResourceURLs", 100_000)),
                taken(
                        "ClusterRole: made of many others",
                        5,
                        i -> List.of(
                                Written.CLUSTER_ROLE.created("largest-part-" + i, object -> {
                                    object.withObjectProperty("metadata")
                                            .putObject("labels")
                                            .put("largest", "part");
                                    Large.rule(object, "resourceNames", 9_000);
                                }),
                                Written.CLUSTER_ROLE.created(
                                        "largest-sum-" + i,
                                        object -> object.putObject("aggregationRule")
                                                .putArray("clusterRoleSelectors")
                                                .addObject()
                                                .putObject("matchLabels")
                                                .put("largest", "part")))),
                each(Written.CLUSTER_ROLE, "selectors", 5, object -> {
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
                each(Written.BINDING, "subjects", 5, object -> Large.subjects(object, 10_000)),
                each(Written.CLUSTER_BINDING, "subjects", 5, object -> Large.subjects(object, 10_000)),
                refused(Written.BINDING, "subjects of a grant's", OPERATOR_ALONE, object -> {
                    object.withObjectProperty("metadata").putObject("labels").put("lapse.dev/grant-uid", "u");
                    Large.subjects(object, 10_000);
                }));
    }

    private static Stream<Attack> mapsAndEvents() {
        return Stream.of(
                each(Written.MAP, "data", 5, object -> object.putObject("data").put("a", "x".repeat(1_000_000))),
                each(
                        Written.MAP,
                        "binary data",
                        5,
                        object -> object.putObject("binaryData")
                                .put("a", Base64.getEncoder().encodeToString(new byte[750_000]))),
                refused(Written.MAP, "data like what is remembered", OPERATOR_ALONE, object -> {
                    object.withObjectProperty("metadata").put("name", "lapse-memory-16");
                    object.putObject("data").put("a", "x".repeat(1_000_000));
                }),
                each(Written.EVENT, "notes", 5, object -> object.put("message", "x".repeat(1_000_000))));
    }

    /** Of these there may be so many, but none of them is large. */
    private static Stream<Attack> boundedMetadataOf(Written kind) {
        return Stream.of(
                refused(
                        kind,
                        "annotations",
                        "annotations: 64 of them",
                        object -> Large.annotations(object, "note-", 65, 10)),
                refused(
                        kind,
                        "letters",
                        "65536 letters in all",
                        object -> Large.annotations(object, "note-", 1, 65_600)),
                refused(kind, "labels", "labels: 64 are the most", object -> Large.labels(object, "l", 65)),
                refused(kind, "labels like ours", OPERATOR_ALONE, object -> Large.labels(object, "lapse.dev/l", 1)),
                refused(kind, "finalizers", "finalizers: 16 are the most", object -> Large.finalizers(object, 17)),
                refused(kind, "owners", OPERATOR_ALONE, object -> Large.owners(object, 1, 10)),
                each(kind, "metadata that is taken", 50, object -> {
                    Large.annotations(object, "note-", 64, 1_000);
                    Large.labels(object, "l".repeat(50), 64);
                    Large.finalizers(object, 16);
                }));
    }

    private static Stream<Attack> specsOfOurs() {
        return Stream.of(
                each(Written.GRANT, "spec", 100, Large::grant),
                each(Written.IDENTITY, "spec", 8, Large::identity),
                refused(
                        Written.CAMPAIGN,
                        "labels of identities",
                        "Too long: may not be more than 63 bytes",
                        object -> Large.selected(object, 1, 1_000_000)),
                each(Written.CAMPAIGN, "labels that are taken", 20, object -> Large.selected(object, 16, 63)),
                // About the identities above, all of them.
                each(Written.CAMPAIGN, "many identities", 6, object -> {}));
    }

    private static Attack each(Written kind, String what, int count, Consumer<ObjectNode> grown) {
        String prefix = "largest-" + what.replaceAll("[^a-z]+", "-") + "-";
        return taken(kind.kind() + ": " + what, count, i -> List.of(kind.created(prefix + i, grown)));
    }

    private static Attack refused(Written kind, String what, String words, Consumer<ObjectNode> grown) {
        return Attack.refused(kind.kind() + ": " + what, words, i -> List.of(kind.created("largest-refused", grown)));
    }
}
