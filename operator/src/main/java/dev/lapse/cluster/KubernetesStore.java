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

    /** An informer that is refused one object lists all of them again: it never shows less than there is. */
    @Override
    public T put(String key, T object) {
        room.take();
        return super.put(key, pruned.apply(object));
    }
}
