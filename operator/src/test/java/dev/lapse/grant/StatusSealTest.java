package dev.lapse.grant;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.guard.Seal;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What earlier versions sealed stays believed, and nothing else. */
class StatusSealTest {
    private static final String GRANT = "0a1b2c3d-0000-0000-0000-000000000001";
    private static final Instant NOW = Instant.parse("2026-11-20T10:05:00Z");
    private static final StatusSeal SEAL =
            new StatusSeal(new Seal("a key for tests, 32 bytes long...".getBytes(StandardCharsets.UTF_8)));

    /** Written by the version before namespaces were pinned, with the key above. */
    @Test
    void aStatusOfTheFirstShapeStaysActive() {
        GrantRecord record = SEAL.read(recorded(status -> {}), GRANT, NOW);

        assertThat(record.phase()).isEqualTo(GrantPhase.Active);
        assertThat(record.end()).isEmpty();
        assertThat(record.resolved().orElseThrow().namespaceUIDs()).isNull();
    }

    @Test
    void writtenAgainItHasTheNewestShape() {
        PrivilegeGrantStatus first = recorded(status -> {});

        PrivilegeGrantStatus again = SEAL.on(first, GRANT);

        assertThat(again.seal()).isNotEqualTo(first.seal());
        assertThat(SEAL.read(again, GRANT, NOW).phase()).isEqualTo(GrantPhase.Active);
    }

    static Stream<Consumer<ObjectNode>> forgeries() {
        return Stream.of(
                status -> status.put("expiresAt", "2031-01-01T00:00:00Z"),
                status -> ((ObjectNode) status.get("resolved")).put("role", "ClusterRole/admin"),
                status -> ((ObjectNode) status.get("resolved"))
                        .putArray("namespaceUIDs")
                        .add("one")
                        .add("two"),
                status -> status.put("seal", "AAAA"));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void aStatusOfTheFirstShapeThatWasChangedIsForged(Consumer<ObjectNode> forgery) {
        assertForged(recorded(forgery));
    }

    /** Else whoever may write it could let a grant reach the namespace that came after. */
    @Test
    void namespacesArePartOfTheNewestShape() {
        PrivilegeGrantStatus pinned = SEAL.on(
                recorded(status -> ((ObjectNode) status.get("resolved"))
                        .putArray("namespaceUIDs")
                        .add("one")
                        .add("two")),
                GRANT);
        assertThat(SEAL.read(pinned, GRANT, NOW).end()).isEmpty();

        assertForged(changed(pinned, status -> ((ObjectNode) status.get("resolved")).remove("namespaceUIDs")));
        assertForged(changed(
                pinned,
                status -> ((ObjectNode) status.get("resolved"))
                        .putArray("namespaceUIDs")
                        .add("one")
                        .add("three")));
    }

    /** Else whoever may write it could leave out who does not approve, or have nobody approve. */
    @Test
    void whoCouldActAsTheAccountIsPartOfTheNewestShape() {
        PrivilegeGrantStatus waiting = SEAL.on(recorded(StatusSealTest::asked), GRANT);
        assertThat(SEAL.read(waiting, GRANT, NOW).insiders().orElseThrow().insiders())
                .hasSize(1);

        assertForged(recorded(StatusSealTest::asked));
        assertForged(changed(waiting, status -> status.remove("insidersWhenAsked")));
        assertForged(changed(waiting, status -> ((ObjectNode) status.get("insidersWhenAsked")).putArray("insiders")));
        assertForged(changed(waiting, status -> ((ObjectNode) status.get("insidersWhenAsked")).put("complete", false)));
        assertForged(changed(
                waiting,
                status -> ((ObjectNode) status.at("/insidersWhenAsked/insiders/0")).put("name", "somebody-else")));
    }

    private static void asked(ObjectNode status) {
        ObjectNode asked = status.putObject("insidersWhenAsked");
        asked.put("at", "2026-11-20T10:00:00Z").put("complete", true);
        asked.putArray("accounts").add("system:serviceaccount:payments:ci");
        asked.putArray("insiders")
                .addObject()
                .put("kind", "Group")
                .put("name", "owners")
                .put("account", "system:serviceaccount:payments:ci")
                .put("by", "create pods, by RoleBinding payments/owners")
                .putArray("bindings")
                .add("0123");
    }

    private static void assertForged(PrivilegeGrantStatus status) {
        assertThat(SEAL.read(status, GRANT, NOW).end().map(End::cause)).contains(EndCause.StatusForged);
    }

    private static PrivilegeGrantStatus recorded(Consumer<ObjectNode> change) {
        try (InputStream file = Objects.requireNonNull(
                StatusSealTest.class.getResourceAsStream("/dev/lapse/grant/status-of-shape-1.json"))) {
            ObjectNode status = (ObjectNode) Serialization.jsonMapper().readTree(file);
            change.accept(status);
            return Serialization.jsonMapper().treeToValue(status, PrivilegeGrantStatus.class);
        } catch (IOException wrong) {
            throw new IllegalStateException(wrong);
        }
    }

    private static PrivilegeGrantStatus changed(PrivilegeGrantStatus status, Consumer<ObjectNode> change) {
        try {
            ObjectNode copy = Serialization.jsonMapper().valueToTree(status);
            change.accept(copy);
            return Serialization.jsonMapper().treeToValue(copy, PrivilegeGrantStatus.class);
        } catch (IOException wrong) {
            throw new IllegalStateException(wrong);
        }
    }
}
