package dev.lapse.cluster;

import dev.lapse.access.ContentHash;
import dev.lapse.api.v1alpha1.StatusText;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether an Event becomes a new object, raises the count of an earlier one, or is not written, as client-go's
 * EventCorrelator does.
 *
 * <p>What differs: client-go limits the Events of an object and a type together. Here each reason has a limit of its own,
 * so that somebody whose verdicts do not count again and again cannot hide the Warning that comes after them.
 *
 * <p>Only the one thread that writes Events calls it, so it takes no lock.
 */
final class EventCorrelator {
    /** Of one object, type and reason at once; then one more for each {@link #REFILL}. */
    static final int BURST = 25;

    static final Duration REFILL = Duration.ofMinutes(5);

    /** So many different notes of one object, type and reason become one Event from here on. */
    static final int SIMILAR = 10;

    /** Notes are similar while the pauses between them are not longer. */
    static final Duration INTERVAL = Duration.ofMinutes(10);

    static final String COMBINED = "(combined from similar events): ";

    /** A note may come from people: each of these tables forgets what was used longest ago. */
    static final int MOST_KEYS = 4_096;

    /** The Events that differ in nothing but the note. */
    private record Series(KubernetesEvents.About about, KubernetesEvents.Kind kind, String reason) {}

    /** @param note a hash, which is shorter; empty for the one Event that similar ones are combined into */
    private record Same(Series series, String note) {}

    /**
     * @param count how often; 1 means that there is no such object yet
     * @param note of the last one
     */
    record Written(String name, int count, Instant first, Instant last, String note) {
        boolean isNew() {
            return count == 1;
        }

        Written as(String another) {
            return new Written(another, count, first, last, note);
        }
    }

    private record Seen(String name, int count, Instant first) {}

    private record Similar(Set<String> notes, Instant last) {}

    private record Allowance(double events, Instant at) {}

    private final int longestNote;
    private final Map<Series, Similar> similar = bounded();
    private final Map<Same, Seen> seen = bounded();
    private final Map<Series, Allowance> allowances = bounded();

    EventCorrelator(int longestNote) {
        this.longestNote = longestNote;
    }

    /**
     * What is to be written; nothing if there were too many. What is not written counts all the same: the next one that is
     * written tells how often it was.
     *
     * @param name for the object, if it becomes a new one
     */
    Optional<Written> correlate(
            KubernetesEvents.About about,
            KubernetesEvents.Kind kind,
            String reason,
            String note,
            String name,
            Instant now) {
        Series series = new Series(about, kind, reason);
        String hash = ContentHash.of(note);
        boolean combined = combines(series, hash, now);
        Written told = count(
                new Same(series, combined ? "" : hash),
                name,
                combined ? StatusText.fit(COMBINED + note, longestNote) : note,
                now);
        return isAllowed(series, now) ? Optional.of(told) : Optional.empty();
    }

    private boolean combines(Series series, String note, Instant now) {
        Similar before = similar.get(series);
        Set<String> notes =
                before == null || before.last().plus(INTERVAL).isBefore(now) ? new HashSet<>() : before.notes();
        notes.add(note);
        similar.put(series, new Similar(notes, now));
        if (notes.size() < SIMILAR) {
            return false;
        }
        // The set does not grow. The notes that are left in it go on having Events of their own.
        notes.remove(note);
        return true;
    }

    private Written count(Same same, String name, String note, Instant now) {
        Seen before = seen.get(same);
        Seen after =
                before == null ? new Seen(name, 1, now) : new Seen(before.name(), before.count() + 1, before.first());
        seen.put(same, after);
        return new Written(after.name(), after.count(), after.first(), now, note);
    }

    /** A bucket of {@link #BURST} that fills up again. */
    private boolean isAllowed(Series series, Instant now) {
        Allowance before = allowances.get(series);
        double events = before == null ? BURST : Math.min(BURST, before.events() + refilled(before.at(), now));
        boolean allowed = events >= 1;
        allowances.put(series, new Allowance(allowed ? events - 1 : events, now));
        return allowed;
    }

    private static double refilled(Instant from, Instant to) {
        // A clock that was set back takes nothing away.
        return Math.max(0, (double) Duration.between(from, to).toMillis() / REFILL.toMillis());
    }

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MOST_KEYS;
            }
        };
    }
}
