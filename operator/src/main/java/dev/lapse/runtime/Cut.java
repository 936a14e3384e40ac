package dev.lapse.runtime;

import dev.lapse.api.v1alpha1.Lapse;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which parts of an object are kept while an answer is read. Whoever may write an object decides how large it is, up
 * to 1.5 MiB, and how many there are. So parts that no decision needs are never held.
 */
public enum Cut {
    /** Kinds that tenants do not write. */
    WHOLE(Set.of()),
    /** Grants and reviews: their specs and statuses are bounded by their schemas. */
    OURS(Set.of()),
    /** A campaign selects by any of their labels. */
    IDENTITIES(Set.of()),
    /** One grant, identity or review that is asked for by its path, with every finalizer. */
    ONE_OF_OURS(Set.of()),
    /** The names of roles. Their rules are read one role at a time. */
    ROLE_NAMES(Set.of()),
    /** One role with its rules, or {@link #TOO_LARGE} in their place. */
    ROLE(Set.of("rules")),
    /** Bindings of grants. */
    BINDING(Set.of("roleRef", "subjects")),
    /** Accounts and namespaces: only that they exist. */
    NAMED(Set.of()),
    /** The ConfigMaps of lapse-system, of which the operator reads a few. The API server bounds each to a mebibyte. */
    MAPS(Set.of("data"));

    /** A role with more text is more than a person could judge. The largest of Kubernetes' own roles has 8 KiB. */
    static final int LARGEST = 128 * 1024;

    /** Replaces rules that are too large, and gives no right. */
    static final String TOO_LARGE = "[{\"apiGroups\":[\"" + Lapse.TOO_LARGE + "\"],\"verbs\":[]}]";

    /** The longest name that an object of Lapse can refer to. Only names of roles and bindings may be longer. */
    static final int LONGEST_NAME = 253;

    /** Replaces subjects that are too many. */
    static final String TOO_MANY = "[{\"kind\":\"" + Lapse.TOO_LARGE + "\",\"name\":\"\"}]";

    /** As many as policy lapse-size allows. The length of a label is bounded by Kubernetes. */
    static final int MOST_LABELS = 64;

    /** An annotation of Lapse holds the name of an object. */
    static final int LONGEST_ANNOTATION = LONGEST_NAME;

    /** As many as policy lapse-size allows. */
    static final int MOST_FINALIZERS = 16;

    /** A domain and a name, as Kubernetes bounds them. */
    static final int LONGEST_FINALIZER = 317;

    private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";

    /** The fields of a list, an event or an error, besides the objects. */
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
            "serviceidentities", IDENTITIES,
            "accessreviews", OURS,
            "roles", ROLE,
            "clusterroles", ROLE,
            "rolebindings", BINDING,
            "clusterrolebindings", BINDING,
            "serviceaccounts", NAMED,
            "namespaces", NAMED,
            "configmaps", MAPS);

    private static final Set<Cut> WITH_SPEC = EnumSet.of(OURS, IDENTITIES, ONE_OF_OURS);

    private static final Pattern VERSION = Pattern.compile("v[0-9]+((alpha|beta)[0-9]+)?");
    private static final Pattern READ_MAP = Pattern.compile("lapse-guard|lapse-guard-epoch|lapse-memory-[0-9]+");

    private final Set<String> fields;

    Cut(Set<String> fields) {
        this.fields = fields;
    }

    /**
     * The cut for the answer to a GET.
     *
     * @param selected whether the request asks for an object by its name
     */
    static Cut of(String path, boolean selected) {
        List<String> words =
                Arrays.stream(path.split("/")).filter(word -> !word.isEmpty()).toList();
        int at = resource(words);
        if (at >= words.size()) {
            return WHOLE;
        }
        boolean inNamespace = words.get(at).equals("namespaces") && words.size() > at + 2;
        int kind = inNamespace ? at + 2 : at;
        Cut cut = BY_RESOURCE.getOrDefault(words.get(kind), WHOLE);
        boolean named = words.size() > kind + 1;
        return switch (cut) {
            case ROLE -> named || selected ? ROLE : ROLE_NAMES;
            case OURS, IDENTITIES -> named ? ONE_OF_OURS : cut;
            // Read whole, because the operator writes the ConfigMap back.
            case MAPS -> named ? WHOLE : MAPS;
            default -> cut;
        };
    }

    /**
     * The position of the plural of a kind in the path: after the root and the version. The root comes before any
     * name, so no name is taken for it. The path of a proxy may come before the root.
     */
    private static int resource(List<String> words) {
        for (int root = 0; root < words.size(); root++) {
            int version =
                    root + (words.get(root).equals("api") ? 1 : words.get(root).equals("apis") ? 2 : words.size());
            if (version < words.size() && VERSION.matcher(words.get(version)).matches()) {
                return version + 1;
            }
        }
        return words.size();
    }

    boolean whole() {
        return this == WHOLE;
    }

    boolean keeps(String field) {
        return (withSpec() && field.equals("spec")) || fields.contains(field) || ENVELOPE.contains(field);
    }

    /**
     * Whether {@code field} of the object {@code name} is kept. The API server writes the name before the other
     * fields.
     */
    boolean keepsOf(String name, String field) {
        return keeps(field)
                && (this != MAPS
                        || !fields.contains(field)
                        || name.isEmpty()
                        || READ_MAP.matcher(name).matches());
    }

    /** Whether {@code field} is held only up to {@link #LARGEST}. */
    boolean bounds(String field) {
        return this != MAPS && fields.contains(field);
    }

    /** The replacement for a field that is too large. */
    String instead(String field) {
        return field.equals("rules") ? TOO_LARGE : field.equals("subjects") ? TOO_MANY : "{}";
    }

    /** The status of an error is a text, and is kept. */
    boolean keepsStatus() {
        return withSpec();
    }

    boolean keepsOfMetadata(String field) {
        return METADATA.contains(field) && (withSpec() || !field.equals("finalizers"));
    }

    /** The longest text of metadata that is kept. */
    static int longest(String field) {
        return field.equals("name") || field.equals("namespace") ? LONGEST_NAME : Integer.MAX_VALUE;
    }

    boolean keepsLabel(String key, int sofar) {
        return Lapse.LABELS.contains(key) || (sofar < MOST_LABELS && (this == IDENTITIES || this == ONE_OF_OURS));
    }

    static boolean keepsAnnotation(String key, int length) {
        return key.equals(INITIAL_EVENTS_END) || (Lapse.ANNOTATIONS.contains(key) && length <= LONGEST_ANNOTATION);
    }

    boolean keepsFinalizer(String finalizer, int sofar) {
        return this == ONE_OF_OURS
                || finalizer.equals(Lapse.FINALIZER)
                || (sofar < MOST_FINALIZERS && finalizer.length() <= LONGEST_FINALIZER);
    }

    private boolean withSpec() {
        return WITH_SPEC.contains(this);
    }
}
