package dev.lapse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapse.demo.Screen.Colours;
import dev.lapse.docs.Answer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the demo lets pass, what it shows, and what it says when something is not as it should be. */
class OutcomeTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private final Screen screen = new Screen(stream, stream, Colours.NONE);

    @Test
    void whatCameIsShownLineByLine() {
        outcome(0, "NAME      DATA", "release   1").succeeds("release +1").shown();

        assertThat(shown()).containsExactly("             NAME      DATA", "             release   1");
    }

    @Test
    void aRefusalIsShownByItsReason() {
        outcome(1, "Error from server (Forbidden): User \"erin\" cannot list it")
                .isRefused("cannot list");

        assertThat(shown()).containsExactly("             refused, 403: User \"erin\" cannot list it");
    }

    @Test
    void aNoIsNoFailure() {
        outcome(1, "no").isNo();

        assertThat(shown()).containsExactly("             no");
    }

    @Test
    void anotherAnswerEndsTheDemo() {
        assertThatThrownBy(() -> outcome(0, "release   2").succeeds("release +1"))
                .isInstanceOf(Unexpected.class)
                .hasMessage("  expected: an answer like: release +1\n  seen:     release   2");
    }

    @Test
    void aFailureEndsTheDemo() {
        assertThatThrownBy(() -> outcome(1, "it broke").succeeds())
                .isInstanceOf(Unexpected.class)
                .hasMessage("  expected: a call that succeeds\n  seen:     it broke");
    }

    @Test
    void aCallThatShouldHaveBeenRefusedEndsTheDemo() {
        assertThatThrownBy(() -> outcome(0, "deleted").isRefused("cannot delete"))
                .isInstanceOf(Unexpected.class)
                .hasMessage("  expected: a call that is refused\n  seen:     deleted");
    }

    @Test
    void aRefusalForAnotherReasonEndsTheDemo() {
        assertThatThrownBy(
                        () -> outcome(1, "Error from server (Forbidden): quota").isRefused("cannot delete"))
                .isInstanceOf(Unexpected.class)
                .hasMessageContaining("expected: a refusal (403): cannot delete");
    }

    @Test
    void aYesEndsTheDemo() {
        assertThatThrownBy(() -> outcome(0, "yes").isNo()).isInstanceOf(Unexpected.class);
    }

    @Test
    void whatFailsBecauseTheDemoWasToldToEndIsNotShown() {
        screen.close();

        screen.failed(new Unexpected("a call that succeeds", "killed"));

        assertThat(shown()).isEmpty();
    }

    private Outcome outcome(int exit, String... lines) {
        return new Outcome(new Answer(exit, List.of(lines)), screen);
    }

    private List<String> shown() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
