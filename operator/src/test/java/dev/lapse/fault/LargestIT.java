package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.fault.Attack.Write;
import dev.lapse.fault.Requests.Answer;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind that the operator watches, with each of its parts as large as it can be, one after the other until there is
 * several times as much as its heap: meanwhile a victim's grant ends on time each time, and across a start in the middle of
 * all of it. The process is the packaged one with the options it is shipped with.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LargestIT {
    private static final Duration ON_TIME = Duration.ofSeconds(5);

    /** An operator that is started anew begins with what is overdue. */
    private static final Duration ACROSS_A_START = Duration.ofSeconds(8);

    /** What a container of 160 MiB gives the heap is 96 MiB. */
    private static final long MEMORY_LIMIT = 160L * 1024 * 1024;

    private static final int MOST_RESIDENT = 330;
    private static final String ACROSS = "across";
    private static final String AFTERWARDS = "afterwards";
    private static final String MANY = "many";

    /** Paths of all that was written. */
    private static final Set<String> MADE = Collections.synchronizedSet(new LinkedHashSet<>());

    private static Stage stage;
    private static Map<String, String> direct;
    private static final Map<String, Life> VICTIMS = new LinkedHashMap<>();
    private static long process;

    static Stream<Arguments> attacksByKind() {
        Map<String, List<Attack>> byKind =
                Attacks.all().collect(Collectors.groupingBy(Attack::kind, LinkedHashMap::new, Collectors.toList()));
        return byKind.entrySet().stream().map(kind -> Arguments.of(kind.getKey(), kind.getValue()));
    }

    @BeforeAll
    static void begins() {
        direct = Stage.directWithin(MEMORY_LIMIT);
        stage = Stage.set(direct);
        stage.scenery().namespace(Written.NAMESPACE_OF_ALL);
        Stream.concat(Attacks.all().map(Attack::name), Stream.of(ACROSS, AFTERWARDS, MANY))
                .forEach(name ->
                        VICTIMS.put(name, new Life("victim-" + VICTIMS.size(), Shape.DEDICATED_TOKEN, Life.UNHARMED)));
        stage.scenery().place(List.copyOf(VICTIMS.values()));
        process = stage.pid();
    }

    @AfterAll
    static void ends() {
        stage.close();
        List.copyOf(MADE).parallelStream().forEach(LargestIT::delete);
    }

    /** Each attack has a victim of its own; the next one begins while the end of the last one's is waited for. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("attacksByKind")
    @Order(1)
    void victimsGrantsEndOnTimeThroughAllThatIsLargeInOneKind(String kind, List<Attack> attacks) {
        Map<String, CompletableFuture<Duration>> lags = new LinkedHashMap<>();
        for (Attack attack : attacks) {
            lags.put(attack.name(), stage.lagOf(asked(attack.name(), Duration.ofSeconds(2))));

            List<Answer> answers = IntStream.range(0, attack.count())
                    .parallel()
                    .mapToObj(i -> attack.writes().apply(i))
                    .flatMap(writes -> writes.stream().map(LargestIT::sent))
                    .toList();

            assertThat(answers).as(attack.name()).allSatisfy(answer -> {
                assertThat(answer.passed()).as(answer.refusal()).isEqualTo(attack.passes());
                assertThat(answer.refusal()).contains(attack.refused());
            });
        }

        lags.forEach((attack, lag) ->
                assertThat(lag.join()).as("lag of an end during: " + attack).isLessThan(ON_TIME));
        assertThat(stage.pid()).as("the process is the same").isEqualTo(process);
    }

    /** What is large is not passed over: roles that are small enough to be read are, however many a tenant names. */
    @Test
    @Order(2)
    void readTheRolesThatEntriesName() {
        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(stage.admin()
                                .resources(ServiceIdentity.class)
                                .inNamespace(Written.NAMESPACE_OF_ALL)
                                .withName("largest-names-those-roles-0")
                                .require()
                                .getStatus()
                                .entries())
                        .hasSize(32)
                        // What they say is harmless, and was read. No Role is grantable as shipped.
                        .allSatisfy(entry -> assertThat(entry.reason()).isEqualTo("RoleNotGrantable")));
    }

    @Test
    @Order(2)
    void tookNoMoreMemoryThanItHas() {
        assertThat(Stage.peak(process)).as("resident, in MiB").isLessThan(MOST_RESIDENT);
    }

    @Test
    @Order(3)
    void aVictimsGrantEndsOnTimeAcrossAStartInTheMiddleOfIt() {
        CompletableFuture<Duration> across = stage.lagOf(asked(ACROSS, Duration.ofSeconds(10)));

        stage.kill();
        stage.startUnready(direct);

        assertThat(across.join()).as("lag of an end across a start").isLessThan(ACROSS_A_START);
        await().atMost(Stage.PATIENCE)
                .until(() -> stage.answers("/readyz") && stage.get("/readyz").statusCode() == 200);
        process = stage.pid();
        assertThat(stage.lagOf(asked(AFTERWARDS, Duration.ofSeconds(3))).join())
                .as("lag of an end afterwards")
                .isLessThan(ON_TIME);
        assertThat(stage.pid()).as("the process is the same").isEqualTo(process);
        assertThat(Stage.peak(process)).as("resident, in MiB").isLessThan(MOST_RESIDENT);
    }

    /** What is more than is held was written before there was a bound: of it the operator takes off its own, and nothing else. */
    @Test
    @Order(4)
    void leavesFinalizersOfOthersThatAreTooManyToBeHeld() {
        Life life = asked(MANY, Duration.ofSeconds(60));
        var grant = stage.admin()
                .resources(PrivilegeGrant.class)
                .inNamespace(life.namespace)
                .withName("g");
        List<String> theirs =
                IntStream.range(0, 40).mapToObj(i -> "others.example/f" + i).toList();
        withoutTheBoundOnMetadata(() -> grant.edit(there -> finalized(
                there,
                Stream.concat(theirs.stream(), there.getMetadata().getFinalizers().stream())
                        .toList())));
        assertThat(grant.require().getMetadata().getFinalizers()).hasSize(41);

        grant.delete();

        await("the operator's finalizer is gone")
                .atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(grant.require().getMetadata().getFinalizers())
                        .isEqualTo(theirs));
        grant.edit(there -> finalized(there, List.of()));
    }

    private static PrivilegeGrant finalized(PrivilegeGrant grant, List<String> finalizers) {
        grant.getMetadata().setFinalizers(new ArrayList<>(finalizers));
        return grant;
    }

    private static void withoutTheBoundOnMetadata(Runnable write) {
        var bound = stage.admin()
                .admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName("lapse-size");
        ValidatingAdmissionPolicyBinding kept = bound.require();
        bound.delete();
        try {
            // The API server goes by it a moment later.
            await().atMost(Stage.PATIENCE).ignoreExceptions().until(() -> {
                write.run();
                return true;
            });
        } finally {
            kept.getMetadata().setResourceVersion(null);
            kept.getMetadata().setUid(null);
            stage.admin().resource(kept).create();
        }
    }

    /** What took the size of many megabytes is not left to the tests that come after. */
    private static void delete(String path) {
        ObjectNode none = JsonNodeFactory.instance.objectNode();
        none.putObject("metadata").putNull("finalizers");
        sent(new Write("PATCH", path, none));
        sent(new Write("DELETE", path, JsonNodeFactory.instance.objectNode()));
    }

    private static Answer sent(Write write) {
        Answer answer = Requests.sent(
                stage.admin(), write.method(), write.path(), write.body().toString());
        if (write.method().equals("POST") && answer.passed()) {
            MADE.add(write.path() + "/" + write.body().at("/metadata/name").asText());
        }
        return answer;
    }

    private static Life asked(String victim, Duration duration) {
        Life life = Objects.requireNonNull(VICTIMS.get(victim));
        stage.scenery().ask(List.of(life), duration);
        await("the grant of " + life + " is given")
                .pollInterval(Duration.ofMillis(50))
                .atMost(Stage.PATIENCE)
                .until(() -> stage.scenery().phase(life) != GrantPhase.Pending);
        return life;
    }
}
