package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.fault.Requests.Answer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * There is more in the cluster, each object within its bounds, than the operator's heap has room for: granting stops, and
 * what ends goes on ending, by time and by revocation, also across a start. When there is room again, everything is done
 * that was left. The process is the packaged one with the options it is shipped with.
 *
 * <p>Alone, because collecting garbage takes one core, and what ends has to be on time all the same.
 */
@Tag("alone")
class FullHeapIT {
    /** What a container of 160 MiB gives the heap, 96 MiB, is filled in half the time that 192 MiB take. */
    private static final long MEMORY_LIMIT = 160L * 1024 * 1024;

    private static final int IDENTITIES = 260;

    /** So many of them have room. */
    private static final int FITTING = 50;

    private static final String TENANT = "full-heap-tenant";
    private static final String NUMBER = "@number@";
    private static final String ANY_IDENTITY = anyIdentity();

    /** What is over by its time goes as ever. */
    private static final Duration ON_TIME = Duration.ofSeconds(3);

    /** Of a revocation the operator hears when it reads the grants the next time. */
    private static final Duration REVOKED = Duration.ofSeconds(15);

    private static final Duration ACROSS_A_START = Duration.ofSeconds(8);

    /** Another try to do everything comes after half a minute. */
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private static Stage stage;
    private static Map<String, String> direct;

    @BeforeAll
    static void begins() {
        direct = Stage.directWithin(MEMORY_LIMIT);
        stage = Stage.set(direct);
        stage.scenery().namespace(TENANT);
    }

    @AfterAll
    static void ends() {
        stage.close();
    }

    @Test
    void whatEndsGoesOnEndingWhereThereIsNoRoomForAnythingElse() {
        Life meanwhile = life(1);
        Life revoked = life(2);
        Life across = life(3);
        Life untouched = life(4);
        List<Life> all = List.of(meanwhile, revoked, across, untouched);
        stage.scenery().place(all);
        // They must be active before the heap is full, and end after it: how long that takes is up to the machine.
        Instant begun = Instant.now();
        fill(0, FITTING);
        Duration filling = Duration.between(begun, Instant.now());
        Duration untilFull = Duration.ofSeconds(30).plus(filling.multipliedBy(5));
        stage.scenery().ask(List.of(meanwhile), untilFull);
        stage.scenery().ask(List.of(across), untilFull.plusSeconds(30));
        stage.scenery().ask(List.of(revoked, untouched), Duration.ofMinutes(30));
        stage.scenery().awaitPhase(all, GrantPhase.Active);
        long process = stage.pid();

        CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> fill(FITTING, IDENTITIES));
        awaitFull();
        assertThat(Instant.now())
                .as("when the heap is full")
                .isBefore(stage.scenery().end(meanwhile));
        assertThat(stage.lag(meanwhile, stage.scenery().end(meanwhile)))
                .as("an end by time")
                .isLessThan(ON_TIME);
        Instant asked = Instant.now();
        stage.scenery().revoke(revoked);
        assertThat(stage.lag(revoked, asked)).as("a revocation").isLessThan(REVOKED);
        assertThat(stage.pid()).as("the process is the same").isEqualTo(process);

        await().atMost(PATIENCE)
                .until(() -> Instant.now().isAfter(stage.scenery().end(across).minusSeconds(2)));
        stage.kill();
        stage.startUnready(direct);
        assertThat(stage.lag(across, stage.scenery().end(across)))
                .as("an end across a start")
                .isLessThan(ACROSS_A_START);
        awaitFull();
        long started = stage.pid();
        assertThat(stage.bound(untouched)).as("what has not ended").isTrue();

        rest.join();
        empty();
        await().atMost(PATIENCE)
                .until(() -> stage.get("/readyz").statusCode() == 200
                        && metric("lapse_heap_full").equals("0.0"));
        stage.scenery().awaitPhase(List.of(meanwhile, across), GrantPhase.Expired);
        stage.scenery().awaitPhase(List.of(revoked), GrantPhase.Revoked);
        assertThat(stage.scenery().phase(untouched)).isEqualTo(GrantPhase.Active);
        assertThat(events()).contains("HeapFull", "HeapHasRoom");
        Life afterwards = life(5);
        stage.scenery().place(List.of(afterwards));
        stage.scenery().ask(List.of(afterwards), Duration.ofMinutes(30));
        stage.scenery().awaitPhase(List.of(afterwards), GrantPhase.Active);
        assertThat(stage.pid()).as("the process is the same").isEqualTo(started);
    }

    private static Life life(int number) {
        return new Life("full-heap-" + number, Shape.DEDICATED_TOKEN, Life.UNHARMED);
    }

    private static void awaitFull() {
        await().atMost(PATIENCE)
                .until(() -> stage.answers("/readyz")
                        && stage.get("/readyz").body().contains("the heap is full")
                        && metric("lapse_heap_full").equals("1.0"));
    }

    private static String metric(String name) {
        return stage.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .map(line -> line.substring(name.length() + 1))
                .orElse("");
    }

    private static List<String> events() {
        return stage.admin().v1().events().inNamespace("lapse-system").list().getItems().stream()
                .map(event -> event.getReason())
                .toList();
    }

    private static void fill(int from, int to) {
        KubernetesClient admin = stage.admin();
        String path = "/apis/lapse.dev/v1alpha1/namespaces/" + TENANT + "/serviceidentities";
        IntStream.range(from, to).parallel().forEach(i -> {
            Answer answer = Requests.sent(admin, "POST", path, ANY_IDENTITY.replace(NUMBER, Integer.toString(i)));
            assertThat(answer.passed()).as(answer.refusal()).isTrue();
        });
    }

    private static void empty() {
        stage.admin().resources(ServiceIdentity.class).inNamespace(TENANT).delete();
    }

    /** Some 300 KB, each field within its bounds; in JSON, with {@link #NUMBER} in the place of its number. */
    private static String anyIdentity() {
        String entries = IntStream.range(0, 32)
                .mapToObj(entry -> """
                        {"name": "entry-%1$d", "role": {"kind": "ClusterRole", "name": "view"}, "namespaces": ["%2$s"],
                         "approvals": {"required": 1, "approvers": [%3$s]}, "requesters": [%3$s],
                         "principal": "Dedicated", "entitledBy": "admin", "entitledByAs": ["system:masters"]}
                        """.formatted(
                                entry,
                                TENANT,
                                IntStream.range(0, 16)
                                        .mapToObj(user -> "{\"user\": \"p" + NUMBER + "-" + entry + "-" + user + "-"
                                                + "x".repeat(230) + "\"}")
                                        .collect(Collectors.joining(", "))))
                .collect(Collectors.joining(", "));
        return """
                {"apiVersion": "lapse.dev/v1alpha1", "kind": "ServiceIdentity",
                 "metadata": {"name": "large-%1$s", "namespace": "%2$s"},
                 "spec": {"actorType": "Pipeline", "subject": {"serviceAccount": {"name": "ci-%1$s"}},
                          "owner": {"user": "olivia"}, "changedBy": "admin", "eligible": [%3$s]}}
                """.formatted(NUMBER, TENANT, entries);
    }
}
