package dev.lapse.cluster;

/** The heap has no room for another object that an informer brings. */
public final class HeapFull extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HeapFull() {
        super("the heap is full; see the runbook heap-full");
    }
}
