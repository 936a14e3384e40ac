package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.access.SeparationOfDuties.Duty;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which duties a role gives, and which of them nobody holds together. */
class SeparationOfDutiesTest {
    private static final SeparationOfDuties RULES = new SeparationOfDuties(
            List.of(
                    new Duty(
                            "prepare",
                            List.of(
                                    rule("", "configmaps", "create,update", ""),
                                    rule("batch", "jobs", "create", "nightly"))),
                    new Duty("release", List.of(rule("apps", "deployments/scale", "update", ""))),
                    new Duty("look", List.of(rule("", "pods", "get", "")))),
            List.of(new Conflict("prepare", "release", "who prepares does not release")));

    private static Rule rule(String group, String resource, String verbs, String names) {
        return new Rule(
                List.of(group),
                List.of(resource),
                List.of(verbs.split(",")),
                names.isEmpty() ? List.of() : List.of(names.split(",")),
                List.of());
    }

    @ParameterizedTest(name = "{2} on {1} of group {0}, names {3}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    ''    | configmaps        | create   | ''      | prepare
                    ''    | configmaps        | get      | ''      | -
                    apps  | configmaps        | create   | ''      | -
                    ''    | secrets           | create   | ''      | -
                    ''    | configmaps        | create   | one     | prepare
                    ''    | *                 | update   | ''      | prepare
                    *     | configmaps        | *        | ''      | prepare
                    batch | jobs              | create   | ''      | prepare
                    batch | jobs              | create   | nightly | prepare
                    batch | jobs              | create   | other   | -
                    batch | jobs/status       | create   | ''      | -
                    apps  | deployments       | update   | ''      | -
                    apps  | deployments/scale | update   | ''      | release
                    apps  | */scale           | update   | ''      | release
                    apps  | deployments/*     | update   | ''      | release
                    ''    | pods              | get      | ''      | -
                    """)
    void aDutyIsHeldByWhoeverHasAnyOfIt(String group, String resource, String verb, String names, String duty) {
        Set<String> held = RULES.in(List.of(rule(group, resource, verb, names)));

        assertThat(held).isEqualTo(duty == null ? Set.of() : Set.of(duty));
    }

    @Test
    void allOfAWildcardIsBoth() {
        Set<String> held = RULES.in(List.of(rule("*", "*", "*", "")));

        assertThat(held).containsExactly("prepare", "release");
        assertThat(RULES.between(held, held)).isNotEmpty();
    }

    @Test
    void aConflictHoldsBothWaysAndForNobodyElse() {
        assertThat(RULES.between(Set.of("prepare"), Set.of("release"))).isNotEmpty();
        assertThat(RULES.between(Set.of("release"), Set.of("look", "prepare"))).isNotEmpty();
        assertThat(RULES.between(Set.of("prepare"), Set.of("prepare", "look"))).isEmpty();
        assertThat(RULES.between(Set.of("prepare"), Set.of())).isEmpty();
    }

    @Test
    void onlyWhatConflictsIsAskedAbout() {
        assertThat(RULES.against(Set.of("prepare"))).extracting(Duty::name).containsExactly("release");
        assertThat(RULES.against(Set.of("look"))).isEmpty();
        assertThat(RULES.duties().get(0).permissions())
                .extracting(Permission::describe)
                .containsExactly("create configmaps", "update configmaps", "create jobs.batch \"nightly\"");
    }
}
