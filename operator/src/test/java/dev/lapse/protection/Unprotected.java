package dev.lapse.protection;

import dev.lapse.protection.Protection.Story;
import dev.lapse.protection.StoryRun.Outcome;
import dev.lapse.protection.StoryRun.Verdict;
import dev.lapse.protection.UnprotectedTree.DoesNotCompile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes protections away, one at a time, and sees whether a story notices. */
@Command(
        name = "dev/unprotected",
        mixinStandardHelpOptions = true,
        description = {
            "Takes a protection away, one at a time, in a copy of the project, and runs on the real server the stories that"
                    + " must notice. Without arguments it lists the protections of dev/protections.yaml.",
            "",
            "It changes nothing here; a run takes about half a minute for each."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all that was asked for is red, as it must be",
            "1:a story stayed green: nothing tests that protection",
            "2:it was called wrongly",
            "3:something could not be told: no operator was made, no cluster came up, a story failed for another reason"
        })
final class Unprotected implements Callable<Integer> {
    private static final int SOMETHING_IS_GREEN = 1;
    private static final int UNKNOWN_NAME = 2;
    private static final int NOT_TOLD = 3;
    private static final int WORDS_SHOWN = 300;

    @Option(names = "--root", hidden = true, required = true)
    private Path root = Path.of("");

    @Option(names = "--work", hidden = true, required = true)
    private Path work = Path.of("");

    @Option(names = "--all", description = "All of them.")
    private boolean all;

    @Option(names = "--keep", description = "Leave the copies and logs behind, and tell where.")
    private boolean keep;

    @Parameters(paramLabel = "NAME", description = "Of a protection.")
    private List<String> names = List.of();

    public static void main(String[] args) {
        System.exit(new CommandLine(new Unprotected()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        List<Protection> known = Protections.of(root).protections();
        List<String> unknown = names.stream()
                .filter(name -> known.stream().noneMatch(each -> each.name().equals(name)))
                .toList();
        if (!unknown.isEmpty()) {
            System.err.println("error: there is no protection " + String.join(", ", unknown)
                    + ": dev/unprotected without arguments lists them");
            return UNKNOWN_NAME;
        }
        if (!all && names.isEmpty()) {
            list(known);
            return 0;
        }
        int worst = 0;
        for (Protection protection : known) {
            if (all || names.contains(protection.name())) {
                worst = Math.max(worst, without(protection));
            }
        }
        return worst;
    }

    private static void list(List<Protection> known) {
        int width = known.stream().mapToInt(each -> each.name().length()).max().orElse(1);
        known.forEach(each -> {
            System.out.printf("%-" + width + "s  keeps out: %s%n", each.name(), each.keepsOut());
            each.red().keySet().forEach(story -> System.out.printf("%" + width + "s  %s%n", "", story));
        });
    }

    private int without(Protection protection) throws IOException {
        Instant begin = Instant.now();
        Path folder = Files.createDirectories(work.resolve(protection.name()));
        Path log = work.resolve(protection.name() + ".log");
        UnprotectedTree tree;
        try {
            tree = UnprotectedTree.of(root, folder, protection);
        } catch (DoesNotCompile broken) {
            tell(protection, "does not compile without it", begin);
            System.out.println(broken.getMessage().strip().indent(4).stripTrailing());
            return NOT_TOLD;
        }
        Map<Story, Outcome> outcomes = StoryRun.of(tree.folder(), protection.red(), log);
        List<Verdict> verdicts =
                outcomes.values().stream().map(Outcome::verdict).distinct().toList();
        tell(protection, words(verdicts), begin);
        outcomes.forEach((story, outcome) -> System.out.printf(
                "    %s%s: %s%n",
                story, verdicts.size() > 1 ? " (" + words(List.of(outcome.verdict())) + ")" : "", shown(outcome)));
        if (keep || code(verdicts) == NOT_TOLD) {
            System.out.println("    " + folder + " and " + log);
        } else {
            tree.delete();
            Files.delete(log);
        }
        return code(verdicts);
    }

    private static void tell(Protection protection, String what, Instant begin) {
        System.out.printf(
                "%s: %s (%d s)%n",
                protection.name(), what, Duration.between(begin, Instant.now()).toSeconds());
    }

    private static String words(List<Verdict> verdicts) {
        List<String> words = new ArrayList<>();
        if (verdicts.contains(Verdict.NOT_BEGUN)) {
            words.add("a story did not begin");
        }
        if (verdicts.contains(Verdict.RED_FOR_ANOTHER_REASON)) {
            words.add("RED FOR ANOTHER REASON");
        }
        if (verdicts.contains(Verdict.STILL_GREEN)) {
            words.add("STILL GREEN: nothing tests this");
        }
        return words.isEmpty() ? "red, as it must be" : String.join("; ", words);
    }

    private static int code(List<Verdict> verdicts) {
        if (verdicts.contains(Verdict.NOT_BEGUN) || verdicts.contains(Verdict.RED_FOR_ANOTHER_REASON)) {
            return NOT_TOLD;
        }
        return verdicts.contains(Verdict.STILL_GREEN) ? SOMETHING_IS_GREEN : 0;
    }

    /** The message, in one line. */
    private static String shown(Outcome outcome) {
        String line = outcome.said()
                .replaceFirst("(?s)\n\tat .*", "")
                .replaceAll("\\s+", " ")
                .strip();
        return line.length() <= WORDS_SHOWN ? line : line.substring(0, WORDS_SHOWN) + "…";
    }
}
