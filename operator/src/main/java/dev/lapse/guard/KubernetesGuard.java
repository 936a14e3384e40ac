package dev.lapse.guard;

import dev.lapse.cluster.DaemonThreads;
import dev.lapse.guard.KubernetesCanaries.Round;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the guard stands. Its policies must be those that are shipped, and canaries must be refused: at the
 * start, after each change and every ten minutes.
 *
 * <p>One thread of its own does all looking, so fields without {@code volatile} are that thread's.
 */
public final class KubernetesGuard implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KubernetesGuard.class);
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final String CHANGED = "the guard is new or has changed, and has not been seen to refuse yet";
    private static final int LOOKS_UNTIL_SETTLED = 6;
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(8);

    /** How long an API server may take to use parameters whose change concerns no policy. */
    private static final Duration CATCHES_UP = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final Duration settle;
    private final KubernetesCanaries canaries;
    private final KubernetesGuardMemory memory;
    private final KubernetesGuardParts parts;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean lookAsked = new AtomicBoolean();
    private final ScheduledExecutorService thread = DaemonThreads.timer("guard");

    private volatile GuardState state = GuardState.notReady("the guard has not been looked at yet");
    private volatile GuardParameters parameters = GuardParameters.NONE;

    /** The parts that were all seen to refuse, and since when; empty at the first sign of a hole. */
    private Optional<Standing> standing = Optional.empty();

    /** A first refusal from before this instant does not count any more: there was a hole, or other parameters. */
    private Instant notBefore = Instant.MIN;

    /** Since when the API server uses other parameters than those it stores. */
    private Optional<Instant> behindSince = Optional.empty();

    private Duration retry = FIRST_RETRY;
    private Optional<Future<?>> nextLook = Optional.empty();

    /** Whether the listeners know that the present state has settled. */
    private volatile boolean settledTold;

    private record Standing(GuardEpoch epoch, Instant firstRefusal) {}

    /**
     * @param client with the operator's own credentials; stays open at {@link #close}
     * @param seal over what is kept for the next operator
     * @param settle how long after the first refusal every API server refuses, usually 30 s
     */
    public KubernetesGuard(KubernetesClient client, Seal seal, InstantSource clock, Duration settle) {
        this.clock = clock;
        this.settle = settle;
        canaries = new KubernetesCanaries(client);
        memory = new KubernetesGuardMemory(client, seal);
        parts = new KubernetesGuardParts(client, new KubernetesGuardParts.Listener() {
            @Override
            public void look() {
                askToLook();
            }

            @Override
            public void parametersChanged() {
                onThread(() -> beginAnew(CHANGED));
                askToLook();
            }
        });
    }

    /** Begins to watch and to look; returns at once. */
    public void start() {
        parts.start();
        askToLook();
    }

    public GuardState state() {
        return state;
    }

    /** Whether the guard has settled and the listeners know: a name that is written from now on is proved at once. */
    public boolean settled() {
        return settledTold && state.settled(clock.instant());
    }

    public GuardParameters parameters() {
        return parameters;
    }

    /** Runs {@code listener} when state or parameters change and when the guard has settled, on the guard's thread. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        parts.close();
        thread.shutdownNow();
    }

    private void askToLook() {
        if (lookAsked.compareAndSet(false, true)) {
            onThread(this::look);
        }
    }

    private void onThread(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            // The guard is closed, so nobody asks any more.
            log.atTrace().log("The guard is closed");
        }
    }

    /** On any failure the earlier result is void, and the guard is looked at again. */
    private void look() {
        lookAsked.set(false);
        try {
            lookNow();
        } catch (RuntimeException failed) {
            log.atError().setCause(failed).log("The guard could not be looked at");
            publish(GuardState.notReady("the guard could not be looked at: " + failed));
            retryLook();
        }
    }

    private void lookNow() {
        if (!parts.read()) {
            publish(GuardState.notReady("the guard's policies have not been read yet"));
            return;
        }
        readParameters();
        GuardEpoch epoch = parts.epoch();
        if (!epoch.problem().isEmpty()) {
            standing = Optional.empty();
            publish(GuardState.notReady(epoch.problem()));
            lookIn(EVERY);
            return;
        }
        if (standing.filter(known -> known.epoch().equals(epoch)).isEmpty()) {
            standing = Optional.empty();
            publish(GuardState.notReady(CHANGED));
        }
        prove(epoch);
    }

    private void prove(GuardEpoch epoch) {
        Round round = canaries.send(parts.parametersVersion());
        if (round.letThrough()) {
            beginAnew(round.problem());
        }
        behindSince = round.behind() ? behindSince.or(() -> Optional.of(clock.instant())) : Optional.empty();
        if (standing.isPresent()
                && behindSince
                        .filter(since -> clock.instant().isBefore(since.plus(CATCHES_UP)))
                        .isPresent()) {
            lookIn(FIRST_RETRY);
            return;
        }
        if (!round.allRefused()) {
            publish(GuardState.notReady(round.problem()));
            retryLook();
            return;
        }
        try {
            Standing stands =
                    standing.orElseGet(() -> new Standing(epoch, memory.since(epoch, notBefore, clock.instant())));
            standing = Optional.of(stands);
            publish(GuardState.ready(epoch.since(stands.firstRefusal()), stands.firstRefusal(), settle));
            tellOnceSettled();
            retry = FIRST_RETRY;
            lookIn(untilNextLook());
        } catch (KubernetesClientException e) {
            publish(GuardState.notReady("since when the guard stands could not be kept: " + e.getMessage()));
            retryLook();
        }
    }

    /** Tells the listeners once. To be called only after a look that found the guard still standing. */
    private void tellOnceSettled() {
        if (!settledTold && state.settled(clock.instant())) {
            tellListeners();
            settledTold = true;
        }
    }

    /**
     * Looks often until the guard has settled. Right after a change an API server still refuses by the earlier policy,
     * so the first canaries do not show that a policy has become too weak.
     */
    private Duration untilNextLook() {
        Duration left = Duration.between(clock.instant(), state.settledAt());
        if (left.isNegative()) {
            return EVERY;
        }
        Duration soon = settle.dividedBy(LOOKS_UNTIL_SETTLED);
        return left.compareTo(soon) > 0 ? soon : left.plusMillis(1);
    }

    /**
     * The kept instant is void: the next first refusal begins another epoch, even of the same parts. That the guard is
     * not ready is true before the kept instant is taken away: whoever sees that the epoch is gone, and then asks
     * whether it is ready, hears no answer from before. The listeners are told afterwards: they take time, in which
     * another operator would believe the kept instant.
     */
    private void beginAnew(String problem) {
        standing = Optional.empty();
        notBefore = clock.instant();
        GuardState notReady = GuardState.notReady(problem);
        boolean changed = set(notReady);
        try {
            memory.forget();
        } catch (KubernetesClientException e) {
            // This operator still has notBefore. Only an operator that starts meanwhile would believe the kept
            // instant.
            log.atWarn().addKeyValue("problem", e.getMessage()).log("The guard's memory could not be cleared");
        }
        if (changed) {
            tellChange(notReady);
        }
    }

    private void readParameters() {
        GuardParameters read = parts.parameters();
        if (!read.equals(parameters)) {
            parameters = read;
            if (!read.problem().isEmpty()) {
                log.atWarn().addKeyValue("problem", read.problem()).log("The guard's parameters are incomplete");
            }
            tellListeners();
        }
    }

    private void publish(GuardState next) {
        if (set(next)) {
            tellChange(next);
        }
    }

    private boolean set(GuardState next) {
        if (next.equals(state)) {
            return false;
        }
        settledTold = false;
        state = next;
        return true;
    }

    private void tellChange(GuardState next) {
        log.atInfo()
                .addKeyValue("ready", next.ready())
                .addKeyValue("epoch", next.epoch())
                .addKeyValue("problem", next.problem())
                .log("The guard changed");
        tellListeners();
    }

    private void tellListeners() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                // One listener's fault must not keep the guard from looking again.
                log.atError().setCause(e).log("A listener of the guard failed");
            }
        }
    }

    private void retryLook() {
        lookIn(retry);
        Duration doubled = retry.multipliedBy(2);
        retry = doubled.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : doubled;
    }

    private void lookIn(Duration delay) {
        nextLook.ifPresent(look -> look.cancel(false));
        nextLook = Optional.of(schedule(this::askToLook, delay));
    }

    private Future<?> schedule(Runnable work, Duration delay) {
        return thread.schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
