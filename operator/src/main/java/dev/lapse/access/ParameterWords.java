package dev.lapse.access;

import java.util.List;
import java.util.regex.Pattern;

/** The names in a parameter of ConfigMap lapse-guard, as the policies read them: {@code findAll('\S+')} of RE2. */
public final class ParameterWords {
    /** What RE2 takes for white space; Java's {@code \s} takes one character more, and {@code strip} many more. */
    private static final Pattern WHITE_SPACE = Pattern.compile("[\\t\\n\\f\\r ]+");

    private ParameterWords() {}

    public static List<String> of(String text) {
        return WHITE_SPACE.splitAsStream(text).filter(word -> !word.isEmpty()).toList();
    }
}
