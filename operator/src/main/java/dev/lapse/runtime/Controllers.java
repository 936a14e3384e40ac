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
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that works while this instance leads, started and stopped in order. */
final class Controllers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controllers.class);
    private static final Duration SYNC_LIMIT = Duration.ofMinutes(5);

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
    private final KindOperators operators;
    private final SoonOnce missingReviews = new SoonOnce("missing-reviews", this::openMissingReviews);
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
                grants.reviews()::wants,
                grants.reviews()::insidersWhenAsked,
                grants.reviews()::reviewChanged,
                missingReviews::ask);
        operators = new KindOperators(client, settings.reconcilers(), SYNC_LIMIT);
        operators.register(identityReconciler, "serviceidentity", new KubernetesStore<>(room));
        operators.register(grants.reconciler(), "privilegegrant", grants.store(room));
        operators.register(reviewReconciler, "accessreview", new KubernetesStore<>(room));
        sweeper = DaemonThreads.timer("sweep");
        meters.beforeScrape(grants.rounds()::takeCensus);
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
        memory.onReadable(reviewReconciler.sources()::lookAgainAtAll);
        memory.onReadable(grants::lookAgainAtWaiting);
        memory.onReadable(() -> identityReconciler.lookAgainWhere(identity -> true));
        guard.onChange(() -> {
            identityReconciler.lookAgainWhere(identity -> true);
            reviewReconciler.sources().lookAgainAtAll();
            grants.lookAgainAtWaiting();
        });
        // Overdue access is removed before anything else is done, even before the guard is looked at, without which
        // nothing is granted.
        operators.start(firstPass::abandon);
        guard.start();
        sweeper.scheduleWithFixedDelay(
                this::sweep, sweepEvery.toMillis(), sweepEvery.toMillis(), TimeUnit.MILLISECONDS);
        started = true;
        LOG.atInfo().log("controllers run");
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
        GuardState now = guard.state();
        if (!guard.settled()) {
            return "settles at " + now.settledAt();
        }
        return firstLook.isOver(now, clock.instant())
                ? ""
                : "settled at " + now.settledAt() + ", and not all that was there before has been looked at since";
    }

    @Override
    public void close() {
        grants.close();
        if (!started) {
            abandon();
            operators.stopInformers();
        }
        missingReviews.close();
        operators.close();
        sweeper.shutdownNow();
        guard.close();
        cluster.close();
        memory.close();
        events.close();
    }

    private void sweep() {
        try {
            memory.heal();
        } catch (RuntimeException failed) {
            LOG.atWarn().addKeyValue("error", failed.getMessage()).log("memory was not looked at, that is repeated");
        }
        try {
            missingReviews.ask();
            grants.rounds().sweep();
        } catch (RuntimeException failed) {
            LOG.atWarn().addKeyValue("error", failed.getMessage()).log("the sweep failed, it is repeated");
        }
    }

    private void openMissingReviews() {
        grants.reviews().openMissing();
        reviewReconciler.openMissing();
    }

    private void identityConcerned(String namespace, String name) {
        identityReconciler.lookAgain(namespace, name);
    }

    private void authorRefused(String identityUid) {
        identityReconciler.authorRefused(identityUid);
    }

    private void reviewsConcerned(String grantUid) {
        reviewReconciler.sources().grantChanged(grantUid);
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
                .forEach(identity -> reviewReconciler
                        .sources()
                        .identityChanged(
                                identity.getMetadata().getNamespace(),
                                identity.getMetadata().getName()));
    }

    private void identityChanged(String namespace, String name) {
        grants.identityChanged(namespace, name);
        reviewReconciler.sources().identityChanged(namespace, name);
    }

    private static boolean names(ServiceIdentity identity, String role) {
        return identity.getSpec().eligible() != null
                && identity.getSpec().eligible().stream()
                        .anyMatch(entry -> entry.role().name().equals(role));
    }
}
