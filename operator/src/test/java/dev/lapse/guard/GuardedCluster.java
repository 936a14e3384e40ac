package dev.lapse.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.guard.GuardAttempt.Step;
import dev.lapse.story.Cluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The real cluster with Lapse's CRDs and manifests, people with their rights in namespace guarded, and plain requests. */
final class GuardedCluster {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";

    private static final String PROTECTED = "somewhere guarded-vault";

    static final String APPLIERS = "system:serviceaccount:ci:deployer\n  gitops-applier  ";

    /** Where a kind lives; %s is the namespace. */
    private static final Map<String, String> PATHS = Map.ofEntries(
            Map.entry("ServiceIdentity", "/apis/lapse.dev/v1alpha1/namespaces/%s/serviceidentities"),
            Map.entry("PrivilegeGrant", "/apis/lapse.dev/v1alpha1/namespaces/%s/privilegegrants"),
            Map.entry("AccessReview", "/apis/lapse.dev/v1alpha1/namespaces/%s/accessreviews"),
            Map.entry("Campaign", "/apis/lapse.dev/v1alpha1/namespaces/%s/accessreviews"),
            Map.entry("Certification", "/apis/lapse.dev/v1alpha1/namespaces/%s/accessreviews"),
            Map.entry("Entitlement", "/apis/lapse.dev/v1alpha1/namespaces/%s/accessreviews"),
            Map.entry("Secret", "/api/v1/namespaces/%s/secrets"),
            Map.entry("ServiceAccount", "/api/v1/namespaces/%s/serviceaccounts"),
            Map.entry("ConfigMap", "/api/v1/namespaces/%s/configmaps"),
            Map.entry("Lease", "/apis/coordination.k8s.io/v1/namespaces/%s/leases"),
            Map.entry("Pod", "/api/v1/namespaces/%s/pods"),
            Map.entry("Deployment", "/apis/apps/v1/namespaces/%s/deployments"),
            Map.entry("Role", RBAC + "/namespaces/%s/roles"),
            Map.entry("RoleBinding", RBAC + "/namespaces/%s/rolebindings"),
            Map.entry("ClusterRoleBinding", RBAC + "/clusterrolebindings"));

    /** Who is no person: played by an administrator, as the guard goes by the name and never by the rights. */
    private static final Map<String, String> PLAYED = Map.of(
            "operator", "system:serviceaccount:lapse-system:lapse-operator",
            "collector", "system:serviceaccount:kube-system:generic-garbage-collector",
            "controller", "system:serviceaccount:kube-system:namespace-controller");

    private static final Map<String, String> MEDIA = Map.of(
            "merge", "application/merge-patch+json",
            "json", "application/json-patch+json",
            "apply", "application/apply-patch+yaml");

    record Answer(int code, String body) {
        boolean passed() {
            return code < 300;
        }

        String message() {
            return json().path("message").asText();
        }

        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final Cluster cluster;
    private final Map<String, KubernetesClient> players = new ConcurrentHashMap<>();

    private GuardedCluster(Cluster cluster) {
        this.cluster = cluster;
    }

    static GuardedCluster installed() {
        GuardedCluster guarded = new GuardedCluster(Cluster.running());
        // An operator that runs would act on what is written here.
        guarded.cluster.operator("stop");
        guarded.apply(root().resolve("crds"));
        guarded.guard();
        guarded.apply(root().resolve("operator/src/test/resources/dev/lapse/guard/cast.yaml"));
        return guarded;
    }

    /** Installs what is shipped, whatever there was, with appliers. */
    void guard() {
        apply(manifests());
        setParameters(Map.of("appliers", APPLIERS, "clusterWide", "true", "protectedNamespaces", PROTECTED));
    }

    /** With all it stores. */
    void restartApiServer() {
        cluster.etcd("save");
    }

    KubernetesClient admin() {
        return cluster.admin();
    }

    void setAppliers(String names) {
        setParameters(Map.of("appliers", names));
    }

    void setParameters(Map<String, String> data) {
        admin().configMaps().inNamespace("lapse-system").withName("lapse-guard").edit(map -> {
            map.getData().putAll(data);
            return map;
        });
    }

    /** Applies the objects of a file, or of every file of a folder in the order of the names. */
    void apply(Path path) {
        objects(path)
                .forEach(object -> admin().resource(object).forceConflicts().serverSideApply());
    }

