package dev.lapse.demo;

import dev.lapse.docs.Answer;
import dev.lapse.docs.ReadersShell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;

/** Somebody of the story, in their own shell: what they do is told, what they type is shown, run and judged. */
final class Person {
    private static final String THERE = " -n payments-ci ";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final ReadersShell shell;
    private final Screen screen;

    Person(String name, ReadersShell shell, Screen screen) {
        this.name = name;
        this.shell = shell;
        this.screen = screen;
    }

    String name() {
        return name;
    }

    void does(String what) {
        screen.step(name, what);
    }

    Outcome runs(String command) {
        screen.command(command);
        return runsUnseen(command);
    }

    Outcome runsUnseen(String command) {
        try {
            return new Outcome(shell.run(name, command), screen);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    void awaits(String condition, String object) {
        runsUnseen("kubectl wait" + THERE + "--for='" + condition + "' " + object + " --timeout=60s")
                .succeeds();
    }

    void awaitsPhase(String phase, String grant) {
        awaits("jsonpath={.status.phase}=" + phase, "privilegegrant/" + grant);
    }

    /** A field of a grant, by its JSONPath. */
    String reads(String grant, String path) {
        return runsUnseen(get("privilegegrant", grant, path)).succeeds().text();
    }

    void expects(String grant, String path, String value) {
        String seen = reads(grant, path);
        if (!seen.equals(value)) {
            throw new Unexpected(path + " of " + grant + " to be " + value, seen);
        }
    }

    /** A field of any object, as soon as it is there. */
    String awaitsField(String what, String kind, String object, String path) {
        Instant until = Instant.now().plus(PATIENCE);
        while (true) {
            Answer answer = runsUnseen(get(kind, object, path)).answer();
            if (answer.succeeded() && !answer.text().isEmpty()) {
                return answer.text();
            }
            if (Instant.now().isAfter(until)) {
                throw new Unexpected(what, answer.text());
            }
            Pause.until(Instant.now().plusMillis(50));
        }
    }

    /** Again and again without a pause, because the question is whether it takes effect at once. */
    void retriesUntilRefused(String command, Duration atMost) {
        screen.command(command);
        screen.refused(retriesUnseenUntilRefused(command, atMost));
    }

    String retriesUnseenUntilRefused(String command, Duration atMost) {
        Instant until = Instant.now().plus(atMost);
        while (true) {
            Answer answer = runsUnseen(command).answer();
            if (!answer.succeeded()) {
                return answer.refusal().orElseThrow(() -> new Unexpected("a refusal (403 or 401)", answer.text()));
            }
            if (Instant.now().isAfter(until)) {
                throw new Unexpected("the call to be refused within " + atMost.toMillis() + " ms", answer.text());
            }
        }
    }

    private static String get(String kind, String object, String path) {
        return "kubectl get " + kind + " " + object + THERE + "-o 'jsonpath={" + path + "}'";
    }
}
