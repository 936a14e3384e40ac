package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the operator itself has made and removed of one kind, for as long as the informer may not have shown it yet. After a
 * watch that broke, the informer shows one after the other what happened meanwhile, so also what is long gone.
 */
final class OwnWrites<T extends HasMetadata> {
    /** Larger numbers are later; they are written without leading zeros and may be longer than any number type. */
    private static final Comparator<String> BY_VERSION =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    private final ConcurrentHashMap<String, T> created = new ConcurrentHashMap<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();

    void created(T object) {
        created.put(uid(object), object);
    }

    void deleted(String uid) {
        created.remove(uid);
        deleted.add(uid);
    }

    /** The informer shows this object. @return whether that is news */
    boolean shown(T object) {
        return created.remove(uid(object)) == null;
    }

    /** The informer shows that this object is gone. @return whether that is news */
    boolean gone(T object) {
        created.remove(uid(object));
        return !deleted.remove(uid(object));
    }

    /**
     * The informer has listed all there is, as of this version: what was made before is shown, or gone unseen.
     *
     * @return what the informer did not show until now
     */
    List<T> listed(String version) {
        List<T> known = created.values().stream()
                .filter(made -> BY_VERSION.compare(version(made), version) <= 0)
                .toList();
        known.forEach(made -> created.remove(uid(made)));
        return known;
    }

    /**
     * What there is under a name, where the informer shows {@code known}.
     *
     * @param namespace empty for what is in none
     */
    Optional<T> correct(String namespace, String name, @Nullable T known) {
        Optional<T> shown = Optional.ofNullable(known).filter(this::there);
        return created.values().stream()
                .filter(made -> name.equals(made.getMetadata().getName()))
                .filter(made -> namespace.equals(
                        Objects.requireNonNullElse(made.getMetadata().getNamespace(), "")))
                .filter(this::there)
                .filter(made -> shown.filter(seen -> later(seen, made)).isEmpty())
                .findFirst()
                .or(() -> shown);
    }

    /** Forgets the removal of what the informer does not show: it has shown that too, or never will. */
    void tidy(Set<String> shown) {
        deleted.retainAll(shown);
    }

    private boolean there(T object) {
        return !deleted.contains(uid(object));
    }

    private static boolean later(HasMetadata one, HasMetadata other) {
        return BY_VERSION.compare(version(one), version(other)) > 0;
    }

    private static String version(HasMetadata object) {
        String version = object.getMetadata().getResourceVersion();
        return version == null ? "" : version;
    }

    static String uid(HasMetadata object) {
        String uid = object.getMetadata().getUid();
        return uid == null ? "" : uid;
    }
}
