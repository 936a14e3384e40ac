package dev.lapse.cluster;

import java.util.function.LongSupplier;

/**
 * Whether the heap has room for what informers bring. How much is really in use shows only after a garbage collection,
 * so where it may be too much, garbage is collected first.
 */
public final class HeapRoom {
    /**
     * The share in use from which the heap counts as full. The rest is for what is being read and written at the
     * moment, and for the collector, which would run all the time with less.
     */
    static final double FULL = 0.75;

    /** After a collection the use may grow by this share of the heap before the next one. */
    private static final double BETWEEN = 0.05;

    private final LongSupplier used;
    private final long most;
    private final Runnable collect;
    private double lookFrom = FULL;
    private volatile boolean full;

    /**
     * @param used bytes of the heap, with garbage
     * @param most bytes that the heap may have
     * @param collect collects garbage, at once
     */
    public HeapRoom(LongSupplier used, long most, Runnable collect) {
        this.used = used;
        this.most = most;
        this.collect = collect;
    }

    public static HeapRoom ofThisProcess() {
        Runtime runtime = Runtime.getRuntime();
        return new HeapRoom(() -> runtime.totalMemory() - runtime.freeMemory(), runtime.maxMemory(), runtime::gc);
    }

    /**
     * To be called before an object is kept.
     *
     * @throws HeapFull if there is no room for it
     */
    public void take() {
        if (isFull()) {
            throw new HeapFull();
        }
    }

    /** Whether the heap is full, or was since it was last {@link #emptied}. */
    public boolean isFull() {
        if (!full && share() >= FULL) {
            lookCloser();
        }
        return full;
    }

    /** To be called when the objects that filled the heap were given up. */
    public synchronized void emptied() {
        full = false;
        lookFrom = FULL;
    }

    private synchronized void lookCloser() {
        if (full || share() < lookFrom) {
            return;
        }
        collect.run();
        double left = share();
        full = left >= FULL;
        lookFrom = Math.max(FULL, left + BETWEEN);
    }

    private double share() {
        return (double) used.getAsLong() / most;
    }
}
