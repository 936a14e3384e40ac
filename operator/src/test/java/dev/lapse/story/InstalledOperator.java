package dev.lapse.story;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The packaged operator as a process of its own in the one cluster, under its ServiceAccount and the shipped RBAC. */
public final class InstalledOperator {
    /** Longer than any machine of ours was ever busy; nothing waits that long unless it fails, as it shall without a protection. */
    static final Duration LIMIT = Duration.parse(System.getProperty("lapse.story.patience", "PT90S"));

    private static final Map<String, String> SETTINGS = Map.of(
            "LAPSE_GUARD_SETTLE",
            "1s",
            // Stories in which the memory is lost would find it again.
            "LAPSE_ENDED_FILE",
            "",
            "LAPSE_CONFIG",
            Path.of("src/test/resources/dev/lapse/story/settings.yaml")
                    .toAbsolutePath()
                    .toString());
    private static final String LIMITS = """
            - name: gitops-applier
              namespaces: []
              roles: [ClusterRole/view]
              clusterWide: false
            """;
    /** Of the parameters' protectedNamespaces. */
    static final String PROTECTED = "story-protected";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static boolean installed;

    private InstalledOperator() {}

    /** Installs and starts what is not there yet, and waits until names are proved. */
    public static synchronized void awaitReady() {
        Cluster cluster = Cluster.running();
        if (!installed) {
            cluster.installOperator(SETTINGS);
            Rights rights = new Rights(cluster.admin());
            rights.giveEverywhere(
                    Rights.serviceAccount("lapse-system", "lapse-operator"), "bind", Story.CLUSTER_ROLES + ":edit");
            installed = true;
        }
        setParameters(cluster);
        if (!ready(cluster)) {
            cluster.operator(SETTINGS, "start");
            await().atMost(LIMIT).until(() -> ready(cluster));
        }
    }

    /** Other tests of the guard change its parameters too; every change begins an epoch that has to settle. */
    private static void setParameters(Cluster cluster) {
        var parameters =
                cluster.admin().configMaps().inNamespace("lapse-system").withName("lapse-guard");
        Map<String, String> data = parameters.require().getData();
        boolean sameEpoch = "gitops-applier".equals(data.get("appliers"));
        if (sameEpoch
                && LIMITS.equals(data.get("applierLimits"))
                && "true".equals(data.get("clusterWide"))
                && PROTECTED.equals(data.get("protectedNamespaces"))) {
            return;
        }
        String before = epoch(cluster);
        parameters.edit(map -> {
            map.getData().put("appliers", "gitops-applier");
            map.getData().put("applierLimits", LIMITS);
            // As shipped nothing is granted cluster-wide, nor is the built-in edit.
            map.getData().put("clusterWide", "true");
            map.getData().put("protectedNamespaces", PROTECTED);
            return map;
        });
        await().atMost(LIMIT).until(() -> (sameEpoch || !before.equals(epoch(cluster))) && ready(cluster));
    }

    /** Changes with every installation of the guard. */
    static String epoch(Cluster cluster) {
        ConfigMap memory = cluster.admin()
                .configMaps()
                .inNamespace("lapse-system")
                .withName("lapse-guard-epoch")
                .get();
        return memory == null ? "" : memory.getData().getOrDefault("epoch", "");
    }

    /** The value of a metric without labels. */
    static String metric(Cluster cluster, String name) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + cluster.operatorPort() + "/metrics"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElse("");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking the operator", interrupted);
        }
    }

    static boolean ready(Cluster cluster) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + cluster.operatorPort() + "/readyz"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException | UncheckedIOException notRunning) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking the operator", interrupted);
        }
    }
}
