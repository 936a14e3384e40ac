package dev.lapse.fault;

import dev.lapse.fault.FaultProxy.Call;
import java.time.Duration;
import java.time.Instant;

/** One grant, alone in its namespace, and how many of its writes a test lets through. */
final class Life {
    /** Every write. */
    static final int UNHARMED = Integer.MAX_VALUE;

    final String namespace;
    final Shape shape;
    private final int writes;
    private int seen;
    private volatile String uid = "not created yet";
    private volatile boolean reached;
    private volatile Instant lastWrite = Instant.MIN;

    Life(String namespace, Shape shape, int writes) {
        this.namespace = namespace;
        this.shape = shape;
        this.writes = writes;
    }

    void born(String grantUid) {
        uid = grantUid;
    }

    String uid() {
        return uid;
    }

    boolean owns(Call call) {
        return call.path().contains("/" + namespace + "/")
                || call.path().contains(uid)
                || call.body().contains(uid);
    }

    /** Counts one more write. */
    synchronized int next() {
        seen++;
        if (seen <= writes) {
            lastWrite = Instant.now();
        }
        return seen;
    }

    synchronized boolean begun() {
        return seen > 0;
    }

    synchronized void beginAnew() {
        seen = 0;
        reached = false;
        lastWrite = Instant.now();
    }

    int writes() {
        return writes;
    }

    void reach() {
        reached = true;
    }

    /** Whether the last write that is let through was carried out. */
    boolean reached() {
        return reached;
    }

    /** Whether there is nothing more to write. */
    boolean quiet() {
        return !reached && lastWrite.plus(Duration.ofSeconds(2)).isBefore(Instant.now());
    }

    @Override
    public String toString() {
        return writes == UNHARMED ? namespace : shape + ", killed after write " + writes;
    }
}
