package dev.lapse.cluster;

/** There is no room in the heap for one more object that an informer brings. */
public final class HeapFull extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HeapFull() {
        super("the heap is full; see the runbook heap-full");
    }
}
