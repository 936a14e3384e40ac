package dev.lapse.demo;

/** Something of the story is not as it should be: the demo ends here. */
final class Unexpected extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unexpected(String expected, String seen) {
        super("  expected: " + expected + "\n  seen:     " + seen);
    }
}
