package dev.lapse.runtime;

import dev.lapse.cluster.DaemonThreads;
import dev.lapse.cluster.HeapRoom;
import dev.lapse.cluster.ServerClock;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance's turn to lead. The instance begins the work if it can, checks whether the work goes on, and gives the
 * lead back if it does not. Then it begins anew, as soon as everything that it needs answers.
 */
final class Lead implements LeaseElection.Candidate {
    private static final Logger LOG = LoggerFactory.getLogger(Lead.class);
    private static final Duration TO_CLOSE = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final Settings settings;
    private final ServerClock clock;
    private final Watches watches;
    private final NeededWatches neededWatches;
    private final Health health;
    private final HeapRoom room;
    private @Nullable LeaseElection election;
    private @Nullable Controllers controllers;
    private @Nullable Meters meters;
    private @Nullable EndsOnly endsOnly;
    /** True from the moment when it may begin until it gives the lead back. */
    private boolean leading;

    private boolean busy;
    private boolean stopping;
    private final Rest rest = new Rest();

    /** @param quick a client for questions that are not worth waiting for */
    Lead(
            KubernetesClient client,
            KubernetesClient quick,
            Settings settings,
            ServerClock clock,
            Watches watches,
            Health health,
            HeapRoom room) {
        this.client = client;
        this.neededWatches = new NeededWatches(quick, watches);
        this.settings = settings;
        this.clock = clock;
        this.watches = watches;
        this.health = health;
        this.room = room;
    }

    /** @param among absent if this instance leads without asking others */
    void start(@Nullable LeaseElection among, ScheduledExecutorService timer) {
        election = among;
        timer.scheduleWithFixedDelay(this::look, 0, 1, TimeUnit.SECONDS);
    }

    /** The metrics of the leader; empty while this instance does not lead. */
    String scrape() {
        Meters current;
        synchronized (this) {
            current = meters;
        }
        return current == null ? "" : current.scrape();
    }

    /** Asks for one object of each watched kind: a request that is refused now would be refused to an informer too. */
    @Override
    public boolean able() {
        synchronized (this) {
            if (busy || stopping) {
                return false;
            }
        }
        String problems = neededWatches.problems();
        if (!problems.isEmpty()) {
            tellUnable("it cannot watch " + problems);
        }
        return problems.isEmpty();
    }

    @Override
    public void leads() {
        synchronized (this) {
            leading = true;
            busy = true;
        }
        DaemonThreads.started("begin", this::begin);
    }

    /** Another instance may lead now, so whatever this process still does could be wrong: it stops everything. */
    @Override
    public synchronized void lost() {
        if (!stopping) {
            LOG.atError().log("the lead is lost, the process ends");
            Runtime.getRuntime().halt(1);
        }
    }

    /** Ends the work, in order. */
    void stop() {
        Controllers begun;
        EndsOnly ends;
        synchronized (this) {
            stopping = true;
            begun = controllers;
            ends = endsOnly;
        }
        if (begun != null) {
            begun.close();
        }
        if (ends != null) {
            ends.close();
        }
    }

    private void begin() {
        Controllers begun = null;
        try {
            // From here on only the informers count as signs of life of a kind.
            watches.forget();
            Meters fresh = new Meters();
            begun = new Controllers(client, settings, fresh, clock, room);
            synchronized (this) {
                controllers = begun;
                meters = fresh;
            }
            health.leading(begun);
            begun.start();
            synchronized (this) {
                rest.succeeded();
            }
            doesEverything(begun);
        } catch (Throwable failed) {
            if (room.isFull() || health.endsOnly()) {
                LOG.atError().setCause(failed).log("not everything could be begun");
                onlyEnds(begun, whyOnlyEnds(room.isFull(), failed));
                return;
            }
            LOG.atError().setCause(failed).log("the operator could not start");
            giveUp(begun, "it could not start: " + failed.getMessage());
        }
    }

