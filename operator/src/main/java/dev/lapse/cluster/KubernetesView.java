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
 * One kind of object as an informer shows it, corrected by what the operator itself has just written: an informer learns
 * of a write some milliseconds after the writer, and a decision made in between would be made twice.
 */
public final class KubernetesView<T extends HasMetadata> implements AutoCloseable {
    private static final long PAGE = 500;

    private final SharedIndexInformer<T> informer;
    private final OwnWrites<T> own = new OwnWrites<>();
    private final List<Consumer<T>> listeners = new CopyOnWriteArrayList<>();
    private final Completion<T> completion;

    /**
     * @param room of the heap
     * @param source what to watch
     * @param pruned what to keep of each object: memory is paid for every object of the cluster
     */
    KubernetesView(HeapRoom room, Informable<T> source, UnaryOperator<T> pruned) {
        this(room, source, pruned, Completion.none());
    }

    KubernetesView(HeapRoom room, Informable<T> source, UnaryOperator<T> pruned, Completion<T> completion) {
        this.completion = completion;
        this.informer = source.withLimit(PAGE).runnableInformer(0);
        // Whatever broke the watch, it begins again: an informer that stops shows the past for ever.
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

    CompletionStage<Void> start() {
        return informer.start();
    }

    /** Whether the first listing is complete; whether the watch is alive is seen by what it brings. */
    public boolean healthy() {
        return informer.hasSynced();
    }

    public Optional<T> find(String namespace, String name) {
        String key = namespace.isEmpty() ? name : namespace + "/" + name;
        return own.correct(namespace, name, informer.getStore().getByKey(key));
    }

    /** With all of its content, where the informer shows only that it is there: then the API server is asked. */
    public Optional<T> whole(String namespace, String name) {
        return completion.asked(find(namespace, name));
    }

    /** The same without a request: nothing if the API server would have to be asked. */
    public Optional<T> wholeIfKnown(String namespace, String name) {
        return completion.known(find(namespace, name));
    }

    public List<T> list() {
        return informer.getStore().list();
    }

    /** The operator made {@code object}: it is there, even if the informer has not said so yet. */
    public void created(T object) {
        T known = informer.getStore().getByKey(Cache.metaNamespaceKeyFunc(object));
        if (known == null || !OwnWrites.uid(known).equals(OwnWrites.uid(object))) {
            own.created(object);
        }
    }

    /** The object with this UID is gone by the API server's word, even if the informer still shows it, or will yet. */
    public void deleted(String uid) {
        own.deleted(uid);
    }

    /** Forgets notes of deletions whose objects the informer does not show; called by the sweep. */
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
