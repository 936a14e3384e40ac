package dev.lapse.runtime;

import dev.lapse.api.v1alpha1.Lapse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is kept of the objects of a kind while an answer is read. Whoever may write an object decides how large it is, up to
 * 1.5 MiB, and there may be any number: so what no decision is made from is never held.
 */
enum Cut {
    /** Kinds that tenants do not write. */
    WHOLE(Set.of()),
    /** Lapse's own kinds: their specs and statuses are bounded by their schemas. */
    OURS(Set.of()),
    /** Which roles there are. Their rules are read one role at a time. */
    ROLE_NAMES(Set.of()),
    /** One role with its rules, or {@link #TOO_LARGE} in their place. */
    ROLE(Set.of("rules")),
    /** Bindings of grants. */
    BINDING(Set.of("roleRef", "subjects")),
    /** Accounts and namespaces: that they are there. */
    NAMED(Set.of("status"));

    /** More text than this is no role that a person could judge: the largest of Kubernetes' own has 8 KiB. */
    static final int LARGEST = 128 * 1024;

    /** Stands in the place of rules that are too large, and gives nothing. */
    static final String TOO_LARGE = "[{\"apiGroups\":[\"" + Lapse.TOO_LARGE + "\"],\"verbs\":[]}]";

    /** Stands in the place of subjects that are too many. */
    static final String TOO_MANY = "[{\"kind\":\"" + Lapse.TOO_LARGE + "\",\"name\":\"\"}]";

    /** A label that a campaign selects by may be any: but no object needs more of them. */
    static final int MOST_LABELS = 128;

    /** The longest value of an annotation of ours; labels are bounded by Kubernetes. */
    static final int LONGEST_ANNOTATION = 1024;

    private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";

    /** What a list, an event or an error consists of, beside the objects. */
    private static final Set<String> ENVELOPE =
            Set.of("apiVersion", "kind", "type", "items", "object", "metadata", "message", "reason", "code", "details");

    private static final Set<String> METADATA = Set.of(
            "name",
            "namespace",
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "deletionTimestamp",
            "finalizers",
            "labels",
            "annotations",
            "continue",
            "remainingItemCount");

    private static final Map<String, Cut> BY_RESOURCE = Map.of(
            "privilegegrants", OURS,
            "serviceidentities", OURS,
            "accessreviews", OURS,
            "roles", ROLE,
            "clusterroles", ROLE,
            "rolebindings", BINDING,
            "clusterrolebindings", BINDING,
            "serviceaccounts", NAMED,
            "namespaces", NAMED);

    private final Set<String> fields;

    Cut(Set<String> fields) {
        this.fields = fields;
    }

    /**
     * What is kept of the answer to a GET.
     *
     * @param selected whether it asks for an object by its name
     */
    static Cut of(String path, boolean selected) {
        List<String> words =
                Arrays.stream(path.split("/")).filter(word -> !word.isEmpty()).toList();
        int root = 0;
        while (root < words.size() && !words.get(root).startsWith("api")) {
            root++;
        }
        int at = root + (root < words.size() && words.get(root).equals("api") ? 2 : 3);
        if (at >= words.size()) {
            return WHOLE;
        }
        boolean inNamespace = words.get(at).equals("namespaces") && words.size() > at + 2;
        int kind = inNamespace ? at + 2 : at;
        Cut cut = BY_RESOURCE.getOrDefault(words.get(kind), WHOLE);
        boolean one = selected || words.size() > kind + 1;
        return cut == ROLE && !one ? ROLE_NAMES : cut;
    }

    boolean whole() {
        return this == WHOLE;
    }

    boolean keeps(String field) {
        return this == OURS || fields.contains(field) || ENVELOPE.contains(field);
    }

    /** Whether {@code field} is held only up to {@link #LARGEST}. */
    boolean bounds(String field) {
        return fields.contains(field);
    }

    /** What stands in the place of a field that is too large. */
    String instead(String field) {
        return field.equals("rules") ? TOO_LARGE : field.equals("subjects") ? TOO_MANY : "{}";
    }

    /** An error's status is a word, and kept. */
    boolean keepsStatus() {
        return this == OURS || fields.contains("status");
    }

    static boolean keepsOfMetadata(String field) {
        return METADATA.contains(field);
    }

    boolean keepsLabel(String key, int sofar) {
        return sofar < MOST_LABELS && (this == OURS || ours(key));
    }

    static boolean keepsAnnotation(String key) {
        return ours(key) || key.equals(INITIAL_EVENTS_END);
    }

    private static boolean ours(String key) {
        return key.startsWith(Lapse.GROUP + "/");
    }
}
