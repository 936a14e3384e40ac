package dev.lapse.cluster;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds the first pass of each controller until all of them know all of their objects. Otherwise an identity that was
 * not listed yet would look like one that is gone.
 */
public final class FirstPass {
    private final CountDownLatch unready;
    private final Duration limit;
    private volatile boolean abandoned;

    public FirstPass(int controllers, Duration limit) {
        unready = new CountDownLatch(controllers);
        this.limit = limit;
    }

    /** Whether every controller knows its objects. */
    public boolean begun() {
        return unready.getCount() == 0 && !abandoned;
    }

    /** The start was given up: nobody waits any longer. */
    public void abandon() {
        abandoned = true;
        while (unready.getCount() > 0) {
            unready.countDown();
        }
    }

    /** One controller knows its objects; waits for the others. */
    public void ready() {
        unready.countDown();
        try {
            if (!unready.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("not every kind of object could be listed within " + limit);
            }
            if (abandoned) {
                throw new IllegalStateException("given up before the first pass");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped before the first pass", interrupted);
        }
    }
}
