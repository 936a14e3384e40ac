package dev.lapse.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Prints the story: who does what and when, what they type, what comes of it. */
final class Screen {
    private static final String INDENT = " ".repeat(13);
    /** What a shell reports of a program whose output nobody reads any more. */
    private static final int BROKEN_PIPE = 141;

    private final PrintStream out;
    private final PrintStream err;
    private final Colours colours;
    private final Instant begun = Instant.now();
    private volatile boolean closed;

    Screen(PrintStream out, PrintStream err, Colours colours) {
        this.out = out;
        this.err = err;
        this.colours = colours;
    }

    /** The codes that a terminal understands, or nothing. */
    record Colours(String bold, String dim, String red, String green, String plain) {
        static final Colours NONE = new Colours("", "", "", "", "");
        static final Colours OF_A_TERMINAL = new Colours("\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[0m");
    }

    void title(String bold, String rest) {
        line("");
        line(colours.bold + bold + colours.plain + rest);
    }

    void line(String text) {
        if (closed) {
            return;
        }
        out.println(text);
        if (out.checkError()) {
            System.exit(BROKEN_PIPE);
        }
    }

    /** At so many seconds since the beginning. */
    void step(String person, String what) {
        long tenths = Duration.between(begun, Instant.now()).toMillis() / 100;
        String seconds = tenths / 10 + "." + tenths % 10;
        line(format("%7s s  %s%-9s%s %s", seconds, colours.bold, person, colours.plain, what));
    }

    void command(String command) {
        line(INDENT + colours.dim + "$ " + command + colours.plain);
    }

    void say(String what) {
        line(INDENT + colours.green + what + colours.plain);
    }

    void refused(String why) {
        line(INDENT + colours.red + "refused, " + why + colours.plain);
    }

    void atTheEnd(long millis, String what) {
        line(format("           %s%+7d ms  %s%s", colours.green, millis, what, colours.plain));
    }

    void lag(String grant, String end, String measured) {
        line(format("  %-11s %-26s %s", grant, end, measured));
    }

    void failed(Unexpected unexpected) {
        if (!closed) {
            err.println("\n" + colours.red + "This does not hold." + colours.plain + "\n" + unexpected.getMessage());
        }
    }

    /** Whatever fails from now on fails because the demo was told to end. */
    void close() {
        closed = true;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
