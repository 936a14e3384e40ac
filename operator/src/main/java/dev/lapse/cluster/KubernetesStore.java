package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.function.UnaryOperator;

/** The store of an informer: it keeps only the needed part of each object, and nothing more once the heap is full. */
public final class KubernetesStore<T extends HasMetadata> extends BasicItemStore<T> {
    private final HeapRoom room;
    private final UnaryOperator<T> pruned;

    public KubernetesStore(HeapRoom room) {
        this(room, UnaryOperator.identity());
    }

    /** @param pruned what is kept of an object */
    KubernetesStore(HeapRoom room, UnaryOperator<T> pruned) {
        super(Cache::metaNamespaceKeyFunc);
        this.room = room;
        this.pruned = pruned;
    }

    /**
     * If the heap is full, a list fails, so that it is not taken for complete. An object of a watch is lost: from then
     * on nobody may rely on the informer, and {@link HeapRoom} says full until the informer is given up.
     */
    @Override
    public T put(String key, T object) {
        room.take();
        return super.put(key, pruned.apply(object));
    }
}
