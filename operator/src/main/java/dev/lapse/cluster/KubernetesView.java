package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One kind of object as an informer shows it, corrected by what the operator itself has just written: an informer learns
 * of a write some milliseconds after the writer, and a decision made in between would be made twice.
 */
public final class KubernetesView<T extends HasMetadata> implements AutoCloseable {
    private static final long PAGE = 500;

    private final SharedIndexInformer<T> informer;
    private final ConcurrentHashMap<String, T> justCreated = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Boolean> justDeleted = new ConcurrentHashMap<>();
    private final List<Consumer<T>> listeners = new CopyOnWriteArrayList<>();

    /**
     * @param source what to watch
     * @param pruned what to keep of each object: memory is paid for every object of the cluster
     */
    KubernetesView(Informable<T> source, UnaryOperator<T> pruned) {
        this.informer = source.withLimit(PAGE).runnableInformer(0);
        this.informer.itemStore(new BasicItemStore<>(Cache::metaNamespaceKeyFunc) {
            @Override
            public T put(String key, T object) {
                return super.put(key, pruned.apply(object));
            }
        });
        this.informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                seen(object);
            }

            @Override
            public void onUpdate(T before, T after) {
                seen(after);
            }

            @Override
            public void onDelete(T object, boolean finalStateUnknown) {
                justCreated.remove(uid(object));
                // What the operator itself removed is no news to it.
                if (justDeleted.remove(uid(object)) == null) {
                    tell(object);
                }
            }

            private void seen(T object) {
                if (justCreated.remove(uid(object)) == null) {
                    tell(object);
                }
            }
        });
    }

    /** Calls {@code listener} for every object that appears, changes or goes. Register before {@link #start}. */
    public void onChange(Consumer<T> listener) {
        listeners.add(listener);
    }

    CompletionStage<Void> start() {
        return informer.start();
    }

    /** Whether the watch is running and the first listing is complete. */
    public boolean healthy() {
        return informer.isWatching() && informer.hasSynced();
    }

    public Optional<T> find(String namespace, String name) {
        String key = namespace.isEmpty() ? name : namespace + "/" + name;
        T known = informer.getStore().getByKey(key);
        if (known != null && !justDeleted.containsKey(uid(known))) {
            return Optional.of(known);
        }
        // What was just deleted may have been made again before the informer saw either.
        return justCreated.values().stream()
                .filter(made -> key.equals(Cache.metaNamespaceKeyFunc(made)))
                .filter(made -> !justDeleted.containsKey(uid(made)))
                .findFirst();
    }

    public List<T> list() {
        return informer.getStore().list();
    }

    /** The operator made {@code object}: it is there, even if the informer has not said so yet. */
    public void created(T object) {
        T known = informer.getStore().getByKey(Cache.metaNamespaceKeyFunc(object));
        if (known == null || !uid(known).equals(uid(object))) {
            justCreated.put(uid(object), object);
        }
    }

    /** The object with this UID is gone by the API server's word, even if the informer still shows it. */
    public void deleted(String uid, String namespace, String name) {
        justCreated.remove(uid);
        T known = informer.getStore().getByKey(namespace.isEmpty() ? name : namespace + "/" + name);
        if (known != null && uid(known).equals(uid)) {
            justDeleted.put(uid, Boolean.TRUE);
        }
    }

    /** Forgets notes of deletions whose objects the informer no longer shows; called by the sweep. */
    public void tidy() {
        if (!justDeleted.isEmpty()) {
            var shown = new java.util.HashSet<String>();
            list().forEach(object -> shown.add(uid(object)));
            justDeleted.keySet().retainAll(shown);
        }
    }

    @Override
    public void close() {
        informer.stop();
    }

    private void tell(T object) {
        listeners.forEach(listener -> listener.accept(object));
    }

    private static String uid(HasMetadata object) {
        String uid = object.getMetadata().getUid();
        return uid == null ? "" : uid;
    }
}
