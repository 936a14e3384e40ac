package dev.lapse.runtime;

import dev.lapse.cluster.DaemonThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads and writes on a thread of its own, in the order of the calls. A disk can hang, as one across a network does.
 * Then a caller waits no longer than its patience, and until the disk answers again no caller waits at all.
 */
final class Disk {
    private static final int MOST_WAITING = 1_000;

    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), DaemonThreads.named("disk"));

    private volatile boolean hangs;

    Disk() {
        thread.allowCoreThreadTimeOut(true);
    }

    /** @throws IOException if it failed, or did not answer in time; in that case it may still be done later */
    <T> T call(Duration patience, Callable<T> work) throws IOException {
        Future<T> done;
        try {
            done = thread.submit(() -> {
                T result = work.call();
                hangs = false;
                return result;
            });
        } catch (RejectedExecutionException full) {
            throw new IOException("the disk does not answer, and no more is kept for it", full);
        }
        try {
            return done.get(hangs ? 0 : patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            hangs = true;
            throw new IOException("the disk did not answer within " + patience.toMillis() + " ms", late);
        } catch (ExecutionException failed) {
            hangs = false;
            throw failed.getCause() instanceof IOException known ? known : new IOException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the disk was waited for", interrupted);
        }
    }
}
