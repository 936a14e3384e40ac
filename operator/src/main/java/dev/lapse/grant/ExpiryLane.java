package dev.lapse.grant;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what is due, before anything else is done: a queue of its own, ordered by time and UID, with workers of its own.
 *
 * <p>A worker takes away the access of one grant; what is left to do (credentials, proof, status) is handed on only when
 * no access is due any more, so that a thousand ends at one instant are a thousand deletions first. A call that hangs
 * holds up the rest for no longer than {@link #PATIENCE}.
 */
final class ExpiryLane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryLane.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** @param attempts failed ones so far; there is no last one */
    record Due(Instant at, String uid, GrantKey grant, int attempts) {}

    private static final Comparator<Due> FIRST_DUE =
            Comparator.comparing(Due::at).thenComparing(Due::uid);

    private final InstantSource clock;
    private final Predicate<Due> takeAccess;
    private final Consumer<GrantKey> handOn;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeSet<Due> queue = new TreeSet<>(FIRST_DUE);
    private final Map<String, Due> byUid = new HashMap<>();
    private final List<GrantKey> finished = new ArrayList<>();
    private final List<Thread> workers = new ArrayList<>();
    private Instant firstFinished = Instant.EPOCH;
    private int underway;
    private boolean closed;

    /** What a worker does next: hand on what is finished, or else take access away. */
    private record Turn(List<GrantKey> finished, @Nullable Due due) {}

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
        locked(() -> {
            Due known = byUid.get(uid);
            if (known == null || !known.at().equals(at)) {
                put(new Due(at, uid, grant, 0));
            }
        });
    }

    /** The grant has ended. */
    void forget(String uid) {
        locked(() -> {
            Due known = byUid.remove(uid);
            if (known != null) {
                queue.remove(known);
            }
        });
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
            while (left > 0 && !closed && (underway > 0 || overdueUntried())) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** How many grants wait for their end. */
    int size() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** By how much the first grant in the queue is overdue; zero if none is. */
    Duration backlog() {
        lock.lock();
        try {
            return queue.isEmpty() || queue.first().at().isAfter(clock.instant())
                    ? Duration.ZERO
                    : Duration.between(queue.first().at(), clock.instant());
        } finally {
            lock.unlock();
        }
    }

    /** Looks at the clock again; tests move it by hand. */
    void wake() {
        locked(() -> {});
    }

    @Override
    public void close() {
        locked(() -> closed = true);
        for (Thread worker : workers) {
            worker.interrupt();
        }
    }

    private boolean overdueUntried() {
        Instant now = clock.instant();
        return queue.stream().takeWhile(due -> !due.at().isAfter(now)).anyMatch(due -> due.attempts() == 0);
    }

    private void work() {
        while (true) {
            Turn turn = next();
            if (turn == null) {
                return;
            }
            turn.finished().forEach(this::tell);
            if (turn.due() != null) {
                carryOut(turn.due());
            }
        }
    }

    private void tell(GrantKey grant) {
        try {
            handOn.accept(grant);
        } catch (RuntimeException failed) {
            // A worker that dies of it would take nobody's access away any more.
            LOG.atError().addKeyValue("grant", grant).setCause(failed).log("the end of access could not be handed on");
        }
    }

    private void carryOut(Due due) {
        boolean gone = false;
        try {
            gone = takeAccess.test(due);
        } catch (RuntimeException failed) {
            LOG.atWarn()
                    .addKeyValue("grant", due.grant())
                    .addKeyValue("attempt", due.attempts() + 1)
                    .addKeyValue("error", failed.getMessage())
                    .log("access could not be taken away, it is tried again");
        }
        done(due, gone);
    }

    private @Nullable Turn next() {
        lock.lock();
        try {
            while (!closed) {
                Duration untilDue =
                        queue.isEmpty() ? PATIENCE : until(queue.first().at());
                if (!queue.isEmpty() && over(untilDue)) {
                    return new Turn(List.of(), take());
                }
                // Those that are still under way go first, unless they hang.
                Duration untilHandedOn = underway == 0 ? Duration.ZERO : until(firstFinished.plus(PATIENCE));
                if (!finished.isEmpty() && over(untilHandedOn)) {
                    return new Turn(handedOn(), null);
                }
                await(untilDue, untilHandedOn);
            }
            return null;
        } catch (InterruptedException interrupted) {
            return null;
        } finally {
            lock.unlock();
        }
    }

    private Due take() {
        Due first = queue.first();
        queue.remove(first);
        byUid.remove(first.uid());
        underway++;
        return first;
    }

    private List<GrantKey> handedOn() {
        List<GrantKey> ready = List.copyOf(finished);
        finished.clear();
        return ready;
    }

    private void await(Duration untilDue, Duration untilHandedOn) throws InterruptedException {
        Duration shortest = finished.isEmpty() || untilDue.compareTo(untilHandedOn) < 0 ? untilDue : untilHandedOn;
        if (queue.isEmpty() && finished.isEmpty()) {
            changed.await();
        } else if (!over(shortest)) {
            changed.await(shortest.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private Duration until(Instant at) {
        return Duration.between(clock.instant(), at);
    }

    private static boolean over(Duration left) {
        return left.isZero() || left.isNegative();
    }

    private void done(Due due, boolean gone) {
        locked(() -> {
            underway--;
            if (gone) {
                firstFinished = finished.isEmpty() ? clock.instant() : firstFinished;
                finished.add(due.grant());
            } else {
                Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(due.attempts(), 10));
                put(new Due(
                        clock.instant().plus(wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait),
                        due.uid(),
                        due.grant(),
                        due.attempts() + 1));
            }
        });
    }

    private void put(Due due) {
        Due before = byUid.put(due.uid(), due);
        if (before != null) {
            queue.remove(before);
        }
        queue.add(due);
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** For lists of what to schedule at start. */
    void scheduleAll(Collection<Due> all) {
        locked(() -> all.forEach(this::put));
    }
}
