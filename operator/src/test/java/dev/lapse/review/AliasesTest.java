package dev.lapse.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is one person, under however many names and through however many accounts. */
class AliasesTest {
    private static final Map<String, String> OWNERS = Map.of(
            "bot-1",
            "olivia-adm",
            "bot-2",
            "olivia",
            "bot-3",
            "rashid",
            "bot-4",
            "team olivia",
            "bot-5",
            "team olivia");

    private final Aliases aliases =
            new Aliases(List.of(List.of("olivia", "olivia-adm"))).behind(name -> Optional.ofNullable(OWNERS.get(name)));

    @ParameterizedTest
    @CsvSource(textBlock = """
            olivia, olivia,     true
            olivia, olivia-adm, true
            olivia, rashid,     false
            olivia, bot-1,      true
            bot-1,  bot-2,      true
            bot-1,  bot-3,      false
            rashid, bot-3,      true
            bot-4,  bot-5,      true
            bot-4,  olivia,     false
            """)
    void isOnePerson(String one, String other, boolean same) {
        assertThat(aliases.same(one, other)).isEqualTo(same);
        assertThat(aliases.same(other, one)).isEqualTo(same);
    }
}
