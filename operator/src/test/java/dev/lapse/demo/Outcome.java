package dev.lapse.demo;

import dev.lapse.docs.Answer;
import java.util.regex.Pattern;

/** What came of something that a person typed, to be judged and shown. */
record Outcome(Answer answer, Screen screen) {
    String text() {
        return answer.text();
    }

    Outcome succeeds() {
        return hold(answer.succeeded(), "a call that succeeds");
    }

    Outcome succeeds(String pattern) {
        succeeds();
        return hold(Pattern.compile(pattern).matcher(text()).find(), "an answer like: " + pattern);
    }

    /** With 403, and with this in the reason. */
    void isRefused(String reason) {
        hold(!answer.succeeded(), "a call that is refused");
        String refusal = answer.refusal().orElse("");
        hold(refusal.startsWith("403") && text().contains(reason), "a refusal (403): " + reason);
        screen.refused(refusal);
    }

    /** By kubectl auth can-i, which then fails. */
    void isNo() {
        hold(text().startsWith("no"), "the answer: no");
        screen.say("no");
    }

    void shown() {
        answer.lines().forEach(screen::say);
    }

    private Outcome hold(boolean asExpected, String expected) {
        if (!asExpected) {
            throw new Unexpected(expected, text());
        }
        return this;
    }
}