    static List<HasMetadata> objects(Path path) {
        try (Stream<Path> files = Files.isDirectory(path) ? Files.list(path) : Stream.of(path)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted(Comparator.comparing(Path::getFileName))
                    .flatMap(file -> load(file).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path manifests() {
        return root().resolve("helm/lapse/manifests");
    }

    /** The shipped operator's own account, with a token of its own and the shipped rights. */
    KubernetesClient operator() {
        return players.computeIfAbsent("the operator itself", key -> {
            String token = admin().serviceAccounts()
                    .inNamespace("lapse-system")
                    .withName("lapse-operator")
                    .tokenRequest()
                    .getStatus()
                    .getToken();
            Config config = new ConfigBuilder(cluster.as("mallory").getConfiguration())
                    .withOauthToken(token)
                    .withAutoOAuthToken(token)
                    .build();
            return client(config);
        });
    }

    /** Runs the steps, of which all but the last must pass, and returns the answer to the last. */
    Answer run(List<Step> steps, String name) {
        for (Step given : steps.subList(0, steps.size() - 1)) {
            Answer answer = send(given, name);
            assertThat(answer.passed()).as("given %s: %s", given, answer).isTrue();
        }
        Step last = steps.get(steps.size() - 1);
        // What was given a moment ago RBAC may not know of yet.
        return await().pollInterval(Duration.ofMillis(20)).until(() -> send(last, name), answer -> !byRbac(answer));
    }

    /** Every attempt is one that RBAC allows. */
    private static boolean byRbac(Answer answer) {
        return answer.code() == 403 && !answer.message().contains("ValidatingAdmissionPolicy");
    }

    Answer send(Step step, String name) {
        boolean token = step.kind().equals("TokenRequest");
        String kind = token ? "ServiceAccount" : step.kind();
        String all = path(kind, step.namespace());
        String one = all + "/" + step.body().at("/metadata/name").asText(name)
                + (step.subresource().isEmpty() ? "" : "/" + step.subresource());
        return switch (step.verb()) {
            case "create" -> send(step.by(), "POST", token ? one + "/token" : all, "application/json", step.body());
            case "delete" -> send(step.by(), "DELETE", one, "application/json", JSON.createObjectNode());
            case "deleteAll" ->
                send(
                        step.by(),
                        "DELETE",
                        all + "?labelSelector=" + step.labelled(),
                        "application/json",
                        JSON.createObjectNode());
            case "apply" ->
                send(step.by(), "PATCH", one + "?fieldManager=attempt&force=true", media("apply"), step.body());
            case "replace" -> {
                JsonNode whole = GuardAttempt.merged(get(one), step.body());
                yield send(step.by(), "PUT", one, "application/json", whole);
            }
            default -> send(step.by(), "PATCH", one, media(step.verb()), step.body());
        };
    }

    Answer send(String by, String method, String path, String mediaType, JsonNode body) {
        KubernetesClient client = as(by);
        HttpRequest.Builder request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(client.getConfiguration().getMasterUrl().replaceAll("/$", "") + path);
        if (method.equals("GET")) {
            request.method("GET", null, null);
        } else {
            request.method(method, mediaType, body.toString());
        }
        HttpResponse<String> response =
                client.getHttpClient().sendAsync(request.build(), String.class).join();
        return new Answer(response.code(), Optional.ofNullable(response.body()).orElse(""));
    }

    KubernetesClient as(String who) {
        String played = PLAYED.get(who);
        if (played != null) {
            return players.computeIfAbsent(
                    who,
                    key -> client(new ConfigBuilder(admin().getConfiguration())
                            .withImpersonateUsername(played)
                            .withImpersonateGroups("system:masters")
                            .build()));
        }
        return who.equals("admin") ? admin() : who.equals("thief") ? operator() : cluster.as(who);
    }

    private static KubernetesClient client(Config config) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
    }

    static String path(String kind, String namespace) {
        return requireNonNull(PATHS.get(kind), kind).formatted(namespace);
    }

    private static String media(String verb) {
        return requireNonNull(MEDIA.get(verb), verb);
    }

    /** Leaves the cluster as it was found. */
    void leave() {
        clear();
        send(
                "admin",
                "DELETE",
                path("Lease", "lapse-system") + "/lapse-operator",
                "application/json",
                JSON.createObjectNode());
        setParameters(Map.of("appliers", "", "clusterWide", "false", "protectedNamespaces", ""));
    }

    /** Takes away whatever attempts have left, as the operator, whom the guard lets. */
    void clear() {
        for (String path : PATHS.values()) {
            for (String namespace : path.contains("%s")
                    ? List.of("guarded", "guarded-vault", "kube-system", "lapse-principals", "lapse-system")
                    : List.of("")) {
                String all = path.formatted(namespace);
                for (JsonNode item : get(all).path("items")) {
                    String name = item.at("/metadata/name").asText();
                    if (name.contains("attempt-") || isOfAnAttempt(namespace, name)) {
                        remove(all + "/" + name);
                    }
                }
            }
        }
    }

    /** Under a name of a grant's, or one that the API server made up; lapse-guard of lapse-system is neither. */
    private static boolean isOfAnAttempt(String namespace, String name) {
        return !namespace.equals("lapse-system") && name.matches("lapse-[0-9a-f]{8}-.*|lapse-[a-z0-9]{5}|lapse-seal");
    }

    private void remove(String path) {
        JsonNode noFinalizers = GuardAttempt.read("{metadata: {finalizers: null}}");
        // What is the operator's nobody else removes, and what is not the operator does not.
        for (String who : List.of("operator", "admin")) {
            send(who, "PATCH", path, media("merge"), noFinalizers);
            send(who, "DELETE", path, "application/json", JSON.createObjectNode());
        }
    }

    JsonNode get(String path) {
        return send("admin", "GET", path, "application/json", JSON.createObjectNode())
                .json();
    }

    private static List<HasMetadata> load(Path file) {
        try (var stream = Files.newInputStream(file)) {
            Object loaded = Serialization.unmarshal(stream);
            return loaded instanceof List<?> list
                    ? list.stream().map(HasMetadata.class::cast).toList()
                    : List.of((HasMetadata) loaded);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        return Path.of(System.getProperty("lapse.root", ".."));
    }
}