    private void look() {
        try {
            watches.breakOffTheDeaf();
            Controllers begun;
            boolean begins;
            boolean leads;
            synchronized (this) {
                begun = controllers;
                begins = begun == null && !busy && !stopping && rest.isOver();
                leads = leading;
            }
            if (health.endsOnly()) {
                endOnly();
            }
            if (begun != null && room.isFull()) {
                onlyEnds(begun, whyOnlyEnds(true, null));
            } else if (begun != null) {
                lookAt(begun);
            } else if (begins && (leads || (election == null && able()))) {
                leads();
            }
        } catch (RuntimeException failed) {
            LOG.atWarn()
                    .addKeyValue("error", failed.getMessage())
                    .log("it could not be looked at whether the work goes on");
        }
    }

    private void lookAt(Controllers begun) {
        neededWatches.silent().ifPresent(why -> giveUp(begun, why));
    }

    /** @param failed why the last try to do everything failed, if there was one */
    static String whyOnlyEnds(boolean full, @Nullable Throwable failed) {
        if (full || failed == null) {
            return "the heap is full";
        }
        String what = failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
        return "the heap was full, and since then not everything could be begun (" + what + ")";
    }

    /**
     * The heap has no room for everything, or had none and the next try failed. Everything that takes room is given
     * up, in whatever state it is. Grants that are over go on ending meanwhile, with as little room as that takes.
     */
    private void onlyEnds(@Nullable Controllers begun, String why) {
        synchronized (this) {
            if (stopping || controllers != begun) {
                return;
            }
            controllers = null;
            meters = null;
            busy = true;
        }
        LOG.atError()
                .addKeyValue("why", why)
                .log("only what is over by its own status ends, see the runbook heap-full");
        health.onlyEnds(why);
        try {
            if (begun != null) {
                // From here on nothing relies on an informer, because an informer may lack the objects that found no
                // room.
                begun.abandon();
            }
            endOnly();
            close(begun);
            watches.forget();
        } finally {
            room.emptied();
            synchronized (this) {
                rest.whileFull();
                busy = false;
            }
        }
    }

    /** This asks the API server, so it holds no lock. */
    private void endOnly() {
        synchronized (this) {
            if (endsOnly != null || stopping) {
                return;
            }
        }
        try {
            EndsOnly made = new EndsOnly(client, settings, clock, room);
            boolean needed;
            synchronized (this) {
                needed = endsOnly == null && !stopping;
                endsOnly = needed ? made : endsOnly;
            }
            if (needed) {
                made.start();
            } else {
                made.close();
            }
        } catch (IOException | RuntimeException failed) {
            LOG.atError().setCause(failed).log("not even what is over can be ended, it is tried again in a second");
        }
    }

    private void doesEverything(Controllers begun) {
        EndsOnly before;
        synchronized (this) {
            if (controllers != begun) {
                return;
            }
            before = endsOnly;
            endsOnly = null;
            health.doesEverything();
        }
        if (before != null) {
            before.isOver();
            before.close();
            LOG.atInfo().log("the heap has room again: everything is done");
        }
    }

    private void giveUp(@Nullable Controllers begun, String why) {
        Duration pause;
        EndsOnly ends;
        LeaseElection among = election;
        synchronized (this) {
            if (stopping || (begun != null && controllers != begun)) {
                return;
            }
            controllers = null;
            meters = null;
            ends = endsOnly;
            endsOnly = null;
            leading = false;
            busy = true;
            pause = rest.failed();
        }
        LOG.atError().addKeyValue("why", why).addKeyValue("rest", pause).log("the lead is given up");
        health.unable(why);
        if (begun != null) {
            begun.abandon();
        }
        if (among != null) {
            among.giveUp(pause);
        }
        close(begun);
        if (ends != null) {
            ends.close();
        }
        watches.forget();
        synchronized (this) {
            busy = false;
        }
    }

    /** Work that cannot be closed could go on while another instance leads. In that case the process ends. */
    private static void close(@Nullable Controllers begun) {
        if (begun == null) {
            return;
        }
        Thread closing = DaemonThreads.started("close", begun::close);
        try {
            closing.join(TO_CLOSE.toMillis());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        if (closing.isAlive()) {
            LOG.atError().log("what was begun cannot be stopped, the process ends");
            Runtime.getRuntime().halt(1);
        }
    }

    private void tellUnable(String why) {
        if (!health.isUnable()) {
            LOG.atError().addKeyValue("why", why).log("this instance cannot lead");
        }
        health.unable(why);
    }
}
