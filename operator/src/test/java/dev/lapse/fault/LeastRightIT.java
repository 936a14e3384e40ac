package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.fault.AuditLog.Entry;
import dev.lapse.fault.FaultProxy.Fate;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operator may do is written down, is all used, and does not let its token read other people's Secrets. */
class LeastRightIT {
    /** Rights that are asked for by the API server itself, so that no request of the operator shows them. */
    private static final Map<String, String> ASKED_WITHIN = Map.of(
            "everywhere bind clusterroles.rbac.authorization.k8s.io:view", "when it creates a binding",
            "lapse-principals mint principals.lapse.dev", "when it creates the Role of a grant of type Mint",
            "everywhere update privilegegrants/finalizers.lapse.dev",
                    "where the admission plugin OwnerReferencesPermissionEnforcement runs");

    /** One for each hash of a namespace: whichever is written, the right to the others is the same. */
    private static final String MEMORY = "lapse-memory-";

    private static final String SECRETS = "/api/v1/namespaces/treasury/secrets";
    private static final String CONTENT = "a secret that is none of Lapse's";

    private static Stage stage;
    private static Instant began;

    @BeforeAll
    static void livesManyKindsOfLives() {
        began = Instant.now();
        stage = Stage.set();
        List<Life> lives = Stream.of(Shape.values())
                .map(shape -> new Life("right-" + shape.text(), shape, Life.UNHARMED))
                .toList();
        Life everywhere = new Life("right-everywhere", Shape.DEDICATED_TOKEN, Life.UNHARMED);
        stage.scenery().place(lives);
        stage.scenery().placeEverywhere(everywhere);
        List<Life> all = Stream.concat(lives.stream(), Stream.of(everywhere)).toList();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        // Only then does it look at what is there under its names.
        stage.proxy()
                .rule(call -> call.write() && call.method().equals("POST") && seen.add(call.path())
                        ? Fate.LOSE_ANSWER
                        : Fate.PASS);
        stage.scenery().ask(all, Duration.ofMinutes(20));
        stage.scenery().awaitPhase(all, GrantPhase.Active);
        stage.proxy().passAll();
        stage.scenery().askPeople(lives.get(0).namespace);
        stage.scenery().retire(everywhere);
        lives.forEach(stage.scenery()::revoke);
        stage.scenery().awaitPhase(all, GrantPhase.Revoked);
        // The second Event of each kind raises the count of the first one.
        for (boolean suspended : List.of(true, false, true, false)) {
            stage.scenery().suspend(lives.get(0), suspended);
            stage.scenery().awaitReady(lives.get(0).namespace, !suspended);
        }
        // From here on the administrator writes for others, and in his own name no more.
        stage.scenery().claim(lives.get(0).namespace);
        stage.awaitQuiet();
        stage.scenery().changeGuard();
        stage.awaitQuiet();
        // A watch is written down when it ends; the lead is given back.
        stage.stop(1);
        stage.start();
    }

    @AfterAll
    static void ends() {
        stage.close();
    }

    @Test
    void isTheGoldenList() throws IOException {
        List<String> golden = golden();

        List<String> shipped = shipped().map(Right::toString).sorted().toList();

        assertThat(shipped).isEqualTo(golden);
    }

    @Test
    void hasNothingThatGivesMoreThanItSays() {
        assertThat(shipped())
                .noneMatch(right -> right.verb().equals("*")
                        || right.resource().contains("*")
                        || right.group().equals("*"))
                .noneMatch(right ->
                        Set.of("escalate", "impersonate", "deletecollection").contains(right.verb()))
                .noneMatch(right -> right.verb().equals("bind") && right.name().isEmpty())
                .noneMatch(right -> right.verb().equals("create")
                        && right.resource().equals("serviceaccounts/token")
                        && !right.where().equals("lapse-principals"))
                .noneMatch(right -> right.resource().equals("secrets")
                        && right.name().isEmpty()
                        && !Set.of("create", "update", "delete").contains(right.verb()));
    }

    @Test
    void isAllUsed() {
        List<Entry> used = new AuditLog(stage.cluster()).ofOperator(Instant.EPOCH);

        List<String> idle = shipped()
                .filter(right -> used.stream().noneMatch(right::usedBy))
                .filter(right -> !right.name().startsWith(MEMORY) || !oneOfTheMemoryIsWritten(used))
                .map(Right::toString)
                .sorted()
                .toList();

        assertThat(idle).containsExactlyInAnyOrderElementsOf(ASKED_WITHIN.keySet());
    }

    private static boolean oneOfTheMemoryIsWritten(List<Entry> used) {
        return used.stream()
                .anyMatch(entry ->
                        entry.verb().equals("update") && entry.name().startsWith(MEMORY) && entry.code() < 300);
    }

    @Test
    void isAllThatIsAskedFor() {
        Stream<Entry> refused = new AuditLog(stage.cluster())
                .ofOperator(began).stream().filter(entry -> entry.code() == 403 && !entry.dryRun());

        assertThat(refused.map(entry -> entry.verb() + " " + entry.uri() + ": " + entry.message()))
                .isEmpty();
    }

