package dev.lapse.cli;

/** What a script learns from the end of a command. */
enum ExitCode {
    /** Done. */
    DONE(0),
    /** The API server refused it, or something went wrong; the message says what. */
    FAILED(1),
    /** The command line is not understood. */
    USAGE(2),
    /** What was waited for did not come in time; nothing was taken back. */
    TIMED_OUT(3),
    /** The grant was denied, or ended before it was of use. */
    DENIED(4),
    /** The verdict was written, and does not count. */
    DOES_NOT_COUNT(5),
    /** Somebody could get round the guard. */
    COULD_BYPASS(6);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
