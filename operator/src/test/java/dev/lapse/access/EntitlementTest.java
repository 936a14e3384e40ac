package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.Entitlement.Entitled;
import dev.lapse.access.Entitlement.NotEntitled;
import dev.lapse.access.Entitlement.Outcome;
import dev.lapse.access.Entitlement.Undecided;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntitlementTest {
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final UserInfo ERIN = UserInfo.of("erin", List.of("payments-dev"));
    private static final RoleReference VIEWER = new RoleReference(RoleKind.ClusterRole, "viewer");
    private static final Rule READS_PODS = rule("", "pods", "get");
    private static final Rule BINDS = rule(RBAC, "rolebindings", "create");
    private static final Rule BINDS_CLUSTER_WIDE = rule(RBAC, "clusterrolebindings", "create");
    private static final Rule MAY_BIND_VIEWER =
            new Rule(List.of(RBAC), List.of("clusterroles"), List.of("bind"), List.of("viewer"), List.of());

    @Test
    void whoHoldsBindNeedNotHoldTheRules() {
        RbacOracle oracle = new RbacOracle().in("shop", List.of(BINDS, MAY_BIND_VIEWER));

        assertThat(couldBind(List.of(READS_PODS), List.of("shop"), oracle)).isEqualTo(new Entitled());
    }

    @Test
    void whoHoldsEveryRuleNeedNotHoldBind() {
        RbacOracle oracle = new RbacOracle().in("shop", List.of(BINDS, READS_PODS));

        assertThat(couldBind(List.of(READS_PODS), List.of("shop"), oracle)).isEqualTo(new Entitled());
    }

    @Test
    void bindOnAnotherRoleIsNotBindOnThisOne() {
        Rule mayBindEditor =
                new Rule(List.of(RBAC), List.of("clusterroles"), List.of("bind"), List.of("editor"), List.of());
        RbacOracle oracle = new RbacOracle().in("shop", List.of(BINDS, mayBindEditor));

        assertThat(couldBind(List.of(READS_PODS), List.of("shop"), oracle)).isInstanceOf(NotEntitled.class);
    }

    @Test
    void bindOnAClusterRoleIsNotBindOnARoleOfThatName() {
        RbacOracle oracle = new RbacOracle().in("shop", List.of(BINDS, MAY_BIND_VIEWER));
        RoleReference role = new RoleReference(RoleKind.Role, "viewer");

        Outcome outcome = Entitlement.couldBind(ERIN, role, namespace -> List.of(READS_PODS), List.of("shop"), oracle);

        assertThat(outcome).isInstanceOf(NotEntitled.class);
    }

    @Test
    void withoutCreateOnBindingsHoldingTheRulesIsNotEnough() {
        RbacOracle oracle = new RbacOracle().in("shop", List.of(MAY_BIND_VIEWER, READS_PODS));

        assertThat(couldBind(List.of(READS_PODS), List.of("shop"), oracle))
                .isEqualTo(new NotEntitled(
                        "namespace shop",
                        "erin may not create rolebindings in namespace shop, which binding ClusterRole/viewer there"
                                + " takes",
                        "let somebody who may bind ClusterRole/viewer in namespace shop write this entry"));
    }

    @Test
    void oneMissingPermissionIsNamedWithItsRemedy() {
        RbacOracle oracle = new RbacOracle().in("shop", List.of(BINDS, READS_PODS));

        assertThat(couldBind(List.of(READS_PODS, rule("", "pods/exec", "create")), List.of("shop"), oracle))
                .isEqualTo(new NotEntitled(
                        "namespace shop",
                        "erin may neither bind ClusterRole/viewer in namespace shop nor do there everything it allows"
                                + " (for one, create pods/exec)",
                        "let somebody who may bind ClusterRole/viewer in namespace shop write this entry"));
    }

    @Test
    void everyNamespaceCounts() {
        RbacOracle oracle =
                new RbacOracle().in("shop", List.of(BINDS, READS_PODS)).in("bank", List.of(READS_PODS));

        assertThat(couldBind(List.of(READS_PODS), List.of("shop", "bank"), oracle))
                .isInstanceOfSatisfying(
                        NotEntitled.class, denied -> assertThat(denied.where()).isEqualTo("namespace bank"));
    }

    @Test
    void aRoleIsComparedAsItIsInEachNamespace() {
        RbacOracle oracle = new RbacOracle().everywhere(List.of(BINDS, READS_PODS));
        RoleReference role = new RoleReference(RoleKind.Role, "viewer");

        Outcome outcome = Entitlement.couldBind(
                ERIN,
                role,
                namespace -> List.of(namespace.equals("bank") ? rule("", "secrets", "get") : READS_PODS),
                List.of("shop", "bank"),
                oracle);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        NotEntitled.class, denied -> assertThat(denied.where()).isEqualTo("namespace bank"));
    }

    @Test
    void rightsInNamespacesBindNothingClusterWide() {
        RbacOracle oracle =
                new RbacOracle().in("shop", List.of(BINDS, BINDS_CLUSTER_WIDE, MAY_BIND_VIEWER, READS_PODS));

        assertThat(couldBind(List.of(READS_PODS), List.of(), oracle))
                .isInstanceOfSatisfying(
                        NotEntitled.class, denied -> assertThat(denied.where()).isEqualTo("the whole cluster"));
    }

    @Test
    void clusterWideTakesCreateOnClusterRoleBindings() {
        List<Rule> role = List.of(READS_PODS);

        assertThat(couldBind(role, List.of(), new RbacOracle().everywhere(List.of(BINDS, MAY_BIND_VIEWER))))
                .isInstanceOf(NotEntitled.class);
        assertThat(couldBind(
                        role, List.of(), new RbacOracle().everywhere(List.of(BINDS_CLUSTER_WIDE, MAY_BIND_VIEWER))))
                .isEqualTo(new Entitled());
    }

    @Test
    void aRoleIsNeverBoundClusterWide() {
        RbacOracle oracle = new RbacOracle().everywhere(List.of(rule("*", "*", "*")));
        RoleReference role = new RoleReference(RoleKind.Role, "viewer");

        assertThat(Entitlement.couldBind(ERIN, role, namespace -> List.of(READS_PODS), List.of(), oracle))
                .isInstanceOf(NotEntitled.class);
    }

    @Test
    void aRuleAboutTheEmptyNameDoesNotCoverAllNames() {
        Rule emptyName = new Rule(List.of(""), List.of("secrets"), List.of("get"), List.of(""), List.of());
        RbacOracle oracle = new RbacOracle().in("shop", List.of(BINDS, emptyName));

        assertThat(couldBind(List.of(rule("", "secrets", "get")), List.of("shop"), oracle))
                .isInstanceOf(NotEntitled.class);
    }

    @Test
    void holdingEveryVerbThereIsDoesNotCoverTheWildcard() {
        Rule allVerbs = new Rule(
                List.of(""),
                List.of("pods"),
                List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"),
                List.of(),
                List.of());
        RbacOracle oracle = new RbacOracle().in("shop", List.of(BINDS, allVerbs));

        assertThat(couldBind(List.of(rule("", "pods", "*")), List.of("shop"), oracle))
                .isInstanceOf(NotEntitled.class);
    }

    @Test
    void aRoleTooLargeToCompareTakesBind() {
        List<String> verbs = IntStream.rangeClosed(0, Entitlement.MOST_PERMISSIONS)
                .mapToObj(i -> "v" + i)
                .toList();
        Rule large = new Rule(List.of(""), List.of("pods"), verbs, List.of(), List.of());
        List<Permission> asked = new ArrayList<>();
        RbacOracle oracle = new RbacOracle().in("shop", List.of(BINDS, rule("", "*", "*")));

        Outcome outcome = couldBind(List.of(large), List.of("shop"), (who, what, namespace) -> {
            asked.add(what);
            return oracle.ask(who, what, namespace);
        });

        assertThat(asked).hasSize(2);
        assertThat(outcome)
                .isEqualTo(new NotEntitled(
                        "namespace shop",
                        "ClusterRole/viewer allows more than 2,000 things, too many to ask for each whether erin"
                                + " may do it, and erin does not hold the verb bind on it",
                        "let somebody who holds bind on ClusterRole/viewer in namespace shop write this entry"));
    }

    @Test
    void aRoleJustSmallEnoughIsCompared() {
        List<String> verbs = IntStream.range(0, Entitlement.MOST_PERMISSIONS)
                .mapToObj(i -> "v" + i)
                .toList();
        Rule large = new Rule(List.of(""), List.of("pods"), verbs, List.of(), List.of());
        RbacOracle oracle = new RbacOracle().in("shop", List.of(BINDS, rule("", "*", "*")));

        assertThat(couldBind(List.of(large, large), List.of("shop"), oracle)).isEqualTo(new Entitled());
    }

    @Test
    void aFailedLookUpDecidesNothing() {
        AccessOracle broken = (who, what, namespace) -> new Answer(Verdict.Unknown, "no route to host");

        assertThat(couldBind(List.of(READS_PODS), List.of("shop"), broken))
                .isEqualTo(
                        new Undecided("it could not be found out whether erin may bind ClusterRole/viewer in namespace"
                                + " shop: no route to host"));
    }

    @Test
    void aDenialEndsTheQuestions() {
        List<Permission> asked = new ArrayList<>();

        couldBind(List.of(READS_PODS), List.of("shop", "bank"), (who, what, namespace) -> {
            asked.add(what);
            return new Answer(Verdict.Denied, "");
        });

        assertThat(asked).containsExactly(Permission.onResource("create", RBAC, "rolebindings", ""));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void saysWhatKubernetesSaysAboutTheSameRules(long seed) {
        Random random = new Random(seed);
        GeneratedRules generated = new GeneratedRules(random);
        int entitled = 0;
        for (int i = 0; i < 5_000; i++) {
            List<Rule> held = generated.next(4);
            List<Rule> wanted = generated.next(2);
            List<Rule> authorHolds = with(held, random.nextBoolean() ? BINDS : BINDS_CLUSTER_WIDE);
            boolean clusterWide = random.nextBoolean();

            Outcome outcome = couldBind(
                    wanted, clusterWide ? List.of() : List.of("shop"), new RbacOracle().everywhere(authorHolds));

            boolean kubernetes = holds(authorHolds, clusterWide ? "clusterrolebindings" : "rolebindings", "create")
                    && (holds(authorHolds, "clusterroles", "bind")
                            || KubernetesEscalationCheck.covers(authorHolds, wanted));
            boolean emptyName =
                    wanted.stream().anyMatch(rule -> rule.resourceNames().contains(""));
            if (emptyName) {
                // Stricter than Kubernetes here: a permission cannot tell this name from none.
                assertThat(kubernetes || !(outcome instanceof Entitled)).isTrue();
            } else {
                assertThat(outcome instanceof Entitled)
                        .as("held %s, wanted %s", authorHolds, wanted)
                        .isEqualTo(kubernetes);
            }
            entitled += outcome instanceof Entitled ? 1 : 0;
        }
        assertThat(entitled).as("or the generator proves nothing").isBetween(250, 4_750);
    }

    @ParameterizedTest
    @EnumSource(names = "Allowed", mode = EnumSource.Mode.EXCLUDE)
    void losingAnAnswerNeverEntitles(Verdict worse) {
        Random random = new Random(worse.ordinal());
        GeneratedRules generated = new GeneratedRules(random);
        int lost = 0;
        for (int i = 0; i < 5_000; i++) {
            List<Rule> wanted = generated.next(2);
            List<Rule> held = with(with(generated.next(3), BINDS), random.nextBoolean() ? MAY_BIND_VIEWER : READS_PODS);
            RbacOracle full = new RbacOracle().in("a", held).in("b", with(held, READS_PODS));
            int turned = random.nextInt(8);
            int[] asked = {0};
            AccessOracle poorer = (who, what, namespace) -> {
                Answer answer = full.ask(who, what, namespace);
                return asked[0]++ == turned && answer.verdict() == Verdict.Allowed ? new Answer(worse, "") : answer;
            };

            Outcome before = couldBind(wanted, List.of("a", "b"), full);
            Outcome after = couldBind(wanted, List.of("a", "b"), poorer);

            assertThat(after instanceof Entitled && !(before instanceof Entitled))
                    .isFalse();
            lost += before instanceof Entitled && !(after instanceof Entitled) ? 1 : 0;
        }
        assertThat(lost).as("or nothing was lost").isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void anUnknownAnswerNeverEntitlesAndNeverDenies(long seed) {
        Random random = new Random(seed);
        GeneratedRules generated = new GeneratedRules(random);
        for (int i = 0; i < 3_000; i++) {
            List<Rule> wanted = generated.next(2);
            RbacOracle known = new RbacOracle().in("a", with(generated.next(3), BINDS));
            boolean[] failed = {false};
            AccessOracle flaky = (who, what, namespace) -> {
                failed[0] |= random.nextInt(4) == 0;
                return failed[0] ? new Answer(Verdict.Unknown, "timeout") : known.ask(who, what, namespace);
            };

            Outcome outcome = couldBind(wanted, List.of("a"), flaky);

            assertThat(outcome instanceof Undecided).isEqualTo(failed[0]);
        }
    }

    private static Outcome couldBind(List<Rule> rules, List<String> namespaces, AccessOracle oracle) {
        return Entitlement.couldBind(ERIN, VIEWER, namespace -> rules, namespaces, oracle);
    }

    private static boolean holds(List<Rule> held, String resource, String verb) {
        Permission asked = Permission.onResource(verb, RBAC, resource, verb.equals("bind") ? "viewer" : "");
        return new RbacOracle()
                        .everywhere(held)
                        .ask(ERIN, asked, Optional.empty())
                        .verdict()
                == Verdict.Allowed;
    }

    private static List<Rule> with(List<Rule> rules, Rule another) {
        List<Rule> more = new ArrayList<>(rules);
        more.add(another);
        return more;
    }

    private static Rule rule(String apiGroup, String resource, String verb) {
        return new Rule(List.of(apiGroup), List.of(resource), List.of(verb), List.of(), List.of());
    }
}
