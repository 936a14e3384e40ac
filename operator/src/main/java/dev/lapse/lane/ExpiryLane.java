package dev.lapse.lane;

import dev.lapse.cluster.DaemonThreads;
import dev.lapse.lane.ExpiryQueue.Turn;
import dev.lapse.lane.Looked.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what is due, whatever the cause, before anything else is done, with workers of its own. Ends by time are scheduled;
 * of everything else that may end an access the lane hears from the watches, and looks at it at once.
 *
 * <p>A worker takes away one access; what is left to do (credentials, proof, status) is handed on only when
 * no access is due any more, so that a thousand ends at one instant are a thousand deletions first.
 */
public final class ExpiryLane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryLane.class);

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ExpiryQueue queue = new ExpiryQueue();
    private final List<Thread> workers = new ArrayList<>();
    private boolean closed;

    public ExpiryLane(InstantSource clock) {
        this.clock = clock;
    }

    /** The access is looked at when it ends, at {@code at}, or earlier; at once if that is over. */
    public void schedule(String uid, Access access, Instant at) {
        change(() -> queue.schedule(Due.of(at, uid, access)));
    }

    /** Something is known from now on that may end the access: it is looked at before anything else is done. */
    public void suspect(String uid, Access access) {
        change(() -> queue.schedule(Due.of(clock.instant(), uid, access)));
    }

    /** For lists of what to schedule at start. */
    public void scheduleAll(Collection<Due> all) {
        change(() -> all.forEach(queue::schedule));
    }

    /** It has ended. */
    public void forget(String uid) {
        change(() -> queue.forget(uid));
    }

    /** Starts the workers, once. */
    public void start(int threads) {
        start("expiry", threads);
    }

    public synchronized void start(String name, int threads) {
        change(() -> queue.workers(threads));
        for (int i = workers.size(); i < threads; i++) {
            workers.add(DaemonThreads.started(name + "-" + i, this::work));
        }
    }

    /** Waits until everything that is overdue was tried once. */
    public void awaitNothingDue(Duration limit) {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (left > 0 && !closed && queue.accessIsDue(clock.instant())) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is at the access, for the first time, so that this will be handed on without being asked. */
    public boolean takes(String uid, Access access) {
        return read(() -> queue.takes(uid, access, clock.instant()));
    }

    /** Whether it is at the access, for the first time: what gives it is about to go. */
    public boolean isTaken(String uid) {
        return read(() -> queue.isTaken(uid, clock.instant()));
    }

    /** How many wait for their end. */
    public int size() {
        return read(queue::size);
    }

    /** By how much the most overdue access is overdue; zero if none is. */
    public Duration backlog() {
        return read(() -> queue.backlog(clock.instant()));
    }

    /** Looks at the clock again; tests move it by hand. */
    public void wake() {
        change(() -> {});
    }

    @Override
    public synchronized void close() {
        change(() -> closed = true);
        workers.forEach(Thread::interrupt);
    }

    private void work() {
        try {
            while (!read(() -> closed)) {
                Turn turn = turn();
                turn.handOn().forEach(access -> tell(access, access::handedOn));
                turn.take().ifPresent(this::takeAccess);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private Turn turn() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Turn turn = queue.next(clock.instant());
            if (!turn.pause().isZero()) {
                changed.await(turn.pause().toNanos(), TimeUnit.NANOSECONDS);
            }
            return turn;
        } finally {
            lock.unlock();
        }
    }

    /** Whatever happens in there, the worker lives: one that died would take nobody's access away any more. */
    private void takeAccess(Due due) {
        Looked looked = Looked.FAILED;
        try {
            looked = due.access().takeAway(due);
        } catch (RuntimeException | Error failed) {
            LOG.atWarn()
                    .addKeyValue("access", due.access())
                    .addKeyValue("attempt", due.attempts() + 1)
                    .addKeyValue("error", failed.getMessage())
                    .log("access could not be taken away, it is tried again");
        }
        Looked found = looked;
        change(() -> queue.done(due, found, clock.instant()));
        if (found.outcome() == Outcome.GoesOn) {
            tell(due.access(), due.access()::goesOn);
        }
    }

    private static void tell(Access access, Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException | Error failed) {
            LOG.atError().addKeyValue("access", access).setCause(failed).log("an access could not be handed on");
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
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
