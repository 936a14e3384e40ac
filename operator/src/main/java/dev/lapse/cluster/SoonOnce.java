package dev.lapse.cluster;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does one piece of work soon, on a thread of its own. Several requests before it starts lead to one run. */
public final class SoonOnce implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SoonOnce.class);

    private final Runnable work;
    private final ExecutorService thread;
    private final AtomicBoolean asked = new AtomicBoolean();

    /** @param name of the thread, for logs */
    public SoonOnce(String name, Runnable work) {
        this.work = work;
        thread = Executors.newSingleThreadExecutor(DaemonThreads.named(name));
    }

    /** Returns at once. A request while the work is under way leads to another run after it. */
    public void ask() {
        if (!asked.compareAndSet(false, true)) {
            return;
        }
        try {
            thread.execute(this::run);
        } catch (RejectedExecutionException closed) {
            LOG.atTrace().log("closed, nothing more is done");
        }
    }

    private void run() {
        asked.set(false);
        try {
            work.run();
        } catch (RuntimeException failed) {
            LOG.atWarn()
                    .addKeyValue("work", Thread.currentThread().getName())
                    .addKeyValue("error", failed.getMessage())
                    .log("it failed, it is done again when it is asked for again");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
