package dev.lapse.grant;

import dev.lapse.cluster.DaemonThreads;
import dev.lapse.grant.PassQueue.Desk;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the passes over grants with workers of their own for each desk, so that proving delays no request and no end. */
final class GrantPasses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrantPasses.class);

    /** One pass; what it throws means that it is to be repeated. */
    @FunctionalInterface
    interface Pass {
        void over(GrantKey grant, Desk desk);
    }

    private final InstantSource clock;
    private final Pass pass;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Desk, Condition> changed = new EnumMap<>(Desk.class);
    private final Condition closing = lock.newCondition();
    private final PassQueue queue = new PassQueue();
    private final List<Thread> workers = new ArrayList<>();
    private boolean closed;

    GrantPasses(InstantSource clock, Pass pass) {
        this.clock = clock;
        this.pass = pass;
        for (Desk desk : Desk.values()) {
            changed.put(desk, lock.newCondition());
        }
    }

    void add(GrantKey grant, Desk desk) {
        change(() -> queue.add(grant, desk));
    }

    int waiting(Desk desk) {
        return read(() -> queue.size(desk));
    }

    /** Waits while ends are being closed, but never for long: for whoever only tells of them. */
    void letClosingGoFirst() {
        lock.lock();
        try {
            while (!closed && queue.closingGoesFirst(clock.instant())) {
                // Whether it is over, the queue knows.
                var unused = closing.await(PassQueue.LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    void start(Map<Desk, Integer> threads) {
        threads.forEach((desk, count) -> {
            for (int i = 0; i < count; i++) {
                String name = "grants-" + desk.name().toLowerCase(Locale.ROOT) + "-" + i;
                workers.add(DaemonThreads.started(name, () -> work(desk)));
            }
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.values().forEach(Condition::signalAll);
            closing.signalAll();
        } finally {
            lock.unlock();
        }
        workers.forEach(Thread::interrupt);
    }

    private void work(Desk desk) {
        try {
            while (true) {
                GrantKey grant = take(desk);
                boolean failed = true;
                try {
                    pass.over(grant, desk);
                    failed = false;
                } catch (RuntimeException | Error thrown) {
                    LOG.atWarn()
                            .addKeyValue("grant", grant)
                            .addKeyValue("desk", desk)
                            .addKeyValue("error", thrown.getMessage())
                            .log("a pass over a grant failed, it is repeated");
                } finally {
                    boolean again = failed;
                    change(() -> queue.done(grant, again, clock.instant()));
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private GrantKey take(Desk desk) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (closed) {
                    throw new InterruptedException("closed");
                }
                var next = queue.next(desk, clock.instant());
                // What failed before may have come back to another desk.
                signalWaiting();
                if (next.isPresent()) {
                    return next.get();
                }
                long nanos = Math.max(1, queue.untilNext(clock.instant()).toNanos());
                // Whether something came or the time is over, the queue knows.
                var unused = condition(desk).await(nanos, TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    private void signalWaiting() {
        boolean closingGoesFirst = queue.closingGoesFirst(clock.instant());
        changed.forEach((desk, condition) -> {
            // Two who may not begin would wake each other for ever.
            if (queue.size(desk) > 0 && !(desk == Desk.Prove && closingGoesFirst)) {
                condition.signal();
            }
        });
        if (!closingGoesFirst) {
            closing.signalAll();
        }
    }

    private Condition condition(Desk desk) {
        return java.util.Objects.requireNonNull(changed.get(desk), "each desk has one");
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            signalWaiting();
            // Somebody has to know when to look at what failed.
            condition(Desk.Begin).signal();
        } finally {
            lock.unlock();
        }
    }

    private <T> T read(Supplier<T> reading) {
        lock.lock();
        try {
            return reading.get();
        } finally {
            lock.unlock();
        }
    }
}
