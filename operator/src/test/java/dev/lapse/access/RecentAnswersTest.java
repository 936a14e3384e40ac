package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecentAnswersTest {
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final UserInfo ROBOT = UserInfo.of("system:serviceaccount:payments:robot", List.of());

    private Instant now = NOW;
    private Verdict verdict = Verdict.Denied;
    private int asked;
    private final RecentAnswers answers = new RecentAnswers(
            (who, what, namespace) -> {
                asked++;
                return new Answer(verdict, "");
            },
            () -> now);
    private Permission permission;

    @BeforeEach
    void permission() {
        permission = AccessQuestions.sample(
                        List.of(new Rule(List.of(""), List.of("pods"), List.of("get"), List.of(), List.of())), 1)
                .get(0);
    }

    private Verdict ask(Instant since) {
        return answers.since(since)
                .ask(ROBOT, permission, Optional.of("payments"))
                .verdict();
    }

    @Test
    void theSameQuestionIsAskedOnceAMoment() {
        ask(NOW);
        now = NOW.plus(RecentAnswers.MOMENT).minusNanos(1);
        ask(NOW);
        assertThat(asked).isEqualTo(1);

        now = NOW.plus(RecentAnswers.MOMENT);
        ask(NOW);

        assertThat(asked).isEqualTo(2);
    }

    @Test
    void anAnswerFromBeforeTheEndProvesNothing() {
        verdict = Verdict.Allowed;
        ask(NOW);
        verdict = Verdict.Denied;
        now = NOW.plusMillis(2);

        assertThat(ask(NOW.plusMillis(1))).isEqualTo(Verdict.Denied);
    }

    @Test
    void aQuestionWithoutAnAnswerIsAskedAgain() {
        verdict = Verdict.Unknown;
        ask(NOW);
        verdict = Verdict.Denied;

        assertThat(ask(NOW)).isEqualTo(Verdict.Denied);
    }

    @Test
    void anotherPlaceIsAnotherQuestion() {
        ask(NOW);
        answers.since(NOW).ask(ROBOT, permission, Optional.empty());

        assertThat(asked).isEqualTo(2);
    }
}
