package dev.lapse.runtime;

import dev.lapse.cluster.ServerClock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether this process works as it should, for probes and for people. */
final class Health {
    private static final Duration AWAY = Duration.ofSeconds(10);

    private final Supplier<ServerClock.Reading> clock;
    private final Watches watches;
    private volatile @Nullable LeaseElection election;
    private volatile @Nullable Controllers controllers;
    private volatile String unable = "";
    private volatile boolean endsOnly;
    private volatile String whyEndsOnly = "";

    Health(Supplier<ServerClock.Reading> clock, Watches watches) {
        this.clock = clock;
        this.watches = watches;
    }

    void electing(LeaseElection among) {
        election = among;
    }

    void leading(Controllers leading) {
        unable = "";
        controllers = leading;
    }

    /** The process cannot lead, or not any more. */
    void unable(String why) {
        unable = why;
        controllers = null;
        endsOnly = false;
    }

    /** The process leads, and only ends grants that are over. */
    void onlyEnds(String why) {
        whyEndsOnly = why;
        endsOnly = true;
        controllers = null;
    }

    /** The operator does all of its work again. */
    void doesEverything() {
        endsOnly = false;
    }

    boolean endsOnly() {
        return endsOnly;
    }

    boolean isUnable() {
        return !unable.isEmpty();
    }

    boolean isLeading() {
        return controllers != null || endsOnly;
    }

    /** Each check with its result. The process is ready if no result begins with {@code no}. */
    Map<String, String> readiness() {
        Map<String, String> checks = new TreeMap<>();
        LeaseElection among = election;
        if (among != null) {
            Duration away = among.unanswered();
            checks.put(
                    "api-server",
                    away.compareTo(AWAY) > 0 ? "no: it has not answered for " + away.toSeconds() + " s" : "ok");
        }
        checks.put("clock", clock());
        Controllers leading = controllers;
        if (endsOnly) {
            checks.put(
                    "role",
                    "no: leader, but " + whyEndsOnly
                            + ": only what is over by its own status ends; see the runbook heap-full");
            return checks;
        }
        if (leading == null) {
            checks.put("role", role(among));
            return checks;
        }
        checks.put("role", "ok: leader");
        checks.put("informers", leading.synced() ? "ok" : "no: not synchronised");
        checks.put("watches", watched());
        if (!leading.guard().ready()) {
            checks.put("guard", "no: " + leading.guard().problem());
        } else {
            String unsettled = leading.unsettled();
            checks.put("guard", unsettled.isEmpty() ? "ok" : "no: " + unsettled);
        }
        return checks;
    }

    private String clock() {
        ServerClock.Reading reading = clock.get();
        return reading.problem()
                .map(problem ->
                        "no: " + problem + ", so nothing new is granted; what ends, ends by the API server's time")
                .orElseGet(() -> reading.worthTelling() ? "ok: " + reading.text() + ", which is corrected" : "ok");
    }

    private String watched() {
        Map<WatchedKind, String> problems = watches.problems();
        return problems.isEmpty()
                ? "ok"
                : "no: "
                        + problems.entrySet().stream()
                                .map(each -> each.getKey().text() + " (" + each.getValue() + ")")
                                .collect(Collectors.joining(", "));
    }

    private String role(@Nullable LeaseElection among) {
        if (!unable.isEmpty()) {
            return "no: it cannot lead: " + unable;
        }
        if (among == null || among.holder().isEmpty() || among.holds()) {
            return "no: starting";
        }
        Duration unrenewed = among.unrenewed();
        return unrenewed.compareTo(LeaseElection.RUNS_OUT_AFTER) > 0
                ? "no: nobody leads: " + among.holder() + " has not renewed the lease for " + unrenewed.toSeconds()
                        + " s"
                : "ok: standby, " + among.holder() + " leads";
    }
}
