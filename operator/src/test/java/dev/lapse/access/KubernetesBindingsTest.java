package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.access.BoundRights.Holder;
import dev.lapse.access.BoundRights.Listed;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KubernetesBindingsTest {
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
    private static final String BINDINGS = RBAC + "namespaces/payments/rolebindings?limit=25";
    private static final String CLUSTER_BINDINGS = RBAC + "clusterrolebindings?limit=25";

    private final Map<String, String> answers = new HashMap<>(Map.of(BINDINGS, list(""), CLUSTER_BINDINGS, list("")));
    private final List<String> asked = new ArrayList<>();

    private Listed listed() {
        return listed("payments");
    }

    private Listed listed(String namespace) {
        return new KubernetesBindings(path -> {
                    asked.add(path);
                    return answers.getOrDefault(path, list(""));
                })
                .reaching(Optional.of(namespace));
    }

    @Test
    void readsPageAfterPageAndEachRoleOnce() {
        answers.put(BINDINGS, list("next/1", binding("payments", "b1", "Role", "maker", subject("User", "ada"))));
        answers.put(
                BINDINGS + "&continue=next%2F1",
                list("", binding("payments", "b2", "Role", "maker", subject("Group", "owners"))));
        answers.put(CLUSTER_BINDINGS, list("", binding("", "all", "ClusterRole", "a,b=c", subject("User", "erin"))));
        answers.put(role("namespaces/payments/roles", "maker"), list("", MAKES_PODS));
        answers.put(role("clusterroles", "a%5C%2Cb%5C%3Dc"), list("", MAKES_PODS));

        Listed listed = listed();

        assertThat(listed.complete()).isTrue();
        assertThat(listed.bindings())
                .extracting(BoundRights::name)
                .containsExactly("RoleBinding payments/b1", "RoleBinding payments/b2", "ClusterRoleBinding all");
        assertThat(listed.bindings())
                .extracting(BoundRights::namespace)
                .containsExactly(Optional.of("payments"), Optional.of("payments"), Optional.empty());
        assertThat(listed.bindings().get(0).rules().orElseThrow())
                .isSameAs(listed.bindings().get(1).rules().orElseThrow());
        assertThat(asked).hasSize(5);
    }

    /** Nobody counts the yes of an account, and whoever is in system:masters may do everything, whatever is bound. */
    @Test
    void holdsPeopleOnlyAndRolesThatMatter() {
        answers.put(
                BINDINGS,
                list(
                        "",
                        binding("payments", "accounts", "Role", "maker", subject("ServiceAccount", "robot")),
                        binding(
                                "payments",
                                "mixed",
                                "Role",
                                "maker",
                                subject("User", "system:serviceaccount:payments:robot"),
                                subject("Group", "system:masters"),
                                subject("Group", "system:serviceaccounts:payments"),
                                subject("User", "ada")),
                        binding("payments", "reads", "Role", "reader", subject("User", "erin")),
                        binding("payments", "nothing", "Role", "absent", subject("User", "erin"))));
        answers.put(role("namespaces/payments/roles", "maker"), list("", MAKES_PODS));
        answers.put(
                role("namespaces/payments/roles", "reader"),
                list("", "{'metadata':{'uid':'r'},'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':['get']}]}"));

        Listed listed = listed();

        assertThat(listed.bindings())
                .singleElement()
                .satisfies(binding -> assertThat(binding.holders()).containsExactly(new Holder(Kind.User, "ada")));
    }

    @Test
    void aChangedBindingOrRoleHasAnotherVersion() {
        String binding = binding("payments", "b", "Role", "maker", subject("User", "ada"));
        answers.put(BINDINGS, list("", binding));
        answers.put(role("namespaces/payments/roles", "maker"), list("", MAKES_PODS));
        String before = listed().bindings().get(0).version();
        assertThat(listed().bindings().get(0).version()).isEqualTo(before);

        answers.put(BINDINGS, list("", binding.replace("'resourceVersion':'1'", "'resourceVersion':'2'")));
        String changed = listed().bindings().get(0).version();
        answers.put(
                role("namespaces/payments/roles", "maker"),
                list("", MAKES_PODS.replace("'resourceVersion':'7'", "'resourceVersion':'8'")));

        assertThat(changed).isNotEqualTo(before);
        assertThat(listed().bindings().get(0).version()).isNotEqualTo(changed).isNotEqualTo(before);
    }

    @Test
    void whatIsTooLargeToJudgeCouldGiveEverything() {
        answers.put(BINDINGS, list("", binding("payments", "b", "Role", "huge", subject("User", "ada"))));
        answers.put(
                role("namespaces/payments/roles", "huge"),
                list("", "{'metadata':{'uid':'r'},'rules':[{'apiGroups':['too-large.lapse.dev'],'verbs':[]}]}"));

        assertThat(listed().bindings().get(0).rules()).isEmpty();
    }

    @Test
    void aBindingWithTooManySubjectsLeavesTheListIncomplete() {
        answers.put(BINDINGS, list("", binding("payments", "b", "Role", "maker", subject("too-large.lapse.dev", ""))));
        answers.put(role("namespaces/payments/roles", "maker"), list("", MAKES_PODS));

        assertThat(listed().complete()).isFalse();
    }

    @Test
    void doesNotReadRolesWithoutEnd() {
        answers.put(
                BINDINGS,
                list(
                        "",
                        IntStream.range(0, 301)
                                .mapToObj(i -> binding("payments", "b" + i, "Role", "r" + i, subject("User", "ada")))
                                .toArray(String[]::new)));

        assertThat(listed().complete()).isFalse();
        assertThat(asked).hasSize(302);
    }

    /** There are as many as there are grants, and none of them lets anybody act as an account that is not the grant's own. */
    @Test
    void rolesThatTheOperatorMadeForMintingAreNotRead() {
        List<String> mints = new ArrayList<>();
        for (int i = 0; i < 301; i++) {
            String mint = "lapse-0a1b2c3d-0000-4000-8000-%012x-mint".formatted(i);
            mints.add(binding("lapse-principals", mint, "Role", mint, subject("User", "ada")));
        }
        String mint = "lapse-0a1b2c3d-0000-4000-8000-000000000000-mint";
        mints.add(binding("lapse-principals", "like-a-mint", "Role", mint, subject("User", "ada")));
        mints.add(binding("lapse-principals", mint, "ClusterRole", mint, subject("User", "ada")));
        mints.add(binding("payments", mint, "Role", mint, subject("User", "ada")));
        String principals = BINDINGS.replace("/payments/", "/lapse-principals/");
        answers.put(principals, list("", mints.toArray(String[]::new)));

        Listed listed = listed("lapse-principals");

        assertThat(listed.complete()).isTrue();
        assertThat(asked)
                .containsExactly(
                        principals,
                        role("namespaces/lapse-principals/roles", mint),
                        role("clusterroles", mint),
                        role("namespaces/payments/roles", mint),
                        CLUSTER_BINDINGS);
    }

    /** A list that was begun before somebody asked may lack what was bound in between. */
    @Test
    void whoeverWaitsSharesTheNextList() throws Exception {
        AtomicInteger lists = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        KubernetesBindings bindings = new KubernetesBindings(path -> {
            if (path.equals(BINDINGS) && lists.incrementAndGet() == 1) {
                first.countDown();
                waitFor(goOn);
            }
            return list("");
        });
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try {
            List<CompletableFuture<Listed>> all = new ArrayList<>();
            all.add(CompletableFuture.supplyAsync(() -> bindings.reaching(Optional.of("payments")), threads));
            first.await();
            for (int i = 0; i < 4; i++) {
                all.add(CompletableFuture.supplyAsync(() -> bindings.reaching(Optional.of("payments")), threads));
            }
            await().until(() -> bindings.waiting("payments") == 5);
            goOn.countDown();
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        } finally {
            threads.shutdownNow();
        }

        assertThat(lists).hasValue(2);
        assertThat(bindings.waiting("payments")).isZero();
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static final String MAKES_PODS = "{'metadata':{'uid':'r','resourceVersion':'7'},"
            + "'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':['create']}]}";

    private static String role(String kind, String name) {
        return RBAC + kind + "?fieldSelector=metadata.name%3D" + name;
    }

    private static String subject(String kind, String name) {
        return "{'kind':'" + kind + "','name':'" + name + "','apiGroup':'x'}";
    }

    private static String binding(String namespace, String name, String kind, String role, String... subjects) {
        return "{'metadata':{'name':'" + name + "','uid':'u','resourceVersion':'1','labels':{'a':'b'}"
                + (namespace.isEmpty() ? "" : ",'namespace':'" + namespace + "'") + "},'roleRef':{'kind':'" + kind
                + "','name':'" + role + "'},'subjects':[" + String.join(",", subjects) + "]}";
    }

    private static String list(String next, String... items) {
        return ("{'kind':'List','metadata':{'continue':'" + next + "','remainingItemCount':3},'items':["
                        + List.of(items).stream().collect(Collectors.joining(",")) + "]}")
                .replace('\'', '"');
    }
}
