package dev.lapse.cluster;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/** Threads with a name for logs, which keep no process alive. */
public final class DaemonThreads {
    private DaemonThreads() {}

    public static Thread made(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    public static Thread started(String name, Runnable work) {
        Thread thread = made(name, work);
        thread.start();
        return thread;
    }

    /** All of them have the one name. */
    public static ThreadFactory named(String name) {
        return work -> made(name, work);
    }

    /** A timer with one thread. */
    public static ScheduledExecutorService timer(String name) {
        return Executors.newSingleThreadScheduledExecutor(named(name));
    }
}
