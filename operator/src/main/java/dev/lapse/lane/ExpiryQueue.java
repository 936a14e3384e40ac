package dev.lapse.lane;

import dev.lapse.cluster.TurnsOfNamespaces;
import dev.lapse.lane.Looked.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Decides whose access is looked at next and taken away if it is over, ordered by time and UID and in turns round the
 * namespaces, and what is handed on: nothing while there is access that is due and was not tried to be taken. Not
 * for several threads.
 *
 * <p>What could not be taken holds nobody up: it comes again a little later, for ever, and a call that hangs delays the
 * others for no longer than {@link #PATIENCE}.
 */
public final class ExpiryQueue {
    static final Duration FIRST_RETRY = Duration.ofMillis(100);
    static final Duration LAST_RETRY = Duration.ofSeconds(5);
    static final Duration PATIENCE = Duration.ofSeconds(1);
    public static final Duration HANGS = Duration.ofSeconds(5);

    /**
     * Whoever changes an identity of many grants without a pause always has some that are to be looked at: what waits for
     * that waits no longer than this.
     */
    static final Duration LONGEST_BEHIND_LOOKS = Duration.ofSeconds(5);

    /** What fails may take long to fail: so many workers at most are at it, and the others are free for what is due. */
    static final int MOST_RETRIES_AT_ONCE = 3;

    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    /** The clock on the wall may be set, and a suspended machine does not count: nobody waits longer without a look at it. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** What a worker does next: take access away, or hand on what is over, or wait. */
    record Turn(Optional<Due> take, List<Access> handOn, Duration pause) {}

    private static final Comparator<Due> FIRST_DUE =
            Comparator.comparing(Due::at).thenComparing(Due::uid);

    private final TreeSet<Due> waiting = new TreeSet<>(FIRST_DUE);
    private final TreeSet<Due> retries = new TreeSet<>(FIRST_DUE);
    private final TurnsOfNamespaces<Due> ready = new TurnsOfNamespaces<>();
    private final Map<String, Due> byUid = new HashMap<>();
    private final Set<Due> underway = new HashSet<>();
    private final Set<Access> finished = new LinkedHashSet<>();
    private Instant firstFinished = Instant.EPOCH;
    private int mostRetries = MOST_RETRIES_AT_ONCE;

    /** Of few workers one is kept free of what fails all the same. */
    void workers(int count) {
        mostRetries = Math.max(1, Math.min(MOST_RETRIES_AT_ONCE, count - 1));
    }

    /**
     * The access is looked at then at the latest. Nothing puts off an earlier look, which finds out when it really
     * ends, and nothing shortens the wait after a failure.
     */
    void schedule(Due due) {
        Due known = byUid.get(due.uid());
        if (known == null || (waiting.contains(known) && known.at().isAfter(due.at()))) {
            put(due);
        }
    }

    void forget(String uid) {
        Due known = byUid.remove(uid);
        if (known != null && !waiting.remove(known) && !retries.remove(known)) {
            ready.remove(known.access().namespace(), known);
        }
    }

    Turn next(Instant now) {
        while (!waiting.isEmpty() && !waiting.first().at().isAfter(now)) {
            Due due = waiting.pollFirst();
            ready.add(due.access().namespace(), due);
        }
        if (!finished.isEmpty() && !now.isBefore(firstFinished.plus(LONGEST_BEHIND_LOOKS))) {
            return handOn();
        }
        Optional<Due> retry = firstRetry(now);
        if (retry.filter(late -> !now.isBefore(late.at().plus(LONGEST_BEHIND_LOOKS)))
                .isPresent()) {
            return take(retry.get());
        }
        Optional<Due> due = ready.next();
        if (due.isPresent()) {
            return take(due.get());
        }
        if (retry.isPresent() && finished.isEmpty()) {
            return take(retry.get());
        }
        // Those that are still under way go first, unless they hang.
        boolean waited = !now.isBefore(firstFinished.plus(PATIENCE));
        if (!finished.isEmpty() && (waited || underway.stream().noneMatch(Due::untried))) {
            return handOn();
        }
        return retry.map(this::take).orElseGet(() -> new Turn(Optional.empty(), List.of(), untilNext(now)));
    }

    private Turn handOn() {
        List<Access> over = List.copyOf(finished);
        finished.clear();
        return new Turn(Optional.empty(), over, Duration.ZERO);
    }

    void done(Due due, Looked looked, Instant now) {
        Outcome outcome = looked.outcome();
        underway.remove(due);
        looked.endsAt().ifPresent(end -> schedule(Due.of(end, due.uid(), due.access())));
        boolean firstFailure = outcome == Outcome.Failed && due.untried();
        if (outcome == Outcome.Gone || firstFailure) {
            // One binding that cannot be removed does not keep the account and the Secret: the others see to them.
            firstFinished = finished.isEmpty() ? now : firstFinished;
            finished.add(due.access());
        }
        if (outcome == Outcome.Failed && !byUid.containsKey(due.uid())) {
            // Where it was scheduled anew meanwhile, it comes soon enough.
            Due again = again(due, now);
            byUid.put(again.uid(), again);
            retries.add(again);
        }
    }

    /**
     * True while the access is taken away for the first time, or is about to be handed on. After
     * {@link #HANGS} this returns false, so the caller's pass does the work.
     */
    boolean takes(String uid, Access access, Instant now) {
        return (finished.contains(access) && now.isBefore(firstFinished.plus(HANGS))) || isTaken(uid, now, HANGS);
    }

    /** Whether the access is looked at right now, for the first time. */
    boolean isTaken(String uid, Instant now) {
        return isTaken(uid, now, FOR_EVER);
    }

    private boolean isTaken(String uid, Instant now, Duration atMost) {
        Due known = byUid.get(uid);
        return Stream.concat(
                        Optional.ofNullable(known).filter(due -> !due.at().isAfter(now)).stream(),
                        underway.stream().filter(due -> due.uid().equals(uid)))
                .filter(Due::untried)
                .anyMatch(due -> Duration.between(due.at(), now).compareTo(atMost) < 0);
    }

    /** Whether there is access that is due and was not tried to be taken yet. */
    boolean accessIsDue(Instant now) {
        return underway.stream().anyMatch(Due::untried)
                || !ready.isEmpty()
                || (!waiting.isEmpty() && !waiting.first().at().isAfter(now));
    }

    int size() {
        return byUid.size();
    }

    /** By how much the most overdue access is overdue; zero if none is. */
    Duration backlog(Instant now) {
        return Stream.of(waiting.stream().limit(1), ready.all(), retries.stream(), underway.stream())
                .flatMap(dues -> dues)
                .map(Due::end)
                .filter(end -> end.isBefore(now))
                .min(Comparator.naturalOrder())
                .map(end -> Duration.between(end, now))
                .orElse(Duration.ZERO);
    }

    private Optional<Due> firstRetry(Instant now) {
        return enoughRetries() || retries.isEmpty() || retries.first().at().isAfter(now)
                ? Optional.empty()
                : Optional.of(retries.first());
    }

    private boolean enoughRetries() {
        return underway.stream().filter(due -> !due.untried()).count() >= mostRetries;
    }

    private Turn take(Due due) {
        byUid.remove(due.uid());
        retries.remove(due);
        underway.add(due);
        return new Turn(Optional.of(due), List.of(), Duration.ZERO);
    }

    private Duration untilNext(Instant now) {
        return Stream.concat(
                        waiting.stream().limit(1),
                        enoughRetries() ? Stream.empty() : retries.stream().limit(1))
                .map(due -> Duration.between(now, due.at()))
                .min(Comparator.naturalOrder())
                .filter(next -> next.compareTo(LONGEST_WAIT) < 0)
                .orElse(LONGEST_WAIT);
    }

    private static Due again(Due due, Instant now) {
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(due.attempts(), 10));
        Instant at = now.plus(wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait);
        return new Due(due.end(), at, due.uid(), due.access(), due.attempts() + 1);
    }

    private void put(Due due) {
        forget(due.uid());
        byUid.put(due.uid(), due);
        waiting.add(due);
    }
}
