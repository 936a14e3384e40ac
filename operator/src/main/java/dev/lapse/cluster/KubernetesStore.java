package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.function.UnaryOperator;

/** What an informer shows of a kind: as little of each object as is needed, and nothing more once the heap is full. */
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
     * A list that is refused one object fails, and is not taken for complete. An object of a watch is lost: once that has
     * happened, nobody may go by what the informer shows, and {@link HeapRoom} says so until it is given up.
     */
    @Override
    public T put(String key, T object) {
        room.take();
        return super.put(key, pruned.apply(object));
    }
}
