package dev.lapse.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.guard.Seal;
import dev.lapse.story.Cluster;
import dev.lapse.story.InstalledOperator;
import dev.lapse.story.TakesTurns;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process that runs on while etcd is restored from a snapshot forgets nothing, and can write again. */
@TakesTurns("stops the operator, and restores etcd")
class RestoredMemoryIT {
    private static final String NAMESPACE = "restored";
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Instant now = Instant.now();
    private final Cluster cluster = Cluster.running();
    private KubernetesMemory memory;

    @BeforeEach
    void aProcessThatKnowsTheMemory() throws Exception {
        InstalledOperator.awaitReady();
        cluster.operator("stop");
        Map<String, String> key = cluster.admin()
                .secrets()
                .inNamespace("lapse-system")
                .withName("lapse-seal")
                .require()
                .getData();
        Seal seal = new Seal(Base64.getDecoder().decode(key.get("key")));
        memory = new KubernetesMemory(cluster.asOperator(), seal, Elsewhere.NOWHERE, told::add);
        memory.start(Instant.EPOCH, LIMIT, now);
    }

    @AfterEach
    void isGone() {
        memory.close();
        InstalledOperator.awaitReady();
    }

    @Test
    void whatWasRememberedSinceTheSnapshotIsWrittenAgain() {
        cluster.etcd("save");
        awaitWritten(() -> memory.remember(claim("since"), now));

        cluster.etcd("restore");
        awaitWritten(memory::heal);

        assertThat(told).singleElement().asString().contains("lapse-memory-", "etcd was restored");
        assertThat(memory.of(NAMESPACE).all(Claim.class, now)).containsExactly(claim("since"));
        awaitWritten(() -> memory.remember(claim("afterwards"), now));
        memory.heal();
        assertThat(cluster.admin()
                        .configMaps()
                        .inNamespace("lapse-system")
                        .withName(Shard.name(Shard.of(NAMESPACE)))
                        .require()
                        .getData()
                        .values())
                .anyMatch(text -> text.contains("since"))
                .anyMatch(text -> text.contains("afterwards"));
        assertThat(told).hasSize(1);
        assertThat(memory.problems()).isEmpty();
    }

    /** The API server comes back, and its RBAC a moment later. */
    private static void awaitWritten(Runnable write) {
        await().atMost(LIMIT).ignoreExceptions().until(() -> {
            write.run();
            return true;
        });
    }

    private Claim claim(String grant) {
        return new Claim(NAMESPACE, grant, "uid", "ci", "", now.plusSeconds(3_600), now, "Expired");
    }
}