    @Test
    void changesOnlyWhatIsLapses() {
        Stream<Entry> changed = new AuditLog(stage.cluster())
                .ofOperator(began).stream().filter(entry -> entry.write() && entry.code() < 300);

        assertThat(changed.filter(entry -> !isLapses(entry)).map(entry -> entry.verb() + " " + entry.uri()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /bond, ''",
        "GET, '', ''",
        "GET, ?watch=true&timeoutSeconds=1, ''",
        "PATCH, /bond, {}",
        "PATCH, /bond?dryRun=All, {}",
        "PUT, /bond, with its version",
        "PUT, /bond?dryRun=All, with its version",
        "POST, '', under its name",
        "DELETE, /bond?dryRun=All&propagationPolicy=Foreground, ''",
        "DELETE, /bond?dryRun=All&propagationPolicy=Orphan, ''",
        "DELETE, /bond?dryRun=All&propagationPolicy=Background, ''",
        "DELETE, /bond?propagationPolicy=Foreground, ''",
        "DELETE, /bond?gracePeriodSeconds=600, ''",
        "DELETE, ?dryRun=All&propagationPolicy=Foreground, ''",
        "DELETE, '', ''"
    })
    void readsNobodyElsesSecret(String method, String path, String body) {
        Secret bond = stage.admin().resource(bond()).createOr(NonDeletingOperation::update);
        String sent = body.startsWith("{") || body.isEmpty()
                ? body
                : stage.admin()
                        .getKubernetesSerialization()
                        .asJson(new SecretBuilder(bond)
                                .withData(null)
                                .editMetadata()
                                .withResourceVersion(
                                        method.equals("PUT")
                                                ? bond.getMetadata().getResourceVersion()
                                                : null)
                                .endMetadata()
                                .build());

        HttpResponse<String> answer = stage.server().send(operatorsToken(), method, SECRETS + path, sent);

        assertThat(answer.statusCode()).isIn(403, 409);
        assertThat(answer.body()).doesNotContain(CONTENT).doesNotContain(encoded());
        assertThat(stage.admin()
                        .secrets()
                        .inNamespace("treasury")
                        .withName("bond")
                        .get())
                .isEqualTo(bond);
    }

    /** It could read every Secret through it, so nothing that the operator is, not even its token, binds it. */
    @Test
    void bindsNoEdit() {
        stage.scenery().namespace("treasury");
        String uid = UUID.randomUUID().toString();
        List<ClusterRoleBinding> ofStories = stage.admin().rbac().clusterRoleBindings().list().getItems().stream()
                .filter(binding -> binding.getMetadata().getName().startsWith("story-"))
                .filter(binding -> binding.getSubjects().stream()
                        .anyMatch(subject -> subject.getName().equals("lapse-operator")))
                .toList();
        // What other stories let it grant beyond what is shipped.
        ofStories.forEach(binding -> stage.admin().resource(binding).delete());
        try {
            HttpResponse<String> edit = await().atMost(Stage.PATIENCE)
                    .until(() -> binds("edit", uid), answer -> answer.statusCode() == 403);

            assertThat(edit.body()).contains("attempting to grant RBAC permissions not currently held");
            assertThat(binds("view", uid).statusCode())
                    .as("the same with what is grantable")
                    .isEqualTo(201);
        } finally {
            ofStories.forEach(binding -> {
                binding.getMetadata().setResourceVersion(null);
                binding.getMetadata().setUid(null);
                stage.admin().resource(binding).create();
            });
        }
    }

    private static HttpResponse<String> binds(String role, String uid) {
        return stage.server()
                .send(
                        operatorsToken(),
                        "POST",
                        "/apis/rbac.authorization.k8s.io/v1/namespaces/treasury/rolebindings?dryRun=All",
                        """
                        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                         "metadata": {"name": "lapse-UID", "labels": {"lapse.dev/grant-uid": "UID",
                           "lapse.dev/grant-namespace": "treasury"}},
                         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "ROLE"},
                         "subjects": [{"kind": "ServiceAccount", "name": "lapse-UID", "namespace": "lapse-principals"}]}
                        """.replace("UID", uid).replace("ROLE", role));
    }

    private static Secret bond() {
        stage.scenery().namespace("treasury");
        return new SecretBuilder()
                .withNewMetadata()
                .withName("bond")
                .withNamespace("treasury")
                .endMetadata()
                .addToData("content", encoded())
                .build();
    }

    private static String encoded() {
        return java.util.Base64.getEncoder().encodeToString(CONTENT.getBytes(StandardCharsets.UTF_8));
    }

    private static String operatorsToken() {
        return Config.fromKubeconfig(
                        stage.cluster().dir().resolve("operator.kubeconfig").toFile())
                .getAutoOAuthToken();
    }

    private static boolean isLapses(Entry entry) {
        if (entry.dryRun()
                || entry.resource().endsWith("accessreviews")
                || entry.resource().equals("events")) {
            return true;
        }
        if (entry.group().equals("lapse.dev")) {
            return entry.subresource().equals("status") || entry.verb().equals("patch");
        }
        if (entry.namespace().equals("lapse-system")) {
            return Set.of("lapse-operator", "lapse-guard-epoch", "lapse-seal").contains(entry.name())
                    || entry.name().startsWith(MEMORY);
        }
        // The account of an identity that asked for one, and what grants are made of.
        boolean asked =
                entry.resource().equals("serviceaccounts") && entry.name().equals("ci");
        return asked
                || entry.name().matches("lapse-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(-mint)?")
                || entry.rbacResource().equals("serviceaccounts/token");
    }

    private static Stream<Right> shipped() {
        Path manifest = Path.of(System.getProperty("lapse.root", ".."), "helm/lapse/manifests/10-rbac.yaml");
        try (InputStream file = Files.newInputStream(manifest)) {
            return stage.admin().load(file).items().stream().flatMap(Right::of);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<String> golden() throws IOException {
        try (InputStream file = Objects.requireNonNull(
                LeastRightIT.class.getResourceAsStream("/dev/lapse/fault/operators-rights.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .sorted()
                    .toList();
        }
    }
}
