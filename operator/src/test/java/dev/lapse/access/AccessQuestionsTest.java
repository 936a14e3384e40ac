package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessQuestionsTest {

    @Test
    void aRuleIsEveryCombinationOfItsValues() {
        Rule rule = new Rule(
                List.of("", "apps"), List.of("pods", "pods/log"), List.of("get", "list"), List.of("a"), List.of());

        List<Permission> permissions = Permission.of(List.of(rule));

        assertThat(permissions)
                .containsExactly(
                        new Permission("get", "", "pods", "", "a", ""),
                        new Permission("get", "", "pods", "log", "a", ""),
                        new Permission("get", "apps", "pods", "", "a", ""),
                        new Permission("get", "apps", "pods", "log", "a", ""),
                        new Permission("list", "", "pods", "", "a", ""),
                        new Permission("list", "", "pods", "log", "a", ""),
                        new Permission("list", "apps", "pods", "", "a", ""),
                        new Permission("list", "apps", "pods", "log", "a", ""));
    }

    @Test
    void aUrlIsAskedWithItsVerbAlone() {
        Rule rule = new Rule(List.of(), List.of(), List.of("get", "head"), List.of(), List.of("/metrics"));

        assertThat(Permission.of(List.of(rule)))
                .containsExactly(Permission.onUrl("get", "/metrics"), Permission.onUrl("head", "/metrics"));
    }

    @Test
    void aRuleAboutResourcesAndUrlsIsAskedAboutBoth() {
        Rule rule = new Rule(List.of(""), List.of("pods"), List.of("get", "head"), List.of(), List.of("/a", "/b"));

        assertThat(Permission.of(List.of(rule)))
                .containsExactly(
                        Permission.onResource("get", "", "pods", ""),
                        Permission.onResource("head", "", "pods", ""),
                        Permission.onUrl("get", "/a"),
                        Permission.onUrl("get", "/b"),
                        Permission.onUrl("head", "/a"),
                        Permission.onUrl("head", "/b"));
    }

    @Test
    void aRuleWithoutVerbsGroupsOrResourcesAllowsNothing() {
        assertThat(Permission.of(List.of(
                        new Rule(List.of(""), List.of("pods"), List.of(), List.of(), List.of()),
                        new Rule(List.of(), List.of("pods"), List.of("get"), List.of(), List.of()),
                        new Rule(List.of(""), List.of(), List.of("get"), List.of("a"), List.of()))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pods         | ''   | ''  | get pods
            pods/exec    | ''   | ''  | get pods/exec
            deployments  | apps | web | get deployments.apps "web"
            */scale      | apps | ''  | get *.apps/scale
            """)
    void isDescribedAsPeopleSayIt(String resource, String apiGroup, String name, String description) {
        assertThat(Permission.onResource("get", apiGroup, resource, name).describe())
                .isEqualTo(description);
    }

    @Test
    void rulesTakeTurns() {
        Rule wide = new Rule(List.of(""), List.of("pods"), List.of("create", "get", "list"), List.of(), List.of());
        Rule narrow = new Rule(List.of(""), List.of("secrets"), List.of("get"), List.of(), List.of());

        List<Permission> sample = AccessQuestions.sample(List.of(wide, narrow), 3);

        assertThat(sample)
                .containsExactly(
                        Permission.onResource("create", "", "pods", ""),
                        Permission.onResource("get", "", "secrets", ""),
                        Permission.onResource("get", "", "pods", ""));
    }

    @Test
    void aRoleThatWritesBillionsIsSampledAtOnce() {
        List<String> many = IntStream.range(0, 60_000).mapToObj(i -> "v" + i).toList();
        Rule billions = new Rule(many, many, many, many, List.of());

        assertThat(Combinations.count(List.of(billions, billions))).isEqualTo(Long.MAX_VALUE);
        assertThat(AccessQuestions.sample(List.of(billions, billions), 2_000)).hasSize(2_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aSampleIsOfThePermissionsAndAsksEachRule(long seed) {
        Random random = new Random(seed);
        GeneratedRules generated = new GeneratedRules(random);
        for (int i = 0; i < 3_000; i++) {
            List<Rule> rules = generated.next(6);
            int most = random.nextInt(30);

            List<Permission> all = Permission.of(rules);
            List<Permission> sample = AccessQuestions.sample(rules, most);

            assertThat(sample)
                    .doesNotHaveDuplicates()
                    .hasSize(Math.min(most, all.size()))
                    .isSubsetOf(all)
                    .isEqualTo(AccessQuestions.sample(new ArrayList<>(rules), most));
            if (most >= rules.size()) {
                assertThat(rules)
                        .allMatch(rule -> Permission.of(List.of(rule)).stream().anyMatch(sample::contains));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void permissionsAreWhatTheRulesCountToEachOnce(long seed) {
        GeneratedRules generated = new GeneratedRules(new Random(seed));
        for (int i = 0; i < 2_000; i++) {
            List<Rule> one = generated.next(1);

            assertThat(Permission.of(one)).doesNotHaveDuplicates().hasSize((int) Combinations.count(one));
        }
    }
}
