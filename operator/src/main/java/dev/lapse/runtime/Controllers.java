package dev.lapse.runtime;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.KubernetesAccess;
import dev.lapse.access.KubernetesBindings;
import dev.lapse.api.v1alpha1.AccountName;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.cluster.DaemonThreads;
import dev.lapse.cluster.FirstPass;
import dev.lapse.cluster.HeapRoom;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesEvents;
import dev.lapse.cluster.KubernetesSdk;
import dev.lapse.cluster.KubernetesStore;
import dev.lapse.cluster.KubernetesWrites;
import dev.lapse.cluster.ServerClock;
import dev.lapse.cluster.SoonOnce;
import dev.lapse.credential.KubernetesTokens;
import dev.lapse.grant.EndedGrants;
import dev.lapse.grant.KubernetesGrants;
import dev.lapse.guard.FirstLook;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.KubernetesGuard;
import dev.lapse.guard.KubernetesSealKey;
import dev.lapse.guard.Seal;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.KubernetesTools;
import dev.lapse.identity.ServiceIdentityReconciler;
import dev.lapse.memory.KubernetesMemory;
import dev.lapse.review.AccessReviewReconciler;
import dev.lapse.review.KubernetesReviews;
import dev.lapse.review.kind.KubernetesEntitlementReviews;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that works while this instance leads, started and stopped in order. */
final class Controllers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controllers.class);
    private static final Duration SYNC_LIMIT = Duration.ofMinutes(5);
    private static final int FIRST_RETRY_MILLIS = 200;
    private static final int LAST_RETRY_MILLIS = 30_000;
    private static final long PAGE = 500;

    private final InstantSource clock;
    private final Duration sweepEvery;
    private final KubernetesCluster cluster;
    private final KubernetesGuard guard;
    private final FirstLook firstLook;
    private final KubernetesEvents events;
    private final KubernetesGrants grants;
    private final ServiceIdentityReconciler identityReconciler;
    private final AccessReviewReconciler reviewReconciler;
    private final KubernetesIdentities identities;
    private final KubernetesMemory memory;
    private final Instant sealMadeAt;
    /** One operator of the SDK for each kind, with threads of its own, so that a busy kind delays no other. */
    private final List<Operator> operators = new ArrayList<>();

    private final List<RegisteredController<?>> registered = new ArrayList<>();
    private final SoonOnce missingReviews = new SoonOnce("missing-reviews", this::openMissingReviews);
    private final ExecutorService starts = Executors.newCachedThreadPool(DaemonThreads.named("start"));
    private final ScheduledExecutorService sweeper;
    private final FirstPass firstPass = new FirstPass(3, SYNC_LIMIT);
    private final CompletableFuture<Void> abandoned = new CompletableFuture<>();
    private volatile boolean started;

    Controllers(KubernetesClient client, Settings settings, Meters meters, ServerClock clock, HeapRoom room)
            throws IOException {
        this.clock = clock;
        sweepEvery = settings.sweepEvery();
        cluster = new KubernetesCluster(client, room);
        events = new KubernetesEvents(client, clock, settings.instance());
        KubernetesWrites writes = new KubernetesWrites(OperatorClient.withoutRepetitions(client));
        AccessOracle oracle = new KubernetesAccess(client);
        KubernetesBindings bindings = new KubernetesBindings(client);
        KubernetesSealKey.Loaded key = KubernetesSealKey.load(client);
        Seal seal = key.seal();
        sealMadeAt = key.madeAt();
        guard = new KubernetesGuard(client, seal, clock, settings.guardSettle());
        MemoryAlarm putBack = new MemoryAlarm(events);
        DiskAlarm disk = DiskAlarm.to(events);
        Optional<StatePlace> place = StatePlace.of(settings.endedFile(), settings.instance(), System.getenv());
        memory = new KubernetesMemory(client, seal, MemoryFiles.beside(place, disk), putBack);
        identities = new KubernetesIdentities(cluster, seal, settings.profiles(), settings.subjectUsers());
        KubernetesReviews reviews = new KubernetesReviews(client, seal);
        firstLook = new FirstLook(() -> Stream.concat(identities.named(), reviews.named()));
        KubernetesEntitlementReviews vouchers =
                new KubernetesEntitlementReviews(cluster, reviews, identities, oracle, guard::parameters);
        KubernetesTools shared = new KubernetesTools(
                client, cluster, writes, events, identities, memory, oracle, guard::state, guard::parameters, clock);
        grants = new KubernetesGrants(
                new KubernetesGrants.Tools(
                        shared,
                        reviews,
                        vouchers,
                        settings.duties(),
                        settings.longestWaiver(),
                        settings.aliases(),
                        new KubernetesTokens(client, ApiServer.address(client, settings), ApiServer.authority(client)),
                        bindings,
                        seal,
                        new EndedGrants(EndedFile.of(place, disk), clock.instant()),
                        meters.registry(),
                        settings.crowdLimits(),
                        () -> clock.reading().problem()),
                firstPass,
                settings.expiryWorkers(),
                settings.reconcilers(),
                this::identityConcerned,
                this::authorRefused,
                this::reviewsConcerned,
                missingReviews::ask);
        events.giveWayTo(grants::letClosingGoFirst);
        identityReconciler = new ServiceIdentityReconciler(
                new ServiceIdentityReconciler.Tools(shared, settings.duties(), settings.longestWaiver(), vouchers),
                firstPass,
                grants::activeGrants,
                this::identityChanged);
        reviewReconciler = new AccessReviewReconciler(
                new AccessReviewReconciler.Tools(
                        shared,
                        reviews,
                        bindings,
                        settings.aliases(),
                        vouchers,
                        settings.campaignNotice(),
                        meters.registry()),
                firstPass,
                grants::wants,
                grants::insidersWhenAsked,
                grants::reviewChanged,
                missingReviews::ask);
        register(client, settings, room);
        sweeper = DaemonThreads.timer("sweep");
        meters.beforeScrape(grants::takeCensus);
        meters.beforeScrape(reviewReconciler::takeCensus);
        meters.watchGuard(guard::state);
        meters.watchDisk(disk::failing);
        meters.watchMemory(memory::problems, memory::census, () -> memory.fill(clock.instant()), putBack::count);
    }

    void start() throws Exception {
        cluster.accounts()
                .onChange(account -> lookAgainAtIdentitiesOf(new AccountName(
                                account.getMetadata().getNamespace(),
                                account.getMetadata().getName())
                        .userName()));
        cluster.roles().onChange(role -> roleChanged(role.getMetadata().getName()));
        cluster.clusterRoles().onChange(role -> roleChanged(role.getMetadata().getName()));
        endWhatIsOver();
        cluster.start(SYNC_LIMIT, abandoned);
        memory.start(sealMadeAt, SYNC_LIMIT, clock.instant());
        memory.onReadable(reviewReconciler::lookAgainAtAll);
        memory.onReadable(grants::lookAgainAtWaiting);
        memory.onReadable(() -> identityReconciler.lookAgainWhere(identity -> true));
        guard.onChange(() -> {
            identityReconciler.lookAgainWhere(identity -> true);
            reviewReconciler.lookAgainAtAll();
            grants.lookAgainAtWaiting();
        });
        // Overdue access is removed before anything else is done, even before the guard is looked at, without which
        // nothing is granted.
        startOperators();
        guard.start();
        sweeper.scheduleWithFixedDelay(
                this::sweep, sweepEvery.toMillis(), sweepEvery.toMillis(), TimeUnit.MILLISECONDS);
        started = true;
        LOG.atInfo().log("controllers run");
    }

    /** All start at the same time, because each waits until the others know their objects. */
    private void startOperators() throws Exception {
        CompletableFuture.allOf(operators.stream()
                        .map(operator -> CompletableFuture.runAsync(operator::start, starts)
                                .whenComplete((begun, failed) -> {
                                    if (failed != null) {
                                        // Or the others would wait for it.
                                        firstPass.abandon();
                                    }
                                }))
                        .toArray(CompletableFuture<?>[]::new))
                .get();
    }

    /** Starts the lane alone. May be called any number of times. */
    void endWhatIsOver() {
        grants.begin();
    }

    boolean started() {
        return started;
    }

    /** Whatever waits for a first list stops waiting, so that it can be closed. Nothing new begins. */
    void abandon() {
        abandoned.completeExceptionally(new IllegalStateException("given up before everything was listed"));
        firstPass.abandon();
        grants.giveNothingMore();
    }

    boolean synced() {
        return started && cluster.healthy() && memory.healthy();
    }

    GuardState guard() {
        return guard.state();
    }

    /** Why a name that somebody writes now may not count; empty if it does. */
    String unsettled() {
        if (!guard.settled()) {
            return "settles at " + guard.state().settledAt();
        }
        return firstLook.isOver(guard.state(), clock.instant())
                ? ""
                : "settled at " + guard.state().settledAt()
                        + ", and not all that was there before has been looked at since";
    }

    @Override
    public void close() {
        grants.close();
        if (!started) {
            abandon();
            registered.forEach(Controllers::stopInformer);
        }
        missingReviews.close();
        stopOperators();
        starts.shutdownNow();
        sweeper.shutdownNow();
        guard.close();
        cluster.close();
        memory.close();
        events.close();
    }

    /** All at once, and whatever becomes of one: another instance may lead already. */
    private void stopOperators() {
        CompletableFuture.allOf(operators.stream()
                        .map(operator -> CompletableFuture.runAsync(() -> stop(operator), starts))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    private static void stop(Operator operator) {
        try {
            operator.stop();
        } catch (RuntimeException failed) {
            LOG.atError().setCause(failed).log("a controller could not be stopped");
        }
    }

    private static void stopInformer(RegisteredController<?> registered) {
        if (!KubernetesSdk.stopInformer(registered)) {
            LOG.atDebug().log("an informer was not begun yet");
        }
    }

    private void sweep() {
        try {
            memory.heal();
        } catch (RuntimeException failed) {
            LOG.atWarn().addKeyValue("error", failed.getMessage()).log("memory was not looked at, that is repeated");
        }
        try {
            missingReviews.ask();
            grants.sweep();
        } catch (RuntimeException failed) {
            LOG.atWarn().addKeyValue("error", failed.getMessage()).log("the sweep failed, it is repeated");
        }
    }

    private void openMissingReviews() {
        grants.openMissingReviews();
        reviewReconciler.openMissing();
    }

    private void register(KubernetesClient client, Settings settings, HeapRoom room) {
        register(client, settings, identityReconciler, "serviceidentity", new KubernetesStore<>(room));
        register(client, settings, grants.reconciler(), "privilegegrant", grants.store(room));
        register(client, settings, reviewReconciler, "accessreview", new KubernetesStore<>(room));
    }

    private <P extends HasMetadata> void register(
            KubernetesClient client, Settings settings, Reconciler<P> reconciler, String name, ItemStore<P> store) {
        Operator operator = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withConcurrentReconciliationThreads(settings.reconcilers())
                // This limit is later than that of the callers who wait for all lists, because at its end the SDK
                // takes an unfinished list for complete.
                .withCacheSyncTimeout(SYNC_LIMIT.multipliedBy(2))
                // A list that is refused once may be answered the next time. If it is refused again and again, the
                // lead is given up.
                .withStopOnInformerErrorDuringStartup(false)
                .withReconciliationTerminationTimeout(Duration.ofSeconds(5)));
        registered.add(operator.register(
                reconciler,
                config -> config.withName(name)
                        .withItemStore(store)
                        .withRetry(retry())
                        .withReconciliationMaxInterval(null)
                        .withInformerListLimit(PAGE)));
        operators.add(operator);
    }

    /** Retries without end: when an API server that was away at an end is back, the operator must still be trying. */
    private static GenericRetry retry() {
        return new GenericRetry()
                .setInitialInterval(FIRST_RETRY_MILLIS)
                .setIntervalMultiplier(2)
                .setMaxInterval(LAST_RETRY_MILLIS)
                .withoutMaxAttempts();
    }

    private void identityConcerned(String namespace, String name) {
        identityReconciler.lookAgain(namespace, name);
    }

    private void authorRefused(String identityUid) {
        identityReconciler.authorRefused(identityUid);
    }

    private void reviewsConcerned(String grantUid) {
        reviewReconciler.grantChanged(grantUid);
    }

    /**
     * Before the reconciler runs, nothing is needed, because it will look at all identities anyway; the same holds for
     * roles.
     */
    private void lookAgainAtIdentitiesOf(String userName) {
        if (identityReconciler.running()) {
            identities.sharing(userName).forEach(identity -> {
                String namespace = identity.getMetadata().getNamespace();
                String name = identity.getMetadata().getName();
                identityReconciler.lookAgain(namespace, name);
                grants.identityChanged(namespace, name);
            });
        }
    }

    private void roleChanged(String role) {
        if (!identityReconciler.running()) {
            return;
        }
        identityReconciler.lookAgainWhere(identity -> names(identity, role));
        identities
                .all()
                .filter(identity -> names(identity, role))
                .forEach(identity -> reviewReconciler.identityChanged(
                        identity.getMetadata().getNamespace(),
                        identity.getMetadata().getName()));
    }

    private void identityChanged(String namespace, String name) {
        grants.identityChanged(namespace, name);
        reviewReconciler.identityChanged(namespace, name);
    }

    private static boolean names(ServiceIdentity identity, String role) {
        return identity.getSpec().eligible() != null
                && identity.getSpec().eligible().stream()
                        .anyMatch(entry -> entry.role().name().equals(role));
    }
}
