package dev.lapse.fault;

import static org.awaitility.Awaitility.await;

import dev.lapse.story.Cluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The real cluster, an operator behind a proxy that fails on purpose, and namespaces with an identity each. */
final class Stage implements AutoCloseable {
    /** On a small machine that does other things besides. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String OPERATOR = "operator";

    private final Cluster cluster = Cluster.running();
    private final ApiServer server = new ApiServer(cluster);
    private final FaultProxy proxy;
    private final Scenery scenery = new Scenery(cluster.admin());

    private Stage(String prefix) {
        proxy = new FaultProxy(server, prefix);
    }

    /** With the operator running and its guard settled. */
    static Stage set() {
        return set(Map.of());
    }

    static Stage set(Map<String, String> settings) {
        return set(settings, "");
    }

    /** @param prefix of the API server's paths */
    static Stage set(Map<String, String> settings, String prefix) {
        Stage stage = new Stage(prefix);
        stage.cluster.operator("stop");
        stage.cluster.installOperator(stage.environment(settings));
        return stage;
    }

    /** Settings of an operator that does without the proxy, which would hold all that is large in the tests' own process. */
    static Map<String, String> direct() {
        return Map.of(
                "LAPSE_OPERATOR_SERVER",
                Cluster.running().admin().getConfiguration().getMasterUrl(),
                // What ships has none.
                "LAPSE_CLASS_ARCHIVE",
                "none",
                "LAPSE_RECONCILERS",
                "8",
                "LAPSE_EXPIRY_WORKERS",
                "8");
    }

    /** The same, as if in a container that may use so many bytes. */
    static Map<String, String> directWithin(long bytes) {
        Map<String, String> settings = new HashMap<>(direct());
        try {
            Path limit = Files.writeString(Cluster.running().dir().resolve("memory.max"), Long.toString(bytes));
            settings.put("LAPSE_MEMORY_LIMIT_FILE", limit.toString());
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        return settings;
    }

    /** Of the operator, which runs. */
    long pid() {
        return process(1).orElseThrow().pid();
    }

    /** The most that was ever resident of a process, in MiB. */
    static long peak(long process) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** From its end to the moment when nobody sees its binding any more. */
    CompletableFuture<Duration> lagOf(Life life) {
        Instant end = scenery.end(life);
        return CompletableFuture.supplyAsync(
                () -> lag(life, end),
                // Not behind what writes in parallel.
                task -> new Thread(task, "lag").start());
    }

    /** From {@code since} to the moment when nobody sees a binding any more. */
    Duration lag(Life life, Instant since) {
        await("the binding of " + life + " is gone")
                .pollInterval(Duration.ofMillis(50))
                .atMost(PATIENCE.plus(max(Duration.ZERO, Duration.between(Instant.now(), since))))
                .until(() -> Instant.now().isAfter(since) && !bound(life));
        return Duration.between(since, Instant.now());
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    boolean bound(Life life) {
        return !admin().rbac()
                .roleBindings()
                .inNamespace(life.namespace)
                .list()
                .getItems()
                .isEmpty();
    }

    Cluster cluster() {
        return cluster;
    }

    KubernetesClient admin() {
        return cluster.admin();
    }

    Scenery scenery() {
        return scenery;
    }

    ApiServer server() {
        return server;
    }

    FaultProxy proxy() {
        return proxy;
    }

    /** Returns when it is ready. */
    void start() {
        start(1, Map.of());
    }

    /** Returns when it is ready, which a standby is at once. */
    void start(int instance, Map<String, String> settings) {
        cluster.operator(environment(settings), "start", "--instance", Integer.toString(instance));
    }

    /** Returns at once, for an operator that is not to become ready. */
    void startUnready() {
        startUnready(Map.of());
    }

    void startUnready(Map<String, String> settings) {
        startUnready(1, settings);
    }

    void startUnready(int instance, Map<String, String> settings) {
        cluster.operator(environment(settings), "start", "--no-wait", "--instance", Integer.toString(instance));
    }

    void kill() {
        cluster.operator("kill");
        // The dead do not read on.
        proxy.letGo();
        proxy.cutWatches();
    }

    /** It ends by itself. */
    void awaitDeath() {
        await().atMost(PATIENCE).until(() -> process(1).isEmpty());
        // dev/cluster does not know of it.
        stop(1);
    }

    /** The process of an instance, if it runs. */
    Optional<ProcessHandle> process(int instance) {
        String name = instance == 1 ? OPERATOR : OPERATOR + "-" + instance;
        try {
            String pid = Files.readString(cluster.dir().resolve("run/" + name + ".pid"))
                    .split(" ")[0];
            return ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive);
        } catch (IOException neverStarted) {
            return Optional.empty();
        }
    }

    void stop(int instance) {
        cluster.operator("stop", "--instance", Integer.toString(instance));
    }

    private Map<String, String> environment(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "LAPSE_OPERATOR_SERVER", proxy.address(),
                "LAPSE_GUARD_SETTLE", "1s",
                // So many that what is held does not hold up the rest.
                "LAPSE_RECONCILERS", "64",
                "LAPSE_EXPIRY_WORKERS", "64"));
        all.putAll(more);
        return all;
    }

    /** The operator has nothing more to write. */
    void awaitQuiet() {
        Duration quiet = Duration.ofSeconds(2);
        await().atMost(PATIENCE)
                .until(() -> proxy.answeredSince(Instant.now().minus(quiet)).stream()
                        .noneMatch(answered -> answered.call().write()));
    }

    /** Health and metrics of the operator's process. */
    HttpResponse<String> get(String path) {
        return get(1, path);
    }

    /** Of one of several. */
    HttpResponse<String> get(int instance, String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(instance) + path))
                .build();
        try {
            return server.client().send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + path, e);
        }
    }

    private int port(int instance) {
        try {
            return Integer.parseInt(Files.readString(cluster.dir()
                            .resolve(instance == 1 ? OPERATOR + ".port" : OPERATOR + "-" + instance + ".port"))
                    .strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the operator's process answers there at all. */
    boolean answers(String path) {
        try {
            return get(path).statusCode() > 0;
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    String operatorLog() {
        try {
            return Files.readString(cluster.dir().resolve("logs/" + OPERATOR + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        proxy.passAll();
        stop(1);
        proxy.close();
    }
}
