package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** No more grants give access at once than settings allow: the others are told why they wait, and begin when one has ended. */
class CapsIT {
    private static final String NAMESPACE = "caps";
    private static final int ALLOWED = 2;
    private static final int ASKED = 12;

    private static Stage stage;

    @BeforeAll
    static void begins() {
        // One pass at a time, so that none overlooks another.
        stage = Stage.set(Map.of(
                "LAPSE_GRANTS_PER_IDENTITY", Integer.toString(ALLOWED),
                "LAPSE_GRANTS_PER_NAMESPACE", "100",
                "LAPSE_RECONCILERS", "1"));
        stage.scenery().place(List.of(new Life(NAMESPACE, Shape.DEDICATED_TOKEN, Life.UNHARMED)));
    }

    @AfterAll
    static void ends() {
        stage.admin().resources(PrivilegeGrant.class).inNamespace(NAMESPACE).delete();
        stage.close();
    }

    @Test
    void ofManyThatAreAskedForAtOnceTheRestIsToldWhyItWaitsAndBeginsLater() {
        IntStream.range(0, ASKED).parallel().forEach(CapsIT::ask);

        await().atMost(Stage.PATIENCE)
                .untilAsserted(
                        () -> assertThat(grants())
                                .hasSize(ASKED)
                                .allSatisfy(
                                        grant -> assertThat(told(grant))
                                                .matches(
                                                        "Active: .*|TooManyGrants: 2 grants of identity ci are active, and settings allow"
                                                                + " grants-per-identity 2: it waits until one of them ends; revoke what nobody needs")));
        List<String> active = active();
        assertThat(active).hasSize(ALLOWED);

        active.forEach(CapsIT::revoke);

        await().atMost(Stage.PATIENCE)
                .until(() -> active().stream().noneMatch(active::contains) && active().size() == ALLOWED);
    }

    private static void ask(int number) {
        stage.admin().resource("""
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata: {name: g%d, namespace: %s}
                spec:
                  identityRef: {name: ci}
                  privilege: look
                  duration: 20m
                  reason: to see how many there may be
                  requestedBy: admin
                  requestedByAs: [system:masters]
                """.formatted(number, NAMESPACE)).create();
    }

    private static void revoke(String name) {
        stage.admin()
                .resources(PrivilegeGrant.class)
                .inNamespace(NAMESPACE)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"revoked\":true,\"revokedBy\":\"admin\"}}");
    }

    private static String told(PrivilegeGrant grant) {
        return grant.getStatus() == null
                ? "nothing yet"
                : grant.getStatus().conditions().stream()
                        .filter(condition -> condition.type().equals("Ready"))
                        .map(condition -> condition.reason() + ": " + condition.message())
                        .findFirst()
                        .orElse("nothing yet");
    }

    private static List<String> active() {
        return grants().stream()
                .filter(grant -> grant.getStatus() != null && grant.getStatus().phase() == GrantPhase.Active)
                .map(grant -> grant.getMetadata().getName())
                .toList();
    }

    private static List<PrivilegeGrant> grants() {
        return stage.admin()
                .resources(PrivilegeGrant.class)
                .inNamespace(NAMESPACE)
                .list()
                .getItems();
    }
}
