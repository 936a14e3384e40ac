package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SealTest {
    private final Seal seal = new Seal("a key of the operator's own".getBytes(StandardCharsets.UTF_8));

    @Test
    void verifiesWhatItSealed() {
        assertThat(seal.verifies(seal.over("grant", "uid"), "grant", "uid")).isTrue();
    }

    @Test
    void refusesOtherWords() {
        assertThat(seal.verifies(seal.over("grant", "uid"), "grant", "another uid"))
                .isFalse();
    }

    @Test
    void refusesPartsThatRunIntoEachOther() {
        assertThat(seal.verifies(seal.over("a", "bc"), "ab", "c")).isFalse();
    }

    @Test
    void refusesTheMarkOfAnotherKey() {
        Seal another = new Seal("somebody else's key".getBytes(StandardCharsets.UTF_8));

        assertThat(seal.verifies(another.over("grant", "uid"), "grant", "uid")).isFalse();
    }

    @Test
    void refusesWhatIsNoMark() {
        assertThat(seal.verifies("", "grant", "uid")).isFalse();
    }
}
