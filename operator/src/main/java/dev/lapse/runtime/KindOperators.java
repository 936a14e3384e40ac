package dev.lapse.runtime;

import dev.lapse.cluster.DaemonThreads;
import dev.lapse.cluster.KubernetesSdk;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SDK's operators, one for each kind, with threads of its own, so that a busy kind delays no other. */
final class KindOperators implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KindOperators.class);
    private static final int FIRST_RETRY_MILLIS = 200;
    private static final int LAST_RETRY_MILLIS = 30_000;
    private static final long PAGE = 500;

    private final KubernetesClient client;
    private final int threads;
    private final Duration syncLimit;
    private final List<Operator> operators = new ArrayList<>();
    private final List<RegisteredController<?>> registered = new ArrayList<>();
    private final ExecutorService starts = Executors.newCachedThreadPool(DaemonThreads.named("start"));

    /**
     * @param threads how many passes of a kind run at once
     * @param syncLimit how long others wait for all lists
     */
    KindOperators(KubernetesClient client, int threads, Duration syncLimit) {
        this.client = client;
        this.threads = threads;
        this.syncLimit = syncLimit;
    }

    <P extends HasMetadata> void register(Reconciler<P> reconciler, String name, ItemStore<P> store) {
        Operator operator = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withConcurrentReconciliationThreads(threads)
                // This limit is later than that of the callers who wait for all lists, because at its end the SDK
                // takes an unfinished list for complete.
                .withCacheSyncTimeout(syncLimit.multipliedBy(2))
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

    /**
     * All start at the same time, because each waits until the others know their objects.
     *
     * @param abandon ends that waiting
     */
    void start(Runnable abandon) throws Exception {
        CompletableFuture.allOf(operators.stream()
                        .map(operator -> CompletableFuture.runAsync(operator::start, starts)
                                .whenComplete((begun, failed) -> {
                                    if (failed != null) {
                                        // Or the others would wait for it.
                                        abandon.run();
                                    }
                                }))
                        .toArray(CompletableFuture<?>[]::new))
                .get();
    }

    /** Of operators that were not started to the end. */
    void stopInformers() {
        registered.forEach(KindOperators::stopInformer);
    }

    /** All at once, and whatever becomes of one: another instance may lead already. */
    @Override
    public void close() {
        CompletableFuture.allOf(operators.stream()
                        .map(operator -> CompletableFuture.runAsync(() -> stop(operator), starts))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        starts.shutdownNow();
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
}
