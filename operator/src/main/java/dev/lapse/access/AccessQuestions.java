package dev.lapse.access;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Chooses a sample of questions about a role that has too many permissions to ask about all. */
public final class AccessQuestions {
    private AccessQuestions() {}

    /**
     * At most {@code most} permissions, taken from the rules in turn: each rule is asked at least once as long as there
     * are no more rules than {@code most}. All of them if they fit. The same rules give the same questions.
     */
    public static List<Permission> sample(List<Rule> rules, int most) {
        Set<Permission> chosen = new LinkedHashSet<>();
        long[] next = new long[rules.size()];
        boolean found = true;
        while (found && chosen.size() < most) {
            found = false;
            for (int i = 0; i < next.length && chosen.size() < most; i++) {
                Rule rule = rules.get(i);
                long count = Combinations.count(rule);
                boolean added = false;
                while (!added && next[i] < count) {
                    added = chosen.add(Combinations.at(rule, next[i]++));
                }
                found |= added;
            }
        }
        return List.copyOf(chosen);
    }
}
