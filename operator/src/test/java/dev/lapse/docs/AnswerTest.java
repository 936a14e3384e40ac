package dev.lapse.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How an answer is judged: what is a refusal, and what is the same as what a page shows. */
class AnswerTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Error from server (Forbidden): secrets "s" is forbidden: User "erin" cannot get it | 403: secrets "s" is forbidden: User "erin" cannot get it
            error: failed to create token: serviceaccounts "a" is forbidden: no | 403: serviceaccounts "a" is forbidden: no
            Error from server (Forbidden): error when creating "g.yaml": privilegegrants.lapse.dev "f" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: write "erin" | 403: write "erin"
            error: You must be logged in to the server (Unauthorized) | 401: the token is not accepted any more
            """)
    void aRefusalIsToldByItsCodeAndItsReason(String line, String refusal) {
        assertThat(new Answer(1, List.of(line)).refusal()).contains(refusal);
    }

    @Test
    void onlyTheFirstLineOfARefusalIsTold() {
        Answer answer =
                new Answer(1, List.of("Error from server (Forbidden): one", "Error from server (Forbidden): two"));

        assertThat(answer.refusal()).contains("403: one");
    }

    @Test
    void whatSucceedsIsNotRefusedWhateverItSays() {
        assertThat(new Answer(0, List.of("it is forbidden to be late")).refusal())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Unable to connect to the server", "''"})
    void aFailureIsNoRefusal(String line) {
        assertThat(new Answer(1, List.of(line)).refusal()).isEmpty();
        assertThat(new Answer(1, List.of()).refusal()).isEmpty();
    }

    @Test
    void timesAgesUidsAndHashesDoNotCount() {
        List<String> shown = List.of(
                "lapse-80d46343-c088-4d0a-99a0-090b4a6674c3-6a49d1a10e   Open   2026-11-27T23:02:44Z   3m12s",
                "Hash:  6a49d1a10ecc0cd552dc3aeaec9e9861",
                "Seal:          PJpJHdSJYWisKJDjgBxGKiA70OzHDq6vGGm6XTNhdsU",
                "access was gone 14 ms after it was due");
        List<String> came = List.of(
                "lapse-b5e0120d-0e08-4482-b5a0-b08326f3002b-0000000000 Open 2026-12-01T08:00:00.001Z 0s",
                "Hash:  00000000000000000000000000000000",
                "Seal: x",
                "access was gone 1400 ms after it was due",
                "Events:  <none>");

        assertThat(Answer.comparable(came)).isEqualTo(Answer.comparable(shown));
    }

    @Test
    void everythingElseCounts() {
        assertThat(Answer.comparable(List.of("release-42   Active   0/1")))
                .isNotEqualTo(Answer.comparable(List.of("release-42   Active   1/1")));
    }
}
