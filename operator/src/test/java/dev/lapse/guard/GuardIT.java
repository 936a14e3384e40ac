package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.guard.GuardedCluster.Answer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The guard on the real API server: what it refuses, what it lets through, and that nothing else would refuse it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuardIT {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static GuardedCluster cluster;
    private static KubernetesGuard guard;

    @BeforeAll
    static void installs() {
        cluster = GuardedCluster.installed();
        guard = new KubernetesGuard(
                cluster.operator(), new Seal(new byte[] {1}), InstantSource.system(), Duration.ofSeconds(2));
        guard.start();
        awaitReady();
    }

    @AfterAll
    static void stops() {
        guard.close();
        cluster.leave();
    }

    static Stream<GuardAttempt> refused() {
        return GuardAttempt.of("refused.yaml");
    }

    static Stream<GuardAttempt> allowed() {
        return GuardAttempt.of("allowed.yaml");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refuses(GuardAttempt attempt) {
        Answer answer = tried(attempt);

        assertThat(answer.code()).as(answer.body()).isEqualTo(403);
        assertThat(answer.message())
                .contains("ValidatingAdmissionPolicy '" + attempt.policy())
                .contains("denied request: ")
                .contains(attempt.words());
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void allows(GuardAttempt attempt) {
        Answer answer = tried(attempt);

        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    /** First: where all bindings were gone for a second, as in other tests, the API server reads no parameters any more. */
    @Test
    @Order(1)
    void refusesAnythingClusterWideAsShipped() {
        GuardAttempt everywhere = allowed()
                .filter(attempt -> attempt.title().startsWith("a grant's cluster-wide binding"))
                .findFirst()
                .orElseThrow();
        cluster.setParameters(Map.of("clusterWide", "false"));
        try {
            Answer answer =
                    await().atMost(Duration.ofSeconds(30)).until(() -> tried(everywhere), tried -> tried.code() == 403);

            assertThat(answer.message())
                    .contains("ValidatingAdmissionPolicy 'lapse-operator-reach'")
                    .contains("nothing is granted cluster-wide: clusterWide of ConfigMap lapse-guard");
        } finally {
            cluster.setParameters(Map.of("clusterWide", "true"));
            await().atMost(Duration.ofSeconds(30)).until(() -> tried(everywhere).passed());
            awaitReady();
        }
    }

    @Test
    void withoutTheGuardEveryRefusedAttemptPasses() {
        List<HasMetadata> bindings = GuardedCluster.objects(GuardedCluster.manifests()).stream()
                .filter(object -> object.getKind().equals("ValidatingAdmissionPolicyBinding"))
                .toList();
        SoftAssertions passed = new SoftAssertions();

        bindings.forEach(binding -> cluster.admin().resource(binding).delete());
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> passes("an identity without changedBy"));
            // The bindings go one by one, each a moment after its deletion.
            await().during(Duration.ofSeconds(1)).until(() -> passes("an identity without changedBy"));
            refused().forEach(attempt -> {
                Answer answer = tried(attempt);
                passed.assertThat(answer.passed())
                        .as("%s: %s", attempt, answer.body())
                        .isTrue();
            });
        } finally {
            cluster.clear();
            bindings.forEach(binding -> cluster.admin().resource(binding).create());
            // It reads parameters again only then.
            cluster.restartApiServer();
            awaitReady();
        }

        passed.assertAll();
    }

    static Stream<String> policies() {
        return GuardEpoch.POLICY_OF_BINDING.values().stream().distinct().sorted();
    }

    /** With all others standing: what refuses an attempt is the policy that says so, and the test would notice without it. */
    @ParameterizedTest
    @MethodSource("policies")
    void withoutItsPolicyEachAttemptPasses(String policy) {
        List<GuardAttempt> attempts =
                refused().filter(attempt -> refusedBy(attempt, policy)).toList();
        List<HasMetadata> bindings = GuardedCluster.objects(GuardedCluster.manifests()).stream()
                .filter(object -> policy.equals(
                        GuardEpoch.POLICY_OF_BINDING.get(object.getMetadata().getName())))
                .filter(object -> object.getKind().equals("ValidatingAdmissionPolicyBinding"))
                .toList();
        SoftAssertions passed = new SoftAssertions();
        assertThat(attempts).as("attempts that %s refuses", policy).isNotEmpty();

        bindings.forEach(binding -> cluster.admin().resource(binding).delete());
        try {
            // The bindings go one by one, each a moment after its deletion.
            attempts.forEach(attempt -> {
                Answer answer = await().pollDelay(Duration.ZERO)
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> tried(attempt), later -> !isBy(policy, later));
                passed.assertThat(answer.passed())
                        .as("%s: %s", attempt, answer.message())
                        .isTrue();
            });
        } finally {
            cluster.clear();
            bindings.forEach(binding -> cluster.admin().resource(binding).create());
            await().atMost(Duration.ofSeconds(30)).until(() -> refusedBy(attempts.get(0), policy));
            awaitReady();
        }

        passed.assertAll();
    }

    private static boolean refusedBy(GuardAttempt attempt, String policy) {
        return isBy(policy, tried(attempt));
    }

    private static boolean isBy(String policy, Answer answer) {
        return answer.message().contains("ValidatingAdmissionPolicy '" + policy + "' ");
    }

    private static boolean passes(String title) {
        return refused()
                .filter(attempt -> attempt.title().equals(title))
                .allMatch(attempt -> tried(attempt).passed());
    }

    private static Answer tried(GuardAttempt attempt) {
        String name = attempt.name("attempt-" + NUMBER.incrementAndGet());
        return cluster.run(attempt.steps(name), name);
    }

    private static void awaitReady() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(guard.state().problem()).isEmpty());
    }
}
