package dev.lapse.grant;

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
 * Decides whose access goes next, ordered by time and UID, and who is handed on: nobody while there is access that is due
 * and was not tried to be taken. Not for several threads.
 *
 * <p>What could not be taken holds nobody up: it comes again a little later, for ever, and a call that hangs delays the
 * others for no longer than {@link #PATIENCE}.
 */
final class ExpiryQueue {
    static final Duration FIRST_RETRY = Duration.ofMillis(100);
    static final Duration LAST_RETRY = Duration.ofSeconds(5);
    static final Duration PATIENCE = Duration.ofSeconds(1);
    static final Duration HANGS = Duration.ofSeconds(5);
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    /** The clock on the wall may be set, and a suspended machine does not count: nobody waits longer without a look at it. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /**
     * @param end when the grant ends
     * @param at when it is its turn: at its end, and after a failed attempt a little later
     * @param attempts failed ones so far; there is no last one
     */
    record Due(Instant end, Instant at, String uid, GrantKey grant, int attempts) {
        static Due of(Instant end, String uid, GrantKey grant) {
            return new Due(end, end, uid, grant, 0);
        }

        private boolean untried() {
            return attempts == 0;
        }
    }

    /** What a worker does next: take access away, or hand grants on, or wait. */
    record Turn(Optional<Due> take, List<GrantKey> handOn, Duration pause) {}

    private static final Comparator<Due> FIRST_DUE =
            Comparator.comparing(Due::at).thenComparing(Due::uid);

    private final TreeSet<Due> waiting = new TreeSet<>(FIRST_DUE);
    private final Map<String, Due> byUid = new HashMap<>();
    private final Set<Due> underway = new HashSet<>();
    private final Set<GrantKey> finished = new LinkedHashSet<>();
    private Instant firstFinished = Instant.EPOCH;

    /** A later call for the same grant replaces an earlier one; one for the same end changes nothing. */
    void schedule(Due due) {
        Due known = byUid.get(due.uid());
        if (known == null || !known.end().equals(due.end())) {
            put(due);
        }
    }

    void forget(String uid) {
        Due known = byUid.remove(uid);
        if (known != null) {
            waiting.remove(known);
        }
    }

    Turn next(Instant now) {
        Optional<Due> due = first(now);
        if (due.filter(Due::untried).isPresent() || (due.isPresent() && finished.isEmpty())) {
            return take(due.get());
        }
        // Those that are still under way go first, unless they hang.
        boolean waited = !now.isBefore(firstFinished.plus(PATIENCE));
        if (!finished.isEmpty() && (waited || underway.stream().noneMatch(Due::untried))) {
            List<GrantKey> ready = List.copyOf(finished);
            finished.clear();
            return new Turn(Optional.empty(), ready, Duration.ZERO);
        }
        return due.map(this::take).orElseGet(() -> new Turn(Optional.empty(), List.of(), untilNext(now)));
    }

    void done(Due due, boolean gone, Instant now) {
        underway.remove(due);
        if (gone) {
            firstFinished = finished.isEmpty() ? now : firstFinished;
            finished.add(due.grant());
        } else if (!byUid.containsKey(due.uid())) {
            // Scheduled anew meanwhile, it comes soon enough.
            put(again(due, now));
        }
    }

    /**
     * Whether the grant's access is taken away right now, for the first time, or the grant is about to be handed on. Where
     * that hangs, whoever asks had better do it too.
     */
    boolean takes(String uid, GrantKey grant, Instant now) {
        return (finished.contains(grant) && now.isBefore(firstFinished.plus(HANGS))) || isTaken(uid, now, HANGS);
    }

    /** Whether the grant's access is taken away right now, for the first time. */
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
                || first(now).filter(Due::untried).isPresent();
    }

    int size() {
        return waiting.size();
    }

    /** By how much the most overdue grant is overdue; zero if none is. */
    Duration backlog(Instant now) {
        return Stream.concat(waiting.stream(), underway.stream())
                .map(Due::end)
                .filter(end -> end.isBefore(now))
                .min(Comparator.naturalOrder())
                .map(end -> Duration.between(end, now))
                .orElse(Duration.ZERO);
    }

    /** The first that is due and untried; if there is none, the first that is due. */
    private Optional<Due> first(Instant now) {
        List<Due> due = waiting.stream()
                .takeWhile(each -> !each.at().isAfter(now))
                .limit(1)
                .toList();
        if (due.isEmpty() || due.get(0).untried()) {
            return due.stream().findFirst();
        }
        return waiting.stream()
                .takeWhile(each -> !each.at().isAfter(now))
                .filter(Due::untried)
                .findFirst()
                .or(() -> due.stream().findFirst());
    }

    private Turn take(Due due) {
        forget(due.uid());
        underway.add(due);
        return new Turn(Optional.of(due), List.of(), Duration.ZERO);
    }

    private Duration untilNext(Instant now) {
        Duration next = waiting.isEmpty()
                ? LONGEST_WAIT
                : Duration.between(now, waiting.first().at());
        return next.compareTo(LONGEST_WAIT) < 0 ? next : LONGEST_WAIT;
    }

    private static Due again(Due due, Instant now) {
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(due.attempts(), 10));
        Instant at = now.plus(wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait);
        return new Due(due.end(), at, due.uid(), due.grant(), due.attempts() + 1);
    }

    private void put(Due due) {
        forget(due.uid());
        byUid.put(due.uid(), due);
        waiting.add(due);
    }
}
