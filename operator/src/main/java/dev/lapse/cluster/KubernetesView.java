package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * One kind of object as its informer shows it, corrected by the operator's own writes. The informer lags a write by
 * some milliseconds, and without the correction a decision made in between would be made twice.
 */
public final class KubernetesView<T extends HasMetadata> implements AutoCloseable {
    private static final long PAGE = 500;

    private final SharedIndexInformer<T> informer;
    private final OwnWrites<T> own = new OwnWrites<>();
    private final List<Consumer<T>> listeners = new CopyOnWriteArrayList<>();
    private final Completion<T> completion;

    /**
     * @param room in the heap
     * @param source what to watch
     * @param pruned reduces each object to the part to keep: every object of the cluster costs memory
     */
    public KubernetesView(HeapRoom room, Informable<T> source, UnaryOperator<T> pruned) {
        this(room, source, pruned, Completion.none());
    }

    KubernetesView(HeapRoom room, Informable<T> source, UnaryOperator<T> pruned, Completion<T> completion) {
        this.completion = completion;
        this.informer = source.withLimit(PAGE).runnableInformer(0);
        // A broken watch always begins again: an informer that stops shows old objects for ever.
        this.informer.exceptionHandler((started, cause) -> true);
        this.informer.itemStore(new KubernetesStore<>(room, pruned));
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
                if (own.gone(object)) {
                    tell(object);
                }
            }

            @Override
            public void onList(String version, boolean remainedEmpty) {
                own.listed(version).forEach(KubernetesView.this::tell);
            }

            private void seen(T object) {
                if (own.shown(object)) {
                    tell(object);
                }
            }
        });
    }

    /** Calls {@code listener} for every object that appears, changes or goes. Register before {@link #start}. */
    public void onChange(Consumer<T> listener) {
        listeners.add(listener);
    }

    /** Ends when the first list is complete. */
    public CompletionStage<Void> start() {
        return informer.start();
    }

    /** Whether the first list is complete. Whether the watch is alive is judged elsewhere, by what it brings. */
    public boolean healthy() {
        return informer.hasSynced();
    }

    public Optional<T> find(String namespace, String name) {
        String key = namespace.isEmpty() ? name : namespace + "/" + name;
        return own.correct(namespace, name, informer.getStore().getByKey(key));
    }

    /** The whole object. Where the informer holds the name only, the API server is asked. */
    public Optional<T> whole(String namespace, String name) {
        return completion.asked(find(namespace, name));
    }

    /** The whole object without a request; empty if the API server would have to be asked. */
    public Optional<T> wholeIfKnown(String namespace, String name) {
        return completion.known(find(namespace, name));
    }

    public List<T> list() {
        return informer.getStore().list();
    }

    /** The operator made {@code object}, so it exists even if the informer does not show it yet. */
    public void created(T object) {
        T known = informer.getStore().getByKey(Cache.metaNamespaceKeyFunc(object));
        if (known == null || !OwnWrites.uid(known).equals(OwnWrites.uid(object))) {
            own.created(object);
        }
    }

    /**
     * The API server confirmed that the object with this UID is gone. The informer may still show it, or show it
     * later.
     */
    public void deleted(String uid) {
        own.deleted(uid);
    }

    /** For the sweep: forgets deletions of objects that the informer does not show any more. */
    void tidy() {
        own.tidy(list().stream().map(OwnWrites::uid).collect(Collectors.toSet()));
    }

    @Override
    public void close() {
        informer.stop();
    }

    private void tell(T object) {
        listeners.forEach(listener -> listener.accept(object));
    }
}
