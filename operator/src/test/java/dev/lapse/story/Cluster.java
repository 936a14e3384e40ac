package dev.lapse.story;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The one real control plane of a test run: started at its first use, stopped when the JVM ends. */
public final class Cluster {
    private static final Path ROOT = projectRoot();
    private static final Path TARGET = ROOT.resolve("operator/target");
    private static final String PREFIX = "it-cluster-";

    /** Starts the cluster when it is first touched, and keeps what went wrong for every later test. */
    private static final class Holder {
        static final CompletableFuture<Cluster> STARTED = start();
    }

    private final Path dir;
    private final Map<String, KubernetesClient> clients = new ConcurrentHashMap<>();

    private Cluster(Path dir) {
        this.dir = dir;
    }

    /** The cluster of this JVM; the first call takes seconds, and minutes if the binaries must be built. */
    public static Cluster running() {
        return Holder.STARTED.join();
    }

    /** A client for whom nothing is forbidden. */
    public KubernetesClient admin() {
        return client("admin.kubeconfig");
    }

    /** A client of one of the people of {@code dev/control-plane/people.csv}, who has no rights but what a test gives. */
    public KubernetesClient as(String person) {
        return client("people/" + person + ".kubeconfig");
    }

    /** Plays the operator, as the guard goes by the name. */
    public KubernetesClient asOperator() {
        return clients.computeIfAbsent("the operator", name -> {
            Config config = config("admin.kubeconfig");
            config.setImpersonateUsername("system:serviceaccount:lapse-system:lapse-operator");
            config.setImpersonateGroups("system:masters");
            return newClient(config);
        });
    }

    /** Somebody who is nobody of the cast, and whom no other test knows. */
    KubernetesClient played(String user) {
        return clients.computeIfAbsent("played " + user, any -> {
            Config config = config("admin.kubeconfig");
            config.setImpersonateUsername(user);
            return newClient(config);
        });
    }

    public Path dir() {
        return dir;
    }

    /** As a Pod of this account is seen. */
    KubernetesClient asAccount(String namespace, String name) {
        String user = "system:serviceaccount:" + namespace + ":" + name;
        return clients.computeIfAbsent(user, any -> {
            Config config = config("admin.kubeconfig");
            config.setImpersonateUsername(user);
            config.setImpersonateGroups(
                    "system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated");
            return newClient(config);
        });
    }

    /** One JSON object a line. */
    public Path auditLog() {
        return dir.resolve("logs/audit.log");
    }

    /** Applies the CRDs and the manifests, starts the packaged operator and waits until it is ready. */
    public void installOperator() {
        installOperator(Map.of());
    }

    /** With the operator's settings of this one call, such as {@code LAPSE_GUARD_SETTLE}. */
    public void installOperator(Map<String, String> environment) {
        run(environment, dir, List.of("up", "--operator"));
    }

    /** {@code start}, {@code stop} (SIGTERM, waits) or {@code kill} (kill -9). */
    public void operator(String command, String... options) {
        operator(Map.of(), command, options);
    }

    /** With the operator's settings of this one call, such as {@code LAPSE_OPERATOR_SERVER}. */
    public void operator(Map<String, String> environment, String command, String... options) {
        var words = new ArrayList<>(List.of("operator", command));
        words.addAll(List.of(options));
        run(environment, dir, words);
    }

    /** {@code save} keeps what etcd holds, {@code restore} brings it back; the API server is away meanwhile. */
    public void etcd(String command) {
        run(Map.of(), dir, List.of("etcd", command));
    }

    /** Where the operator that runs now serves health and metrics, on 127.0.0.1. */
    public int operatorPort() {
        try {
            return Integer.parseInt(
                    Files.readString(dir.resolve("operator.port")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs {@code dev/cluster} for this cluster and returns what it printed. */
    String cluster(String... words) {
        return run(Map.of(), dir, List.of(words));
    }

    private KubernetesClient client(String kubeconfig) {
        return clients.computeIfAbsent(kubeconfig, file -> newClient(config(file)));
    }

    private Config config(String kubeconfig) {
        Config config = Config.fromKubeconfig(dir.resolve(kubeconfig).toFile());
        // A proxy of the environment would look for the loopback on itself.
        config.setNoProxy(new String[] {"127.0.0.1"});
        return config;
    }

    private static KubernetesClient newClient(Config config) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
    }

    private static CompletableFuture<Cluster> start() {
        try {
            removeAbandoned();
            var dir = TARGET.resolve(PREFIX + ProcessHandle.current().pid());
            var cluster = new Cluster(dir);
            // Before it starts: a run that is cut off meanwhile must not leave half a cluster.
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop, "cluster-down"));
            cluster.cluster("up");
            archiveClasses();
            return CompletableFuture.completedFuture(cluster);
        } catch (IOException | RuntimeException | AssertionError e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The classes start dozens of operators: with the archive each takes half the time, and without it they start too. */
    private static void archiveClasses() {
        if ("none".equals(System.getProperty("lapse.class.archive"))) {
            return;
        }
        try {
            run(Map.of(), List.of(ROOT.resolve("dev/class-archive").toString()));
        } catch (AssertionError failed) {
            System.err.println(
                    "There is no archive of classes, so each operator starts more slowly: " + failed.getMessage());
        }
    }

    private void stop() {
        clients.values().forEach(KubernetesClient::close);
        // The logs stay for whoever looks into a failed test, until the next run.
        cluster("down", "--keep-logs");
    }

    /** A JVM that was killed ran no shutdown hook: its cluster is stopped here. */
    private static void removeAbandoned() throws IOException {
        // Two JVMs run side by side.
        try (var channel = FileChannel.open(
                        TARGET.resolve(PREFIX + "lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var unused = channel.lock();
                var entries = Files.list(TARGET)) {
            for (var dir : entries.filter(Cluster::isAbandoned).toList()) {
                run(Map.of(), dir, List.of("down"));
            }
        }
    }

    private static boolean isAbandoned(Path dir) {
        var name = dir.getFileName().toString();
        return name.matches(PREFIX + "\\d{1,18}")
                && ProcessHandle.of(Long.parseLong(name.substring(PREFIX.length())))
                        .isEmpty();
    }

    /** Shows progress as it comes (a first start builds Kubernetes) and quotes all of it if the script fails. */
    static String run(Map<String, String> environment, Path dir, List<String> words) {
        return run(
                environment,
                Stream.of(List.of(ROOT.resolve("dev/cluster").toString()), words, List.of("--dir", dir.toString()))
                        .flatMap(List::stream)
                        .toList());
    }

    private static String run(Map<String, String> environment, List<String> command) {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            var process = builder.start();
            process.getOutputStream().close();
            var output = echo(process);
            var exit = process.waitFor();
            if (exit != 0) {
                throw new AssertionError(String.join(" ", command) + " failed (exit " + exit + "):\n" + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command, e);
        }
    }

    private static String echo(Process process) throws IOException {
        var output = new StringBuilder();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                System.err.println(line);
                output.append(line).append('\n');
            }
        }
        return output.toString();
    }

    /** Maven says where it is; an IDE may run a test from the project or from the module. */
    static Path root() {
        return ROOT;
    }

    private static Path projectRoot() {
        var told = System.getProperty("lapse.root");
        if (told != null) {
            return Path.of(told);
        }
        var here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("dev/cluster")) ? here : here.getParent();
    }
}
