package dev.lapse.api.v1alpha1;

/**
 * Keeps what the operator reports within what the schema takes: a status that the API server refuses would leave a grant
 * without an end on record.
 */
public final class StatusText {
    /** The longest message. */
    public static final int MESSAGE = 2_048;

    /** The longest of everything else that has no bound of its own. */
    public static final int WORD = 253;

    private static final String CUT = "…";

    private StatusText() {}

    /**
     * {@code text} in at most {@code most} characters, never with half of one at the end: what cannot be written as UTF-8
     * would read back as something else. The API server counts no more characters than Java does.
     */
    public static String fit(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = most - CUT.length();
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + CUT;
    }
}
