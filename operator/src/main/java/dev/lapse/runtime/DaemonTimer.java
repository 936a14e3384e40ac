package dev.lapse.runtime;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A timer with one thread, which keeps no process alive. */
final class DaemonTimer {
    private DaemonTimer() {}

    /** @param name of its thread, for logs */
    static ScheduledExecutorService named(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }
}
