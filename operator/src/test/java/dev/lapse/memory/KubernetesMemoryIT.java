package dev.lapse.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.guard.Seal;
import dev.lapse.story.Cluster;
import dev.lapse.story.InstalledOperator;
import dev.lapse.story.SharesCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances that both think they lead do not lose each other's records. */
@SharesCluster
class KubernetesMemoryIT {
    private static final String NAMESPACE = "two-leaders";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int EACH = 40;

    private final List<KubernetesMemory> leaders = new ArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Instant now = Instant.now();

    @BeforeEach
    void bothLead() throws Exception {
        InstalledOperator.awaitReady();
        KubernetesClient client = Cluster.running().asOperator();
        String key = Cluster.running()
                .admin()
                .secrets()
                .inNamespace("lapse-system")
                .withName("lapse-seal")
                .require()
                .getData()
                .get("key");
        for (int i = 0; i < 2; i++) {
            KubernetesMemory memory = new KubernetesMemory(
                    client, new Seal(Base64.getDecoder().decode(key)), Elsewhere.NOWHERE, told::add);
            memory.start(Instant.EPOCH, LIMIT, now);
            leaders.add(memory);
        }
    }

    @AfterEach
    void bothAreGone() {
        leaders.forEach(KubernetesMemory::close);
    }

    @Test
    void whatBothRememberAtTheSameTimeIsAllRemembered() {
        CompletableFuture<?>[] work = IntStream.range(0, 2)
                .mapToObj(leader -> CompletableFuture.runAsync(() -> IntStream.range(0, EACH)
                        .forEach(i -> untilNobodyElseWrote(
                                () -> leaders.get(leader).remember(claim(leader + "-" + i), now)))))
                .toArray(CompletableFuture[]::new);

        CompletableFuture.allOf(work).join();

        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(leaders)
                        .allSatisfy(leader -> assertThat(leader.of(NAMESPACE).all(Claim.class, now))
                                .hasSize(2 * EACH)));
        untilNobodyElseWrote(() -> leaders.get(0).forget(claim("0-0"), now));
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(leaders.get(1).of(NAMESPACE).all(Claim.class, now))
                        .hasSize(2 * EACH - 1)
                        .doesNotContain(claim("0-0")));
        leaders.forEach(KubernetesMemory::heal);
        assertThat(leaders).allSatisfy(leader -> assertThat(leader.problems()).isEmpty());
        assertThat(told).as("nothing was put back").isEmpty();
    }

    /** As a pass does: it is repeated until the informer shows what the other wrote. */
    private static void untilNobodyElseWrote(Runnable write) {
        await().pollInterval(Duration.ofMillis(5)).atMost(LIMIT).until(() -> {
            try {
                write.run();
                return true;
            } catch (KubernetesClientException refused) {
                assertThat(refused.getCode()).isEqualTo(409);
                return false;
            }
        });
    }

    /** Over soon, so that it is gone with the next write of somebody else. */
    private Claim claim(String grant) {
        return new Claim(NAMESPACE, grant, "uid", "ci", "", now.plusSeconds(120), now, "Expired");
    }
}
