package dev.lapse.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Tells kubectl how a word may go on: it asks the program {@code kubectl_complete-lapse}, in the manner of the Go library
 * cobra. Words are answered, names of objects are not looked up.
 */
@Command(name = "__complete", hidden = true)
@SuppressWarnings("NullAway.Init") // picocli sets it
final class WordsCommand implements Runnable {
    /** Of cobra's directives: no file names. */
    private static final String NO_FILES = ":4";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @CommandLine.Unmatched
    private List<String> options = new ArrayList<>();

    @Parameters(arity = "0..*")
    private List<String> words = List.of();

    @Override
    public void run() {
        List<String> typed = spec.commandLine().getParseResult().originalArgs();
        candidates(typed.subList(1, typed.size())).forEach(spec.commandLine().getOut()::println);
        spec.commandLine().getOut().println(NO_FILES);
    }

    /** @param typed the last one is unfinished, and may be empty */
    static List<String> candidates(List<String> typed) {
        if (typed.isEmpty()) {
            return List.of();
        }
        String begun = typed.get(typed.size() - 1);
        List<CharSequence> endings = new ArrayList<>();
        AutoComplete.complete(
                Main.commandLine().getCommandSpec(),
                typed.toArray(String[]::new),
                typed.size() - 1,
                begun.length(),
                0,
                endings);
        return endings.stream()
                .map(ending -> begun + ending)
                .filter(word -> !word.startsWith("__"))
                .sorted()
                .toList();
    }
}
