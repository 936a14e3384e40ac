package dev.lapse.api.v1alpha1;

import java.util.regex.Pattern;

/**
 * What somebody wrote, as somebody else may be shown it: whoever asks must not be able to add lines of their own to what an
 * approver reads, nor to move the cursor, nor to turn the direction of the letters, nor to seem to have written nothing.
 *
 * <p>The schemas refuse such text ({@link #SCHEMA}). {@link #oneLine} is for what was written before they did, and for what
 * no schema of ours sees: names of objects, answers of the API server.
 */
public final class PeoplesText {
    /**
     * Inside a character class of RE2 or Java: control characters (those of eight bits too: one of them begins what a terminal
     * obeys), whatever separates, whatever is not seen but changes how the rest is shown, whatever has no meaning that all
     * readers share, and letters that are blank: of Braille, Hangul, Khmer, Mongolian, music, Khitan; selectors of variants;
     * the grapheme joiner; the place of an object that is not there; and what Unicode keeps for more of the kind.
     */
    private static final String NOT_SHOWN_AS_IT_IS = "\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Z}"
            + "\\x{2800}\\x{115F}\\x{1160}\\x{3164}\\x{FFA0}\\x{17B4}\\x{17B5}\\x{180B}-\\x{180F}\\x{1D159}\\x{16FE4}"
            + "\\x{FE00}-\\x{FE0F}\\x{034F}\\x{FFFC}\\x{2065}\\x{FFF0}-\\x{FFF8}\\x{E0000}-\\x{E0FFF}";

    /** What a schema asks of a name, in RE2: visible characters, and spaces. */
    public static final String SCHEMA = "^([^" + NOT_SHOWN_AS_IT_IS + "]| )*$";

    /** The same of a reason or a comment, which may end with a new line, as a block of YAML does. */
    public static final String SCHEMA_OF_PROSE = "^([^" + NOT_SHOWN_AS_IT_IS + "]| )*\\n?$";

    /** The same of a name that stands in a path, as RBAC asks of a role's. */
    public static final String SCHEMA_OF_A_PATH_SEGMENT = "^([^/%" + NOT_SHOWN_AS_IT_IS + "]| )+$";

    private static final Pattern MANY = Pattern.compile("[" + NOT_SHOWN_AS_IT_IS + "]+");

    private PeoplesText() {}

    /** Whether it holds something that is not shown as it is. */
    public static boolean hides(String text) {
        return MANY.matcher(text).find();
    }

    /**
     * In one line; many spaces are one, because a line that is too long for a terminal goes on in the next. Of what is not
     * empty something is left: a schema may ask for that.
     */
    public static String oneLine(String text) {
        return MANY.matcher(text).replaceAll(" ");
    }
}
