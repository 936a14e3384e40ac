package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WideningTest {

    @ParameterizedTest(name = "{0} then, {1} {2} now: gained {3}")
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            none               | get    | pods    | none
            none               | get    | secrets | SecretsRead
            SecretsRead        | get    | secrets | none
            SecretsRead        | *      | secrets | Wildcard
            Wildcard           | get    | secrets | SecretsRead
            Exec               | get    | pods    | none
            ForgottenRisk      | create | pods    | PodsWrite
            ForgottenRisk      | get    | pods    | none
            """)
    void isWhatTheRoleCouldNotDoThen(String then, String verb, String resource, String gained) {
        Rule now = new Rule(List.of(""), List.of(resource), List.of(verb), List.of(), List.of());

        Set<RiskyPermission> found = Widening.gained(names(then), List.of(now));

        assertThat(found.stream().map(Enum::name).collect(Collectors.toSet())).isEqualTo(names(gained));
    }

    private static Set<String> names(String cell) {
        return cell == null ? Set.of() : new TreeSet<>(Arrays.asList(cell.split(", ")));
    }
}
