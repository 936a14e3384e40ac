package dev.lapse.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether each watched kind is alive. Each watch has its own proof: an object, or a bookmark, which the API server
 * sends once a minute if nothing changes.
 */
final class Watches {
    /** Two and a half times the interval of bookmarks. */
    static final Duration DEAF_AFTER = Duration.ofSeconds(150);

    /** How long a kind may be without an open watch, while everything answers. */
    private static final Duration BETWEEN = Duration.ofSeconds(10);

    private final LongSupplier monotonic;
    private final Map<WatchedKind, Heard> kinds = new ConcurrentHashMap<>();

    Watches(LongSupplier monotonic) {
        this.monotonic = monotonic;
    }

    /** The last sign of life of a kind. */
    private static final class Heard {
        private @Nullable Runnable cancel;
        private long at;
        private long troubleSince;
        private String trouble = "";
    }

    /** A watch is open. */
    final class Open {
        private final WatchedKind kind;
        private final Runnable cancel;

        private Open(WatchedKind kind, Runnable cancel) {
            this.kind = kind;
            this.cancel = cancel;
        }

        void heard() {
            change(kind, heard -> {});
        }

        void closed() {
            kinds.computeIfPresent(kind, (same, heard) -> {
                // Another watch may be open by now.
                if (heard.cancel == cancel) {
                    heard.cancel = null;
                }
                return heard;
            });
        }
    }

    /** @param cancel breaks the watch off, so that its reader opens another */
    Open opened(WatchedKind kind, Runnable cancel) {
        change(kind, heard -> heard.cancel = cancel);
        return new Open(kind, cancel);
    }

    /** The API server listed the kind. */
    void listed(WatchedKind kind) {
        change(kind, heard -> {});
    }

    /** The kind could not be listed or watched. */
    void refused(WatchedKind kind, String why) {
        long now = monotonic.getAsLong();
        kinds.compute(kind, (same, before) -> {
            Heard heard = before == null ? new Heard() : before;
            if (heard.trouble.isEmpty()) {
                heard.troubleSince = now;
            }
            heard.trouble = why;
            return heard;
        });
    }

    /** Forgets all watches, because this instance watches nothing any more. */
    void forget() {
        kinds.clear();
    }

    /** Why a kind gives no sign of life; empty if it does. */
    Optional<String> problem(WatchedKind kind) {
        return Optional.ofNullable(kinds.get(kind))
                .map(heard -> problem(heard, monotonic.getAsLong()))
                .orElse(Optional.of("not watched"));
    }

    /** The kinds without a sign of life, with the reason. */
    Map<WatchedKind, String> problems() {
        Map<WatchedKind, String> all = new TreeMap<>();
        for (WatchedKind kind : WatchedKind.values()) {
            problem(kind).ifPresent(why -> all.put(kind, why));
        }
        return all;
    }

    /** For how long {@code kind} has been refused, or has given no sign of life. */
    Duration silent(WatchedKind kind) {
        Heard heard = kinds.get(kind);
        if (heard == null || problem(heard, monotonic.getAsLong()).isEmpty()) {
            return Duration.ZERO;
        }
        long since = heard.trouble.isEmpty() ? heard.at : heard.troubleSince;
        return Duration.ofNanos(monotonic.getAsLong() - since);
    }

    /** How long ago each kind last gave a sign of life. */
    Duration age(WatchedKind kind) {
        Heard heard = kinds.get(kind);
        return heard == null ? Duration.ZERO : Duration.ofNanos(monotonic.getAsLong() - heard.at);
    }

    /** Breaks off each watch that has gone silent, so that its reader opens another. */
    void breakOffTheDeaf() {
        long now = monotonic.getAsLong();
        kinds.values().forEach(heard -> {
            Runnable cancel = heard.cancel;
            if (cancel != null && Duration.ofNanos(now - heard.at).compareTo(DEAF_AFTER) > 0) {
                cancel.run();
            }
        });
    }

    private static Optional<String> problem(Heard heard, long now) {
        Duration silence = Duration.ofNanos(now - heard.at);
        if (heard.cancel == null && !heard.trouble.isEmpty()) {
            return Optional.of(heard.trouble);
        }
        return silence.compareTo(heard.cancel == null ? BETWEEN : DEAF_AFTER) > 0
                ? Optional.of("nothing heard for " + silence.toSeconds() + " s")
                : Optional.empty();
    }

    private void change(WatchedKind kind, java.util.function.Consumer<Heard> change) {
        long now = monotonic.getAsLong();
        kinds.compute(kind, (same, before) -> {
            Heard heard = before == null ? new Heard() : before;
            heard.at = now;
            heard.trouble = "";
            change.accept(heard);
            return heard;
        });
    }
}
