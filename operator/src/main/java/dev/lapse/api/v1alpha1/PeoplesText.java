package dev.lapse.api.v1alpha1;

import java.util.regex.Pattern;

/**
 * What somebody wrote, as somebody else may be shown it: whoever asks must not be able to add lines of their own to what an
 * approver reads, nor to move the cursor, nor to turn the direction of the letters.
 */
public final class PeoplesText {
    /**
     * Control characters (those of eight bits too: one of them begins what a terminal obeys), whatever separates, and
     * whatever is not seen but changes how the rest is shown. Java's {@code \p{Cntrl}} knows ASCII alone.
     */
    private static final Pattern NOT_SHOWN_AS_IT_IS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Z}]+");

    private PeoplesText() {}

    /**
     * In one line; many spaces are one, because a line that is too long for a terminal goes on in the next. Of what is not
     * empty something is left: a schema may ask for that.
     */
    public static String oneLine(String text) {
        return NOT_SHOWN_AS_IT_IS.matcher(text).replaceAll(" ");
    }
}
