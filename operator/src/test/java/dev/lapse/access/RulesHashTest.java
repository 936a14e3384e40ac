package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesHashTest {

    @Test
    void partsDoNotRunIntoEachOther() {
        assertThat(List.of(
                        ContentHash.of("a", "bc"),
                        ContentHash.of("ab", "c"),
                        ContentHash.of("abc"),
                        ContentHash.of("abc", ""),
                        ContentHash.of("", "abc"),
                        ContentHash.of()))
                .doesNotHaveDuplicates()
                .allMatch(hash -> hash.matches("[0-9a-f]{32}"));
    }

    @Test
    void aHashIsTheSameInEveryVersion() {
        // Status stores hashes: one that came out differently would end every active grant.
        assertThat(ContentHash.of("a", "bc")).isEqualTo("b534ce16ac9c8b36823f39a395ce8e0e");
        assertThat(RulesHash.of(List.of(new Rule(List.of(""), List.of("pods"), List.of("get"), List.of(), List.of()))))
                .isEqualTo("8fe807064dc285f2aaa7c54eff1ce630");
    }

    @Test
    void aValueInAnotherListIsAnotherRule() {
        assertThat(List.of(
                        RulesHash.of(List.of(new Rule(List.of("a"), List.of(), List.of(), List.of(), List.of()))),
                        RulesHash.of(List.of(new Rule(List.of(), List.of("a"), List.of(), List.of(), List.of()))),
                        RulesHash.of(List.of(new Rule(List.of(), List.of(), List.of("a"), List.of(), List.of()))),
                        RulesHash.of(List.of(new Rule(List.of(), List.of(), List.of(), List.of("a"), List.of()))),
                        RulesHash.of(List.of(new Rule(List.of(), List.of(), List.of(), List.of(), List.of("a")))),
                        RulesHash.of(List.of(new Rule(List.of(), List.of(), List.of(), List.of(), List.of()))),
                        RulesHash.of(List.of())))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sameRulesInAnotherOrderHaveTheSameHashAndOthersAnother(long seed) {
        Random random = new Random(seed);
        GeneratedRules generated = new GeneratedRules(random);
        Map<String, Set<Rule>> seen = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            List<Rule> rules = generated.next(4);
            String hash = RulesHash.of(rules);

            assertThat(RulesHash.of(shuffled(rules, random))).isEqualTo(hash);
            assertThat(seen.computeIfAbsent(hash, any -> new HashSet<>(rules))).isEqualTo(new HashSet<>(rules));
        }
    }

    private static List<Rule> shuffled(List<Rule> rules, Random random) {
        List<Rule> shuffled = new ArrayList<>();
        for (Rule rule : rules) {
            shuffled.add(new Rule(
                    shuffledValues(rule.apiGroups(), random),
                    shuffledValues(rule.resources(), random),
                    shuffledValues(rule.verbs(), random),
                    shuffledValues(rule.resourceNames(), random),
                    shuffledValues(rule.nonResourceURLs(), random)));
        }
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    private static List<String> shuffledValues(List<String> values, Random random) {
        List<String> shuffled = new ArrayList<>(values);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }
}
