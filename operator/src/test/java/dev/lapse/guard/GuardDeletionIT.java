package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapse.guard.GuardedCluster.Answer;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kubernetes' own deletion goes on under the guard: the controllers are the real ones. */
class GuardDeletionIT {
    private static final String GRANTS = "/apis/lapse.dev/v1alpha1/namespaces/guarded/privilegegrants";
    private static final String CONFIG_MAPS = "/api/v1/namespaces/guarded/configmaps";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static GuardedCluster cluster;

    @BeforeAll
    static void installs() {
        cluster = GuardedCluster.installed();
        await().atMost(PATIENCE)
                .until(() -> !create("mallory", "attempt-guarded-" + System.nanoTime())
                        .passed());
    }

    @AfterAll
    static void clears() {
        cluster.leave();
    }

    @ParameterizedTest
    @CsvSource({"Foreground", "Background", "Orphan"})
    void endsWithTheOperatorsFinalizerInEveryWayToDelete(String propagation) {
        String name = "attempt-" + propagation.toLowerCase(Locale.ROOT);
        created(name);
        finalizers("operator", name, "[lapse.dev/revoke-first]");

        Answer deleted = cluster.send(
                "mallory",
                "DELETE",
                GRANTS + "/" + name,
                "application/json",
                GuardAttempt.read("{propagationPolicy: " + propagation + "}"));
        // The collector takes its own finalizer off; ours stays, and nobody else takes it.
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(grant(name).at("/metadata/finalizers").toString())
                                .isEqualTo("[\"lapse.dev/revoke-first\"]"));
        Answer forced = finalizers("mallory", name, "null");
        Answer lifted = finalizers("operator", name, "null");

        assertThat(deleted.passed()).as(deleted.body()).isTrue();
        assertThat(forced.code()).isEqualTo(403);
        assertThat(lifted.passed()).as(lifted.body()).isTrue();
        await().atMost(PATIENCE).until(() -> grant(name).path("code").asInt() == 404);
    }

    @Test
    void letsTheCollectorTakeOffTheReferenceToAnOwnerThatIsGone() {
        String doomed = "attempt-doomed-" + System.nanoTime();
        String delivered = "lapse-" + UUID.randomUUID();
        JsonNode owners = GuardAttempt.read(
                "{metadata: {ownerReferences: [%s, %s]}}".formatted(ownedBy(doomed), ownedBy(doomed + "-survivor")));
        JsonNode labelled =
                GuardAttempt.read("{type: lapse.dev/credential, metadata: {labels: {lapse.dev/grant-uid: u}}}");
        Answer secret = cluster.send(
                "operator",
                "POST",
                GuardedCluster.path("Secret", "guarded"),
                "application/json",
                GuardAttempt.merged(GuardAttempt.merged(GuardAttempt.sample("Secret", delivered), labelled), owners));
        created(doomed);
        Answer grant = cluster.send("operator", "PATCH", GRANTS + "/" + doomed, "application/merge-patch+json", owners);

        Answer deleted =
                cluster.send("erin", "DELETE", CONFIG_MAPS + "/" + doomed, "application/json", GuardAttempt.read("{}"));

        assertThat(secret.passed()).as(secret.body()).isTrue();
        assertThat(grant.passed()).as(grant.body()).isTrue();
        assertThat(deleted.passed()).as(deleted.body()).isTrue();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                owners(cluster.get(GuardedCluster.path("Secret", "guarded") + "/" + delivered)))
                        .containsExactly(doomed + "-survivor"));
        // The collector learns of a new kind within half a minute.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(owners(grant(doomed))).containsExactly(doomed + "-survivor"));
    }

    /** Makes a ConfigMap, and the reference to it. */
    private static String ownedBy(String name) {
        Answer made =
                cluster.send("erin", "POST", CONFIG_MAPS, "application/json", GuardAttempt.sample("ConfigMap", name));
        assertThat(made.passed()).as(made.body()).isTrue();
        String uid = made.json().at("/metadata/uid").asText();
        return "{apiVersion: v1, kind: ConfigMap, name: %s, uid: %s}".formatted(name, uid);
    }

    private static List<String> owners(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.at("/metadata/ownerReferences")
                .forEach(owner -> names.add(owner.path("name").asText()));
        return names;
    }

    @Test
    void letsANamespaceGoWithAllThatLapseMadeThere() {
        String name = "attempt-namespace-" + System.nanoTime();
        cluster.admin()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        String uid = UUID.randomUUID().toString();
        Map<String, String> made = Map.of(
                "Secret",
                "{type: lapse.dev/credential, metadata: {labels: {lapse.dev/grant-uid: UID}}}",
                "ServiceAccount",
                "{metadata: {labels: {lapse.dev/identity-uid: UID}}}",
                "RoleBinding",
                "{metadata: {labels: {lapse.dev/grant-uid: UID}},"
                        + " subjects: [{kind: ServiceAccount, name: lapse-UID, namespace: lapse-principals}]}");
        made.forEach((kind, what) -> {
            JsonNode labelled = GuardAttempt.merged(
                    GuardAttempt.sample(kind, kind.equals("ServiceAccount") ? "ci" : "lapse-" + uid),
                    GuardAttempt.read(what.replace("UID", uid)));
            Answer answer =
                    cluster.send("operator", "POST", GuardedCluster.path(kind, name), "application/json", labelled);
            assertThat(answer.passed()).as(answer.body()).isTrue();
        });

        cluster.admin().namespaces().withName(name).delete();

        await().atMost(PATIENCE)
                .until(() -> cluster.admin().namespaces().withName(name).get() == null);
    }

    @Test
    void dropsAStatusThatComesWithANewObject() {
        String name = "attempt-" + System.nanoTime();
        JsonNode withStatus = GuardAttempt.merged(
                GuardAttempt.sample("PrivilegeGrant", name),
                GuardAttempt.read("{status: {phase: Active, expiresAt: '2030-01-01T00:00:00Z'}}"));

        Answer answer = cluster.send("rashid", "POST", GRANTS, "application/json", withStatus);

        assertThat(answer.passed()).as(answer.body()).isTrue();
        assertThat(grant(name).has("status")).isFalse();
    }

    private static Answer finalizers(String by, String name, String finalizers) {
        return cluster.send(
                by,
                "PATCH",
                GRANTS + "/" + name,
                "application/merge-patch+json",
                GuardAttempt.read("{metadata: {finalizers: " + finalizers + "}}"));
    }

    private static void created(String name) {
        Answer answer = create("rashid", name);
        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    private static Answer create(String by, String name) {
        return cluster.send(by, "POST", GRANTS, "application/json", GuardAttempt.sample("PrivilegeGrant", name));
    }

    private static JsonNode grant(String name) {
        return cluster.get(GRANTS + "/" + name);
    }
}
