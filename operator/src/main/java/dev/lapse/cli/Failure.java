package dev.lapse.cli;

/** Ends a command with a message for whoever typed it. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int FORBIDDEN = 403;
    private static final int NO_ANSWER = 0;

    private final ExitCode exit;
    private final int answer;

    private Failure(ExitCode exit, String message, int answer) {
        super(message);
        this.exit = exit;
        this.answer = answer;
    }

    static Failure because(String message) {
        return new Failure(ExitCode.FAILED, message, NO_ANSWER);
    }

    static Failure with(ExitCode exit, String message) {
        return new Failure(exit, message, NO_ANSWER);
    }

    /** @param code the HTTP status of the API server's answer */
    static Failure answered(int code, String message) {
        return new Failure(ExitCode.FAILED, message, code);
    }

    ExitCode exit() {
        return exit;
    }

    /** Whether the caller lacks a right, which leaves something unknown rather than wrong. */
    boolean isForbidden() {
        return answer == FORBIDDEN;
    }

    String text() {
        String message = getMessage();
        return message == null ? "it failed" : message;
    }
}
