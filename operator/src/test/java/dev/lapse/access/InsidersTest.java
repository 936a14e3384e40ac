package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.BoundRights.Holder;
import dev.lapse.access.BoundRights.Listed;
import dev.lapse.access.Insiders.Since;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Insider;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Kind;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InsidersTest {
    private static final String ROBOT = "system:serviceaccount:payments:robot";
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");
    private static final String RBAC = "rbac.authorization.k8s.io";

    @ParameterizedTest
    @CsvSource({
        // verbs, group, resources, names, whether it opens a way
        "create, '', serviceaccounts/token, '', true",
        "create, '', serviceaccounts/token, robot, true",
        "create, '', serviceaccounts/token, other, false",
        "create, '', serviceaccounts, '', false",
        "impersonate, '', serviceaccounts, robot, true",
        "impersonate, '', users, '', false",
        "impersonate:serviceaccount, authentication.k8s.io, serviceaccounts, '', true",
        "list, '', secrets, '', true",
        "get, '', secrets, '', false",
        "create get, '', secrets, '', true",
        "create, '', secrets, '', false",
        "*, *, *, '', true",
        "*, '', *, '', true",
        "get, *, */exec, '', true",
        "create, '', pods, '', true",
        "get list watch, '', pods, '', false",
        "patch, apps, deployments, '', true",
        "patch, apps, deployments, web, false",
        "patch, '', deployments, '', false",
        "bind, rbac.authorization.k8s.io, clusterroles, '', false",
        "bind create, rbac.authorization.k8s.io, clusterroles rolebindings, '', true",
        "bind update, rbac.authorization.k8s.io, roles rolebindings, '', true",
        "bind patch, rbac.authorization.k8s.io, clusterroles clusterrolebindings, '', true",
        "bind create, rbac.authorization.k8s.io, roles clusterrolebindings, '', false",
        "create update patch, rbac.authorization.k8s.io, rolebindings clusterrolebindings, '', false",
        "escalate create, rbac.authorization.k8s.io, clusterroles, '', true",
        "escalate patch, rbac.authorization.k8s.io, roles, '', true",
        "escalate, rbac.authorization.k8s.io, roles, '', false"
    })
    void isAnInsiderByOneRule(String verbs, String group, String resources, String names, boolean could) {
        assertThat(names(binding("b", user("ada"), rule(verbs, group, resources, names))))
                .isEqualTo(could ? List.of("ada") : List.of());
    }

    /** The same as the API server says of the same rules, whatever they are. */
    @Test
    void agreesWithWhatTheAuthorizerAnswers() {
        SplittableRandom random = new SplittableRandom(20261127);
        for (int i = 0; i < 3_000; i++) {
            List<Rule> here = rules(random);
            List<Rule> everywhere = rules(random);
            RbacOracle oracle = new RbacOracle().in("payments", here).everywhere(everywhere);
            boolean could = CouldActAs.ways(ROBOT).stream()
                    .anyMatch(way -> way.rights().stream()
                            .allMatch(right -> oracle.ask(UserInfo.of("ada", List.of()), right, way.namespace())
                                            .verdict()
                                    == AccessOracle.Verdict.Allowed));

            assertThat(names(
                            binding("here", user("ada"), thatConcern(here)),
                            everywhere("all", user("ada"), thatConcern(everywhere))))
                    .as("%s and everywhere %s", here, everywhere)
                    .hasSize(could ? 1 : 0);
        }
    }

    private static List<Rule> rules(SplittableRandom random) {
        return IntStream.range(0, random.nextInt(3))
                .mapToObj(i -> rule(
                        one(
                                random,
                                "create",
                                "get",
                                "list",
                                "impersonate",
                                "bind create",
                                "bind patch",
                                "escalate",
                                "patch",
                                "*"),
                        one(random, "", "apps", RBAC, "*"),
                        one(
                                random,
                                "secrets",
                                "pods",
                                "pods/exec",
                                "serviceaccounts",
                                "serviceaccounts/token",
                                "roles rolebindings",
                                "clusterroles clusterrolebindings",
                                "roles",
                                "*",
                                "*/token"),
                        one(random, "", "", "robot", "other")))
                .toList();
    }

    /** The others are not kept while bindings are listed. */
    private static Rule[] thatConcern(List<Rule> rules) {
        return rules.stream().filter(Insiders::concerns).toArray(Rule[]::new);
    }

    private static String one(SplittableRandom random, String... of) {
        return of[random.nextInt(of.length)];
    }

    @Test
    void whatIsBoundElsewhereIsWorthNothingHere() {
        BoundRights elsewhere = new BoundRights(
                "RoleBinding shop/b",
                "v",
                Optional.of("shop"),
                List.of(user("ada")),
                Optional.of(List.of(rule("create", "", "pods", ""))));

        assertThat(names(elsewhere)).isEmpty();
        assertThat(names(everywhere("b", user("ada"), rule("create", "", "pods", ""))))
                .containsExactly("ada");
    }

    @Test
    void aUserIsActedAsByWhatIsBoundEverywhere() {
        InsidersWhenAsked found = Insiders.of(
                listed(
                        everywhere("b", user("ada"), rule("impersonate", "", "users", "build-bot")),
                        everywhere("c", user("erin"), rule("impersonate", "", "users", "other"))),
                "build-bot",
                NOW);

        assertThat(found.insiders()).extracting(Insider::name).containsExactly("ada");
        assertThat(Insiders.home("build-bot")).isEmpty();
    }

    @Test
    void twoBindingsOpenAWayTogether() {
        assertThat(names(
                        binding("one", user("ada"), rule("create", "", "secrets", "")),
                        binding("two", user("ada"), rule("get", "", "secrets", ""))))
                .containsExactly("ada");
    }

    /** Nobody knows whether she is in the group. */
    @Test
    void oneHalfOfAWayIsEnoughWhereAGroupHoldsTheOther() {
        assertThat(names(
                        binding("one", user("ada"), rule("create", "", "secrets", "")),
                        binding("two", group("readers"), rule("get", "", "secrets", "")),
                        binding("three", user("erin"), rule("get", "", "pods", ""))))
                .containsExactly("ada");
        assertThat(names(
                        binding("one", group("makers"), rule("create", "", "secrets", "")),
                        binding("two", group("readers"), rule("get", "", "secrets", ""))))
                .containsExactly("makers", "readers");
        assertThat(names(
                        binding("one", user("ada"), rule("create", "", "secrets", "")),
                        binding("two", user("erin"), rule("get", "", "secrets", ""))))
                .isEmpty();
    }

    @Test
    void aRoleThatIsTooLargeToJudgeCouldGiveEverything() {
        BoundRights large = new BoundRights("b", "v", Optional.of("payments"), List.of(user("ada")), Optional.empty());

        assertThat(names(large)).containsExactly("ada");
    }

    @Test
    void tellsTheRightAndTheBinding() {
        Insider ada = Insiders.of(listed(binding("b", user("ada"), rule("create", "", "pods", ""))), ROBOT, NOW)
                .insiders()
                .get(0);

        assertThat(ada.by()).isEqualTo("create pods, by RoleBinding payments/b");
        assertThat(ada.account()).isEqualTo(ROBOT);
    }

    @Test
    void moreThanCanBeKeptIsNotComplete() {
        List<BoundRights> many = new ArrayList<>();
        for (int i = 0; i <= InsidersWhenAsked.MOST; i++) {
            many.add(binding("b" + i, user("user-" + i), rule("create", "", "pods", "")));
        }

        assertThat(Insiders.of(new Listed(many, true), ROBOT, NOW).complete()).isFalse();
        assertThat(Insiders.of(new Listed(many.subList(0, InsidersWhenAsked.MOST), true), ROBOT, NOW)
                        .complete())
                .isTrue();
        List<BoundRights> longNames = IntStream.range(0, InsidersWhenAsked.MOST)
                .mapToObj(i -> binding("b" + i, user("u".repeat(250) + i), rule("create", "", "pods", "")))
                .toList();
        InsidersWhenAsked cut = Insiders.of(new Listed(longNames, true), ROBOT, NOW);
        assertThat(cut.complete()).isFalse();
        assertThat(cut.insiders()).hasSizeBetween(20, 50);
        assertThat(Insiders.of(new Listed(List.of(), false), ROBOT, NOW).complete())
                .isFalse();
    }

    @Test
    void aGroupIsUnchangedWhileAllItsBindingsStandAsTheyWere() {
        BoundRights pods = binding("pods", group("owners"), rule("create", "", "pods", ""));
        BoundRights jobs = binding("jobs", group("owners"), rule("create", "batch", "jobs", ""));
        Insider owners = Insiders.of(listed(pods, jobs), ROBOT, NOW).insiders().get(0);

        assertThat(since(owners, listed(pods, jobs))).isEqualTo(Since.Untouched);
        assertThat(since(owners, listed(pods, jobs, binding("new", group("owners"), rule("list", "", "secrets", "")))))
                .isEqualTo(Since.Untouched);
        assertThat(since(owners, listed(pods))).isEqualTo(Since.Changed);
        assertThat(since(owners, listed())).isEqualTo(Since.Changed);
        // Taken away and given again: it has another version.
        BoundRights again = new BoundRights(jobs.name(), "later", jobs.namespace(), jobs.holders(), jobs.rules());
        assertThat(since(owners, listed(pods, again))).isEqualTo(Since.Changed);
    }

    /** What was not found may be among what was not listed. */
    @Test
    void whetherAGroupHasChangedIsNotKnownWhereNotAllIsListed() {
        BoundRights pods = binding("pods", group("owners"), rule("create", "", "pods", ""));
        Insider owners = Insiders.of(listed(pods), ROBOT, NOW).insiders().get(0);

        assertThat(since(owners, new Listed(List.of(), false))).isEqualTo(Since.NotKnown);
        assertThat(since(owners, new Listed(List.of(pods), false))).isEqualTo(Since.Untouched);
    }

    /** A tenant makes a role of thousands of rules, and as many bindings of it as they like. */
    @Test
    void aRoleIsJudgedOnceHoweverManyBindingsNameIt() {
        assertThat(rulesRead(1_000)).isEqualTo(rulesRead(1)).isPositive();
    }

    private static int rulesRead(int bindings) {
        AtomicInteger read = new AtomicInteger();
        List<Rule> rules = new AbstractList<>() {
            @Override
            public Rule get(int index) {
                read.incrementAndGet();
                return rule("get", "", "pods/exec", "web-" + index);
            }

            @Override
            public int size() {
                return 100;
            }
        };
        Insiders.of(
                new Listed(
                        IntStream.range(0, bindings)
                                .mapToObj(i -> new BoundRights(
                                        "b" + i,
                                        "v",
                                        Optional.of("payments"),
                                        List.of(user("ada")),
                                        Optional.of(rules)))
                                .toList(),
                        true),
                ROBOT,
                NOW);
        return read.get();
    }

    private static Since since(Insider group, Listed now) {
        return new Insiders(now, ROBOT).since(group);
    }

    private static List<String> names(BoundRights... bindings) {
        return Insiders.of(listed(bindings), ROBOT, NOW).insiders().stream()
                .map(Insider::name)
                .toList();
    }

    private static Listed listed(BoundRights... bindings) {
        return new Listed(List.of(bindings), true);
    }

    private static BoundRights binding(String name, Holder holder, Rule... rules) {
        return new BoundRights(
                "RoleBinding payments/" + name,
                "version-of-" + name,
                Optional.of("payments"),
                List.of(holder),
                Optional.of(List.of(rules)));
    }

    private static BoundRights everywhere(String name, Holder holder, Rule... rules) {
        return new BoundRights(
                "ClusterRoleBinding " + name,
                "version-of-" + name,
                Optional.empty(),
                List.of(holder),
                Optional.of(List.of(rules)));
    }

    private static Holder user(String name) {
        return new Holder(Kind.User, name);
    }

    private static Holder group(String name) {
        return new Holder(Kind.Group, name);
    }

    private static Rule rule(String verbs, String group, String resources, String names) {
        return new Rule(
                List.of(group),
                List.of(resources.split(" ")),
                List.of(verbs.split(" ")),
                names.isEmpty() ? List.of() : List.of(names.split(" ")),
                List.of());
    }
}
