package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads the rules of roles, of which the informers hold the names only. Whoever may write roles decides how many there
 * are and how large, and few of them are ever named. A role that is named is read by itself, once in each version, and
 * kept while all kept roles together stay within a bound.
 */
final class OneByOne<T extends HasMetadata> implements Completion<T> {
    /** The bound, in bytes, estimated. The largest of Kubernetes' own roles takes 40,000. */
    static final long MOST = 8L * 1024 * 1024;

    /** A role's metadata, and its place in the map. */
    private static final int OF_A_ROLE = 1024;

    /** A rule and its five lists, each with an array. */
    private static final int OF_A_RULE = 400;

    /** A text, besides its characters; an empty text is an object too. */
    private static final int OF_A_TEXT = 64;

    private final BiFunction<String, String, List<T>> read;
    private final Function<T, List<PolicyRule>> rules;
    /** By UID; the role that was asked for last is at the end. */
    private final Map<String, Kept<T>> kept = new LinkedHashMap<>(16, 0.75f, true);

    private long sum;

    private record Kept<T>(T object, long weight) {}

    /** @param read asks the API server by name and namespace; the namespace is empty for cluster-wide kinds */
    OneByOne(BiFunction<String, String, List<T>> read, Function<T, List<PolicyRule>> rules) {
        this.read = read;
        this.rules = rules;
    }

    /**
     * Empty if the role is gone by now. If the API server does not answer, this throws, because nobody knows what the
     * role gives.
     */
    @Override
    public Optional<T> asked(Optional<T> shown) {
        return known(shown).or(() -> shown.flatMap(this::read));
    }

    @Override
    public Optional<T> known(Optional<T> shown) {
        return shown.filter(this::hasRules).or(() -> shown.flatMap(this::remembered));
    }

    private boolean hasRules(T object) {
        List<PolicyRule> all = rules.apply(object);
        return all != null && !all.isEmpty();
    }

    private synchronized Optional<T> remembered(T shown) {
        return Optional.ofNullable(kept.get(OwnWrites.uid(shown)))
                .map(Kept::object)
                .filter(object -> Objects.equals(version(object), version(shown)));
    }

    private Optional<T> read(T shown) {
        String namespace = Objects.requireNonNullElse(shown.getMetadata().getNamespace(), "");
        Optional<T> found =
                read.apply(namespace, shown.getMetadata().getName()).stream().findFirst();
        found.ifPresent(this::keep);
        return found;
    }

    private synchronized void keep(T object) {
        Kept<T> entry = new Kept<>(object, weight(rules.apply(object)));
        Kept<T> before = kept.put(OwnWrites.uid(object), entry);
        sum += entry.weight() - (before == null ? 0 : before.weight());
        Iterator<Kept<T>> eldest = kept.values().iterator();
        while (sum > MOST && eldest.hasNext()) {
            sum -= eldest.next().weight();
            eldest.remove();
        }
    }

    /** An estimate of the heap that the rules take. For small rules the objects cost more than the text. */
    static long weight(List<PolicyRule> rules) {
        return OF_A_ROLE
                + Stream.ofNullable(rules)
                        .flatMap(List::stream)
                        .mapToLong(rule -> OF_A_RULE
                                + Stream.of(
                                                rule.getApiGroups(),
                                                rule.getResources(),
                                                rule.getVerbs(),
                                                rule.getResourceNames(),
                                                rule.getNonResourceURLs())
                                        .filter(Objects::nonNull)
                                        .flatMap(Collection::stream)
                                        .mapToLong(text -> OF_A_TEXT + text.length())
                                        .sum())
                        .sum();
    }

    private static String version(HasMetadata object) {
        return object.getMetadata().getResourceVersion();
    }
}
