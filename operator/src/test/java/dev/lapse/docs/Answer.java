package dev.lapse.docs;

import java.util.List;
import java.util.Optional;

/** What came of a command: how it ended, and what it printed on either stream. */
public record Answer(int exit, List<String> lines) {
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z";
    private static final String UID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    /** What kubectl and the API server write before the reason of a refusal. */
    private static final String BEFORE_THE_REASON =
            "^(Error from server \\(Forbidden\\): )?(error: failed to create token: )?(.*denied request: )?";

    public boolean succeeded() {
        return exit == 0;
    }

    public String text() {
        return String.join("\n", lines);
    }

    /** The API server's code and why it refused; nothing if it did not refuse. */
    public Optional<String> refusal() {
        if (succeeded()) {
            return Optional.empty();
        }
        if (text().contains("orbidden")) {
            return Optional.of("403: " + lines.get(0).replaceFirst(BEFORE_THE_REASON, ""));
        }
        return text().contains("must be logged in")
                ? Optional.of("401: the token is not accepted any more")
                : Optional.empty();
    }

    /** Without what differs from one run to the next; which events have arrived already, describe tells by chance. */
    static List<String> comparable(List<String> lines) {
        return lines.stream()
                .takeWhile(line -> !line.startsWith("Events:"))
                .map(line -> line.replaceAll(TIME, "TIME")
                        .replaceAll(UID, "UID")
                        .replaceAll("UID-[0-9a-f]{10}", "UID")
                        .replaceAll("\\b[0-9a-f]{16,64}\\b", "HASH")
                        .replaceAll("(Seal:) +\\S+", "$1 HASH")
                        .replaceAll("\\b(\\d+[dhms])+\\b", "AGE")
                        .replaceAll("\\b\\d+ ms\\b", "MILLIS")
                        .replaceAll(" +", " ")
                        .strip())
                .toList();
    }
}
