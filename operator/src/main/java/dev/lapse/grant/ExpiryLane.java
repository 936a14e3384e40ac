package dev.lapse.grant;

import dev.lapse.grant.ExpiryQueue.Due;
import dev.lapse.grant.ExpiryQueue.Looked;
import dev.lapse.grant.ExpiryQueue.Outcome;
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
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what is due, whatever the cause, before anything else is done, with workers of its own. Ends by time are scheduled;
 * of everything else that may end a grant the lane hears from the watches, and looks at the grant at once.
 *
 * <p>A worker takes away the access of one grant; what is left to do (credentials, proof, status) is handed on only when
 * no access is due any more, so that a thousand ends at one instant are a thousand deletions first.
 */
final class ExpiryLane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryLane.class);

    private final InstantSource clock;
    private final Function<Due, Looked> takeAccess;
    private final Consumer<GrantKey> handOn;
    private final Consumer<GrantKey> goesOn;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ExpiryQueue queue = new ExpiryQueue();
    private final List<Thread> workers = new ArrayList<>();
    private boolean closed;

    /**
     * @param takeAccess takes away what gives access, if it is over; an exception means it is to be tried again
     * @param handOn is told of each grant whose access is gone, or could not be taken away at the first attempt
     * @param goesOn is told of each grant that was looked at and is not over
     */
    ExpiryLane(
            InstantSource clock,
            Function<Due, Looked> takeAccess,
            Consumer<GrantKey> handOn,
            Consumer<GrantKey> goesOn) {
        this.clock = clock;
        this.takeAccess = takeAccess;
        this.handOn = handOn;
        this.goesOn = goesOn;
    }

    /** The grant is looked at when it ends, at {@code at}, or earlier; at once if that is over. */
    void schedule(String uid, GrantKey grant, Instant at) {
        change(() -> queue.schedule(Due.of(at, uid, grant)));
    }

    /** Something is known from now on that may end the grant: it is looked at before anything else is done. */
    void suspect(String uid, GrantKey grant) {
        change(() -> queue.schedule(Due.of(clock.instant(), uid, grant)));
    }

    /** For lists of what to schedule at start. */
    void scheduleAll(Collection<Due> all) {
        change(() -> all.forEach(queue::schedule));
    }

    /** The grant has ended. */
    void forget(String uid) {
        change(() -> queue.forget(uid));
    }

    /** Starts the workers, once. */
    void start(int threads) {
        start("expiry", threads);
    }

    synchronized void start(String name, int threads) {
        change(() -> queue.workers(threads));
        for (int i = workers.size(); i < threads; i++) {
            Thread worker = new Thread(this::work, name + "-" + i);
            worker.setDaemon(true);
            workers.add(worker);
            worker.start();
        }
    }

    /** Waits until everything that is overdue was tried once. */
    void awaitNothingDue(Duration limit) {
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
    public synchronized void close() {
        change(() -> closed = true);
        workers.forEach(Thread::interrupt);
    }

    private void work() {
        try {
            while (!read(() -> closed)) {
                Turn turn = turn();
                turn.handOn().forEach(grant -> tell(handOn, grant));
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
            looked = takeAccess.apply(due);
        } catch (RuntimeException | Error failed) {
            LOG.atWarn()
                    .addKeyValue("grant", due.grant())
                    .addKeyValue("attempt", due.attempts() + 1)
                    .addKeyValue("error", failed.getMessage())
                    .log("access could not be taken away, it is tried again");
        }
        Looked found = looked;
        change(() -> queue.done(due, found, clock.instant()));
        if (found.outcome() == Outcome.GoesOn) {
            tell(goesOn, due.grant());
        }
    }

    private static void tell(Consumer<GrantKey> whom, GrantKey grant) {
        try {
            whom.accept(grant);
        } catch (RuntimeException | Error failed) {
            LOG.atError().addKeyValue("grant", grant).setCause(failed).log("a grant could not be handed on");
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
