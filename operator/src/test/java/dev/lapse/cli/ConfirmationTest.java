package dev.lapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmationTest {
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"y\n", "Yes\n", " y "})
    void yesGoesOn(String typed) {
        assertThatCode(() -> confirmation(true, typed).orNothing("Approve this?"))
                .doesNotThrowAnyException();

        assertThat(err.toString()).isEqualTo("Approve this? [y/N] ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "n\n", "yesterday\n", "approve\ny\n"})
    void everythingElseIsANo(String typed) {
        assertThatThrownBy(() -> confirmation(true, typed).orNothing("Approve this?"))
                .isInstanceOf(Failure.class)
                .hasMessage("nothing was written");
    }

    @Test
    void nobodyIsAskedWhereNobodyCanAnswer() {
        assertThatCode(() -> confirmation(false, "n\n").orNothing("Approve this?"))
                .doesNotThrowAnyException();

        assertThat(err.toString()).isEmpty();
    }

    @Test
    void theScriptKnowsBetterThanJava() {
        assertThat(Confirmation.isTerminal("true", null)).isTrue();
        assertThat(Confirmation.isTerminal("false", System.console())).isFalse();
        assertThat(Confirmation.isTerminal(null, null)).isFalse();
    }

    private Confirmation confirmation(boolean terminal, String typed) {
        return new Confirmation(
                terminal, new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)), new PrintWriter(err, true));
    }
}
