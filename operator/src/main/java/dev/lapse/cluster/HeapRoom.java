package dev.lapse.cluster;

import java.util.function.LongSupplier;

/**
 * Whether the heap has room for what informers bring. What is there is not known before garbage is collected, so where it
 * may be too much, it is collected first.
 */
public final class HeapRoom {
    /**
     * The share of the heap from which it is full. The rest is for what is being read and written at the moment, and for
     * the collector, which is at it all the time where it finds less.
     */
    static final double FULL = 0.75;

    /** After a collection so much more is used before there is another one, as a share of the heap. */
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
     * Before an object is kept.
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

    /** What filled it was given up. */
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
