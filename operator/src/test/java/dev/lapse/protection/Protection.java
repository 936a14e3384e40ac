package dev.lapse.protection;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that keeps something out, how to take it away, and which stories have to fail without it.
 *
 * @param about what it belongs to, for people
 * @param keepsOut what would happen without it
 * @param without all of it is taken away together: where two layers protect, neither alone turns a story red
 * @param seen the day on which all of them were last seen to fail; empty if that is still to be seen
 * @param red words of the failure, by story
 */
record Protection(
        String name, String about, String keepsOut, List<Removal> without, String seen, Map<Story, String> red) {
    Protection {
        without = List.copyOf(without);
        red = new TreeMap<>(red);
    }

    /**
     * One text in place of another.
     *
     * @param file from the project's folder on
     * @param replace occurs once in it; how it is broken into lines does not matter
     */
    record Removal(
            String file,
            String replace,
            @JsonProperty("with") String by) {
        /** How often there is something to replace. */
        long occurrences(String text) {
            return pattern().matcher(text).results().count();
        }

        String in(String text) {
            if (occurrences(text) != 1) {
                throw new IllegalStateException("not once in " + file + ": " + replace);
            }
            return pattern().matcher(text).replaceFirst(Matcher.quoteReplacement(by));
        }

        boolean isSource() {
            return file.endsWith(".java");
        }

        private Pattern pattern() {
            return Pattern.compile(String.join(
                    "\\s+",
                    Pattern.compile("\\s+")
                            .splitAsStream(replace.strip())
                            .map(Pattern::quote)
                            .toList()));
        }
    }

    /** A test, as {@code Class#method}: the names of test classes are unique. */
    record Story(String className, String method) implements Comparable<Story> {
        private static final Pattern WRITTEN = Pattern.compile("([A-Z]\\w*)#(\\w+)");

        static Story of(String written) {
            Matcher match = WRITTEN.matcher(written);
            if (!match.matches()) {
                throw new IllegalArgumentException("a story is written as Class#method: " + written);
            }
            return new Story(match.group(1), match.group(2));
        }

        @Override
        public int compareTo(Story other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return className + "#" + method;
        }
    }
}
