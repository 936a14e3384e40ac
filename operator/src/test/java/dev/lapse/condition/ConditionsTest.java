package dev.lapse.condition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {

    @ParameterizedTest(name = "[{0}] then, [{1}] wanted: [{2}]")
    @CsvSource(delimiter = '|', textBlock = """
            # type:status@second
            ''                           | Ready:True@9                            | Ready:True@9
            Ready:True@1                 | Ready:True@9                            | Ready:True@1
            Ready:True@1                 | Ready:False@9                           | Ready:False@9
            Ready:Unknown@1              | Ready:False@9                           | Ready:False@9
            Ready:True@1                 | ''                                      | ''
            Ready:True@1 Stalled:True@2  | Ready:True@9                            | Ready:True@1
            Ready:True@1                 | Active:True@9                           | Active:True@9
            Active:True@2 Ready:True@1   | Active:False@9 Ready:True@9             | Ready:True@1 Active:False@9
            ''                           | Zeal:True@9 Alarm:True@9 Stalled:True@9 | Stalled:True@9 Alarm:True@9 Zeal:True@9
            ''                           | Ready:True@8 Ready:False@9              | Ready:False@9
            """)
    void aConditionKeepsSinceWhenItStands(String previous, String wanted, String merged) {
        assertThat(Conditions.merge(conditions(previous), conditions(wanted))).isEqualTo(conditions(merged));
    }

    @Test
    void reasonMessageAndGenerationAreTheNewOnes() {
        Condition old = new Condition("Ready", ConditionStatus.True, "Old", "old", 1, Instant.EPOCH);
        Condition wanted = new Condition("Ready", ConditionStatus.True, "New", "new", 2, Instant.EPOCH.plusSeconds(9));

        assertThat(Conditions.merge(List.of(old), List.of(wanted)))
                .containsExactly(new Condition("Ready", ConditionStatus.True, "New", "new", 2, Instant.EPOCH));
    }

    @Test
    void mergingAgainChangesNothing() {
        List<Condition> previous = conditions("Stalled:False@1 Ready:True@2");
        List<Condition> wanted = conditions("Owned:True@9 Stalled:False@9 Ready:False@9");

        List<Condition> once = Conditions.merge(previous, wanted);

        assertThat(Conditions.merge(once, wanted)).isEqualTo(once);
    }

    private static List<Condition> conditions(String cell) {
        return cell.isEmpty()
                ? List.of()
                : Arrays.stream(cell.split(" "))
                        .map(text -> text.split("[:@]"))
                        .map(part -> new Condition(
                                part[0],
                                ConditionStatus.valueOf(part[1]),
                                "Reason",
                                "message",
                                1,
                                Instant.EPOCH.plusSeconds(Long.parseLong(part[2]))))
                        .toList();
    }

    @Test
    void aPassThatFailsMakesReadyUnknownAndLeavesTheRest() {
        Instant now = Instant.parse("2026-11-22T10:00:00Z");
        Condition ready =
                new Condition("Ready", ConditionStatus.True, "Ready", "all is well", 1L, now.minusSeconds(60));
        Condition owned = new Condition("Owned", ConditionStatus.True, "Owned", "olivia", 1L, now.minusSeconds(60));

        List<Condition> failed = Conditions.withFailure(List.of(ready, owned), "exceeded quota: few", 2, now);
        List<Condition> again = Conditions.withFailure(failed, "exceeded quota: few", 2, now.plusSeconds(30));

        assertThat(failed)
                .containsExactly(
                        new Condition(
                                "Ready",
                                ConditionStatus.Unknown,
                                "StepFailed",
                                "the operator could not look at it, and tries again: what else stands here may be old;"
                                        + " exceeded quota: few",
                                2L,
                                now),
                        owned);
        assertThat(again).as("nothing is written for the same failure").isEqualTo(failed);
    }
}
