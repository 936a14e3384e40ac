package dev.lapse.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.Charset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Asks whoever sits at a terminal whether to go on. In a script there is nobody to ask. */
final class Confirmation {
    /** Whether the standard input is a terminal: only the script that starts the program can tell. */
    private static final String TOLD = "lapse.terminal";

    private final boolean terminal;
    private final InputStream in;
    private final PrintWriter err;

    Confirmation(boolean terminal, InputStream in, PrintWriter err) {
        this.terminal = terminal;
        this.in = in;
        this.err = err;
    }

    static Confirmation ofThisProcess(PrintWriter err) {
        return new Confirmation(isTerminal(System.getProperty(TOLD), System.console()), System.in, err);
    }

    /**
     * Java itself knows only whether input and output both are one, and from 22 to 24 it has a console without any.
     *
     * @param told by the script; nothing if the program was started without it
     */
    static boolean isTerminal(@Nullable String told, @Nullable Console console) {
        if (told != null) {
            return Boolean.parseBoolean(told);
        }
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** @param question to be answered with yes or no; anything but yes is a no */
    void orNothing(String question) {
        if (!terminal) {
            return;
        }
        err.print(question + " [y/N] ");
        err.flush();
        String answer = answer();
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            throw Failure.because("nothing was written");
        }
    }

    private @Nullable String answer() {
        try {
            return new BufferedReader(new InputStreamReader(in, Charset.defaultCharset())).readLine();
        } catch (IOException broken) {
            throw Failure.because("cannot read the answer: " + broken.getMessage());
        }
    }
}
