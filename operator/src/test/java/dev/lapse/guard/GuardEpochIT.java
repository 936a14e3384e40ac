package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapse.guard.GuardedCluster.Answer;
import dev.lapse.guard.NameProof.Recorded;
import dev.lapse.guard.NameProof.RecordedEntry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the operator knows of its guard on the real API server, and what it takes for proved. */
class GuardEpochIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Seal SEAL = new Seal(new byte[] {1});
    private static GuardedCluster cluster;

    private KubernetesGuard guard;

    @BeforeAll
    static void installs() {
        cluster = GuardedCluster.installed();
    }

    @AfterAll
    static void clears() {
        cluster.leave();
    }

    @BeforeEach
    void starts() {
        guard = started();
        awaitReady(guard);
    }

    @AfterEach
    void stops() {
        guard.close();
        cluster.guard();
    }

    @Test
    void isReadyWithTheShippedRightsAlone() {
        GuardState state = guard.state();

        assertThat(state.epoch()).matches("[0-9a-f]{16}");
        assertThat(state.settledAt())
                .isBetween(
                        state.firstRefusal().plus(SETTLE),
                        state.firstRefusal().plus(SETTLE).plusSeconds(1));
        assertThat(guard.parameters().operator()).isEqualTo("system:serviceaccount:lapse-system:lapse-operator");
        assertThat(guard.parameters().appliers()).contains("gitops-applier");
    }

    @Test
    void keepsItsEpochWhenTheOperatorStartsAgain() {
        GuardState before = guard.state();
        guard.close();

        try (KubernetesGuard restarted = started()) {
            awaitReady(restarted);

            assertThat(restarted.state()).isEqualTo(before);
        }
    }

    @Test
    void believesNobodyElseSinceWhenItStands() {
        GuardState before = guard.state();
        guard.close();
        cluster.admin()
                .configMaps()
                .inNamespace("lapse-system")
                .withName("lapse-guard-epoch")
                .edit(map -> {
                    map.getData()
                            .put(
                                    "firstRefusal",
                                    before.firstRefusal().minusSeconds(3600).toString());
                    return map;
                });

        try (KubernetesGuard restarted = started()) {
            awaitReady(restarted);

            assertThat(restarted.state().firstRefusal()).isAfter(before.firstRefusal());
        }
    }

    @Test
    void takesNothingForProvedThatWasWrittenThroughAHole() {
        GuardState before = guard.state();
        String forged = "attempt-forged-" + System.nanoTime();
        HasMetadata binding = binding("lapse-identities");

        cluster.admin().resource(binding).delete();
        awaitProblem("ValidatingAdmissionPolicyBinding/lapse-identities is missing");
        await().atMost(PATIENCE).until(() -> create("mallory", forged).passed());
        cluster.admin().resource(binding).create();
        awaitReady(guard);
        GuardState after = guard.state();
        await().atMost(PATIENCE).until(() -> after.settled(Instant.now()));

        assertThat(after.epoch()).isNotEqualTo(before.epoch());
        assertThat(answerFor(forged, Recorded.NOTHING)).isEqualTo(NameProof.Answer.UNPROVED);
        // Looked at in the epoch before, with the guard settled: no excuse either.
        Recorded lookedAt = recorded(NameProof.next(before, Optional.empty(), 1, before.settledAt()));
        assertThat(answerFor(forged, lookedAt)).isEqualTo(NameProof.Answer.UNPROVED);
        assertThat(create("mallory", forged + "-2").code()).isEqualTo(403);

        String honest = "attempt-honest-" + System.nanoTime();
        assertThat(create("olivia", honest).passed()).isTrue();
        assertThat(answerFor(honest, Recorded.NOTHING)).isEqualTo(NameProof.Answer.PROVED);
    }

    @Test
    void doesNotComeBackToAnEpochWithTheParameters() {
        GuardState before = guard.state();

        cluster.setAppliers("mallory");
        await().atMost(PATIENCE).until(() -> guard.parameters().appliers().contains("mallory"));
        cluster.setAppliers("gitops-applier");
        await().atMost(PATIENCE).until(() -> guard.parameters().appliers().contains("gitops-applier"));
        awaitReady(guard);
        String between = guard.state().epoch();
        cluster.setAppliers(GuardedCluster.APPLIERS);
        await().atMost(PATIENCE).until(() -> guard.parameters().appliers().size() == 2);
        awaitReady(guard);

        assertThat(guard.state().epoch()).isNotIn(before.epoch(), between);
    }

    @Test
    void isNotReadyWhileABindingOnlyWarns() {
        HasMetadata binding = binding("lapse-grants");

        patch(binding, "{\"spec\":{\"validationActions\":[\"Warn\"]}}");
        awaitProblem("ValidatingAdmissionPolicyBinding/lapse-grants lacks validationActions: [Deny]");
        patch(binding, "{\"spec\":{\"validationActions\":[\"Deny\"]}}");

        awaitReady(guard);
    }

    /** Whatever a binding says: what counts is what the API server does. */
    @Test
    void seesByADryRunThatAPolicyLetsThroughWhatItMustRefuse() {
        HasMetadata binding = binding("lapse-principals");
        KubernetesCanaries canaries = new KubernetesCanaries(cluster.operator());

        patch(binding, "{\"spec\":{\"matchResources\":{\"namespaceSelector\":{\"matchLabels\":{\"no\":\"where\"}}}}}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(canaries.send("0").problem())
                        .startsWith("lapse-principals let through what it must refuse (a dry run)"));
        awaitProblem("ValidatingAdmissionPolicyBinding/lapse-principals is not the one that this version ships");
        patch(binding, "{\"spec\":{\"matchResources\":null}}");

        awaitReady(guard);
    }

    /** Each leaves the dry run refused. */
    @ParameterizedTest
    @MethodSource("loosened")
    void isNotReadyWhileAPolicyIsLooserThanTheOneThatIsShipped(String kind, String name, String patch, String place) {
        GuardState before = guard.state();
        HasMetadata shipped = shipped(kind, name);
        KubernetesCanaries canaries = new KubernetesCanaries(cluster.operator());

        patch(shipped, "application/json-patch+json", patch);
        awaitProblem(kind + "/" + name + " is not the one that this version ships, it differs in " + place);
        boolean seenByADryRun = canaries.send("0").letThrough();
        restore(shipped);
        awaitReady(guard);

        assertThat(seenByADryRun).isFalse();
        assertThat(guard.state().epoch()).isNotEqualTo(before.epoch());
    }

    static Stream<Arguments> loosened() {
        String policy = "ValidatingAdmissionPolicy";
        String binding = "ValidatingAdmissionPolicyBinding";
        return Stream.of(
                // One condition fewer.
                Arguments.of(policy, "lapse-grants", """
                        [{"op": "remove", "path": "/spec/validations/1"}]""", "spec.validations"),
                // One user or group left out.
                Arguments.of(policy, "lapse-grants", """
                        [{"op": "add", "path": "/spec/matchConditions/-",
                          "value": {"name": "a", "expression": "request.userInfo.username != 'mallory'"}}]""", "spec.matchConditions"),
                // The same names, another expression.
                Arguments.of(policy, "lapse-reviews", """
                        [{"op": "replace", "path": "/spec/variables/0/expression", "value": "'olivia'"}]""", "spec.variables[0].expression"),
                // What an update changes is not looked at.
                Arguments.of(policy, "lapse-identities", """
                        [{"op": "replace", "path": "/spec/matchConstraints/resourceRules/0/operations", "value": ["CREATE"]}]""", "spec.matchConstraints.resourceRules[0].operations"),
                // A binding that leaves a namespace out.
                Arguments.of(binding, "lapse-reviews", """
                        [{"op": "add", "path": "/spec/matchResources", "value": {"namespaceSelector": {"matchExpressions": [
                          {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["shop"]}]}}}]""", "spec.matchResources"),
                // The operator's own policy, for any name but one.
                Arguments.of(binding, "lapse-operator-words", """
                        [{"op": "add", "path": "/spec/matchResources", "value": {"excludeResourceRules": [
                          {"apiGroups": ["lapse.dev"], "apiVersions": ["*"], "resources": ["accessreviews"],
                           "operations": ["CREATE"], "resourceNames": ["one"]}]}}]""", "spec.matchResources"));
    }

    @Test
    void isNotReadyWhenTheParametersNameAnotherOperator() {
        parameter("operator", "system:serviceaccount:lapse-system:somebody");
        awaitProblem("operator in ConfigMap lapse-system/lapse-guard is not this operator's user name");
        parameter("operator", "system:serviceaccount:lapse-system:lapse-operator");

        awaitReady(guard);
    }

    /** Java would take it for two appliers, and the policies take it for one that nobody is. */
    @Test
    void isNotReadyWhileAParameterHoldsWhatNobodySees() {
        parameter("appliers", "gitops-applier\u000bmallory");
        awaitProblem("appliers in ConfigMap lapse-system/lapse-guard holds the hidden character U+000B");
        assertThat(guard.parameters().appliers()).containsExactly("gitops-applier\u000bmallory");
        parameter("appliers", GuardedCluster.APPLIERS);
        awaitReady(guard);

        // As a page copied from the web has it: neither namespace would be protected.
        parameter("protectedNamespaces", "prod\u00a0staging");
        awaitProblem("protectedNamespaces in ConfigMap lapse-system/lapse-guard holds the hidden character U+00A0");
        parameter("protectedNamespaces", "");

        awaitReady(guard);
    }

    @Test
    void isNotReadyWithoutParametersAndStopsOnlyWhatIsLapses() {
        HasMetadata parameters = cluster.admin()
                .configMaps()
                .inNamespace("lapse-system")
                .withName("lapse-guard")
                .get();

        cluster.admin().resource(parameters).delete();
        awaitProblem("ConfigMap lapse-system/lapse-guard is missing");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                create("olivia", "attempt-" + System.nanoTime()).message())
                        .contains("no params found for policy binding"));
        Answer secret = cluster.send(
                "erin",
                "POST",
                "/api/v1/namespaces/guarded/secrets",
                "application/json",
                GuardAttempt.read(
                        "{apiVersion: v1, kind: Secret, metadata: {name: attempt-" + System.nanoTime() + "}}"));
        parameters.getMetadata().setResourceVersion(null);
        cluster.admin().resource(parameters).create();

        awaitReady(guard);
        assertThat(secret.passed()).as(secret.body()).isTrue();
    }

    /** An API server whose bindings with parameters were all gone for a second never reads the parameters again. */
    @Test
    void isNotReadyWhileTheApiServerGoesByParametersOfThePast() {
        List<HasMetadata> bindings = GuardedCluster.objects(GuardedCluster.manifests()).stream()
                .filter(object -> object.getKind().equals("ValidatingAdmissionPolicyBinding"))
                .toList();
        bindings.forEach(binding -> cluster.admin().resource(binding).delete());
        String free = "attempt-free-" + System.nanoTime() + "-";
        await().atMost(PATIENCE)
                .during(Duration.ofSeconds(2))
                .until(() -> create("mallory", free + System.nanoTime()).passed());
        bindings.forEach(binding -> cluster.admin().resource(binding).create());
        awaitReady(guard);
        cluster.setAppliers("gitops-applier");

        awaitProblem("the API server goes by another version of ConfigMap lapse-system/lapse-guard");

        cluster.restartApiServer();
        awaitReady(guard);
        cluster.guard();
    }

    @Test
    void beginsNoEpochWithAParameterThatNoPolicyReads() {
        GuardState before = guard.state();

        parameter("applierLimits", "- {name: gitops-applier, roles: [ClusterRole/view]}");
        await().atMost(PATIENCE).until(() -> guard.parameters().limits().containsKey("gitops-applier"));

        assertThat(guard.state()).isEqualTo(before);
        parameter("applierLimits", "");
    }

    @Test
    void countsTheFirstVerdictOrEntryThatIsWrittenWhenItSaysThatItHasSettled() {
        parameter("appliers", "gitops-applier one-more");
        await().atMost(PATIENCE).until(() -> guard.parameters().appliers().contains("one-more"));
        AtomicReference<Optional<dev.lapse.api.v1alpha1.Proof>> seen = new AtomicReference<>(Optional.empty());
        guard.onChange(() -> seen.updateAndGet(proof -> NameProof.next(guard.state(), proof, 1, Instant.now())));

        await().atMost(PATIENCE).until(guard::settled);

        Recorded recorded = new Recorded(Objects.requireNonNull(seen.get()), Map.of());
        assertThat(NameProof.entries(
                        guard.state(),
                        recorded,
                        Instant.now().minusSeconds(3600),
                        Map.of("look", "hash"),
                        Instant.now()))
                .containsEntry("look", NameProof.Answer.PROVED);
        parameter("appliers", GuardedCluster.APPLIERS);
        awaitReady(guard);
    }

    /** Whoever waits for another epoch, and then until the guard is ready, writes a name too early otherwise. */
    @Test
    void saysThatItIsNotReadyBeforeItForgetsSinceWhenItStood() {
        await().atMost(PATIENCE).until(guard::settled);
        AtomicReference<KubernetesGuard> watched = new AtomicReference<>(guard);
        AtomicReference<Boolean> readyWhenItForgot = new AtomicReference<>();
        Interceptor forgetting = new Interceptor() {
            @Override
            public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                if (request.method().equals("PUT")
                        && request.uri().getPath().endsWith("/configmaps/lapse-guard-epoch")) {
                    readyWhenItForgot.compareAndSet(
                            null, Objects.requireNonNull(watched.get()).state().ready());
                }
            }
        };
        guard.close();
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(cluster.operator().getConfiguration())
                .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor("forgetting", forgetting))
                .build();

        try (client;
                KubernetesGuard spied = new KubernetesGuard(client, SEAL, InstantSource.system(), SETTLE)) {
            watched.set(spied);
            spied.start();
            awaitReady(spied);

            parameter("appliers", "gitops-applier one-more");

            await().atMost(PATIENCE).until(() -> readyWhenItForgot.get() != null);
            assertThat(readyWhenItForgot).hasValue(false);
        }
        parameter("appliers", GuardedCluster.APPLIERS);
    }

    @Test
    void tellsItsListenersWhenItHasSettled() {
        AtomicInteger told = new AtomicInteger();
        guard.onChange(() -> {
            if (guard.state().settled(Instant.now())) {
                told.incrementAndGet();
            }
        });

        parameter("appliers", "gitops-applier somebody");
        await().atMost(PATIENCE).until(() -> told.get() > 0);

        parameter("appliers", GuardedCluster.APPLIERS);
        awaitReady(guard);
    }

    private static KubernetesGuard started() {
        KubernetesGuard guard = new KubernetesGuard(cluster.operator(), SEAL, InstantSource.system(), SETTLE);
        guard.start();
        return guard;
    }

    private static void awaitReady(KubernetesGuard guard) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guard.state().problem()).isEmpty());
    }

    private void awaitProblem(String problem) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guard.state().problem()).startsWith(problem));
    }

    private static HasMetadata binding(String name) {
        return shipped("ValidatingAdmissionPolicyBinding", name);
    }

    private static HasMetadata shipped(String kind, String name) {
        return GuardedCluster.objects(GuardedCluster.manifests()).stream()
                .filter(object -> object.getKind().equals(kind))
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Applying it again would leave what another field manager has added to a list. */
    private static void restore(HasMetadata shipped) {
        JsonNode spec = GuardAttempt.read(Serialization.asJson(shipped)).path("spec");
        patch(
                shipped,
                "application/json-patch+json",
                "[{\"op\": \"replace\", \"path\": \"/spec\", \"value\": " + spec + "}]");
    }

    private static void patch(HasMetadata object, String patch) {
        patch(object, "application/merge-patch+json", patch);
    }

    private static void patch(HasMetadata object, String mediaType, String patch) {
        Answer answer = cluster.send(
                "admin",
                "PATCH",
                "/apis/admissionregistration.k8s.io/v1/" + object.getPlural() + "/"
                        + object.getMetadata().getName(),
                mediaType,
                GuardAttempt.read(patch));
        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    private static void parameter(String key, String value) {
        cluster.admin()
                .configMaps()
                .inNamespace("lapse-system")
                .withName("lapse-guard")
                .edit(map -> {
                    map.getData().put(key, value);
                    return map;
                });
    }

    private static Answer create(String by, String name) {
        return cluster.send(by, "POST", IDENTITIES, "application/json", GuardAttempt.sample("ServiceIdentity", name));
    }

    private NameProof.Answer answerFor(String name, Recorded recorded) {
        JsonNode identity = cluster.get(IDENTITIES + "/" + name);
        Instant created =
                Instant.parse(identity.at("/metadata/creationTimestamp").asText());
        return NameProof.entries(guard.state(), recorded, created, Map.of("look", "hash"), Instant.now())
                .getOrDefault("look", NameProof.Answer.UNKNOWN);
    }

    private static Recorded recorded(Optional<dev.lapse.api.v1alpha1.Proof> proof) {
        return new Recorded(proof, Map.of("look", new RecordedEntry("another hash", true)));
    }

    private static final String IDENTITIES = "/apis/lapse.dev/v1alpha1/namespaces/guarded/serviceidentities";
}
