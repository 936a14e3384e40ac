package dev.lapse.grant;

import dev.lapse.grant.ExpiryQueue.Due;
import dev.lapse.grant.ExpiryQueue.Turn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what is due, before anything else is done, with workers of its own.
 *
 * <p>A worker takes away the access of one grant; what is left to do (credentials, proof, status) is handed on only when
 * no access is due any more, so that a thousand ends at one instant are a thousand deletions first.
 */
final class ExpiryLane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryLane.class);

    private final InstantSource clock;
    private final Predicate<Due> takeAccess;
    private final Consumer<GrantKey> handOn;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ExpiryQueue queue = new ExpiryQueue();
    private final List<Thread> workers = new ArrayList<>();
    private boolean closed;

    /**
     * @param takeAccess takes away what gives access; false or an exception means it is to be tried again
     * @param handOn is told of each grant whose access is gone
     */
    ExpiryLane(InstantSource clock, Predicate<Due> takeAccess, Consumer<GrantKey> handOn) {
        this.clock = clock;
        this.takeAccess = takeAccess;
        this.handOn = handOn;
    }

    /** The grant ends at {@code at}; a later call for the same grant replaces an earlier one. */
    void schedule(String uid, GrantKey grant, Instant at) {
        change(() -> queue.schedule(Due.of(at, uid, grant)));
    }

    /** For lists of what to schedule at start. */
    void scheduleAll(Collection<Due> all) {
        change(() -> all.forEach(queue::schedule));
    }

    /** The grant has ended. */
    void forget(String uid) {
        change(() -> queue.forget(uid));
    }

    /** Starts the workers and waits until everything that is overdue was tried once. */
    void start(int threads, Duration limit) {
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(this::work, "expiry-" + i);
            worker.setDaemon(true);
            workers.add(worker);
            worker.start();
        }
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

    /** Whether it is at the grant's access, for the first time, so that the grant will be handed on without being asked. */
    boolean takes(String uid, GrantKey grant) {
        return read(() -> queue.takes(uid, grant, clock.instant()));
    }

    /** Whether it is at the grant's access, for the first time: what gives it is about to go. */
    boolean isTaken(String uid) {
        return read(() -> queue.isTaken(uid, clock.instant()));
    }

    /** How many grants wait for their end. */
    int size() {
        return read(queue::size);
    }

    /** By how much the most overdue grant is overdue; zero if none is. */
    Duration backlog() {
        return read(() -> queue.backlog(clock.instant()));
    }

    /** Looks at the clock again; tests move it by hand. */
    void wake() {
        change(() -> {});
    }

    @Override
    public void close() {
        change(() -> closed = true);
        workers.forEach(Thread::interrupt);
    }

    private void work() {
        try {
            while (!read(() -> closed)) {
                Turn turn = turn();
                turn.handOn().forEach(this::handOn);
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
        boolean gone = false;
        try {
            gone = takeAccess.test(due);
        } catch (RuntimeException | Error failed) {
            LOG.atWarn()
                    .addKeyValue("grant", due.grant())
                    .addKeyValue("attempt", due.attempts() + 1)
                    .addKeyValue("error", failed.getMessage())
                    .log("access could not be taken away, it is tried again");
        }
        boolean taken = gone;
        change(() -> queue.done(due, taken, clock.instant()));
    }

    private void handOn(GrantKey grant) {
        try {
            handOn.accept(grant);
        } catch (RuntimeException | Error failed) {
            LOG.atError().addKeyValue("grant", grant).setCause(failed).log("the end of access could not be handed on");
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
