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
 * What the operator itself has made and removed of one kind, until the informer shows it. After a broken watch the
 * informer replays what happened meanwhile, so it may also show objects that are long gone.
 */
final class OwnWrites<T extends HasMetadata> {
    /**
     * A larger number is a later version. The numbers have no leading zeros and may be longer than any number type.
     */
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

    /** The informer shows this object. @return whether that was not known */
    boolean shown(T object) {
        return created.remove(uid(object)) == null;
    }

    /** The informer shows that this object is gone. @return whether that was not known */
    boolean gone(T object) {
        created.remove(uid(object));
        return !deleted.remove(uid(object));
    }

    /**
     * The informer has listed all objects as of this version. So an object that was made before is in the list, or is
     * gone.
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
     * The object of this name as it is, where the informer shows {@code known}.
     *
     * @param namespace empty for cluster-wide kinds
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

    /**
     * Forgets the removal of objects that the informer does not show: it has shown the removal, or never will show the
     * object.
     */
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
