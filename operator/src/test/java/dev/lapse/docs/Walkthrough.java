package dev.lapse.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The front page, or a story of examples/, whose fenced blocks are run: files to make, calls of people with their answers, commands. */
final class Walkthrough {
    private static final Pattern PROMPT = Pattern.compile("^([a-z]*)\\$ (.+)$");
    private static final Pattern FILE_NAME = Pattern.compile("^# (\\S+\\.yaml)$");

    /** Something a reader does. */
    interface Step {}

    /** A {@code yaml} block: its first line is a comment with the name to save it under. */
    record Snippet(String fileName, List<String> lines) implements Step {}

    /** {@code NAME$ command} in a {@code console} block, done as that person. */
    record Call(int line, String person, String command, List<String> answer) implements Step {}

    /** A line of an {@code sh} block, or {@code $ command} in a {@code console} block, done by whoever reads. */
    record Command(int line, String command) implements Step {}

    private final Path file;
    private final List<String> lines;

    private Walkthrough(Path file) {
        this.file = file;
        this.lines = Docs.text(file).lines().toList();
    }

    /** Stories first: what the front page shows builds on them. */
    static List<Walkthrough> all() {
        try (Stream<Path> examples = Files.list(Docs.ROOT.resolve("examples"))) {
            return Stream.concat(
                            examples.sorted().map(folder -> folder.resolve("README.md")),
                            Stream.of(Docs.ROOT.resolve("README.md")))
                    .map(Walkthrough::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return file;
    }

    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at < lines.size()) {
            String fence = lines.get(at);
            if (fence.startsWith("```")) {
                int end = closing(at);
                steps.addAll(block(fence.substring(3), at + 1, lines.subList(at + 1, end)));
                at = end;
            }
            at++;
        }
        return steps;
    }

    /** Files of the project that the page leads to. */
    List<Path> links() {
        return Docs.links(file).stream()
                .filter(link -> !link.contains("://"))
                .map(link -> file.resolveSibling(link.replaceFirst("#.*", "")))
                .toList();
    }

    /** The page with this answer in the place of the one it shows. */
    List<String> with(Call call, List<String> answer) {
        List<String> changed = new ArrayList<>(lines);
        List<String> shown =
                changed.subList(call.line() + 1, call.line() + 1 + call.answer().size());
        shown.clear();
        shown.addAll(answer);
        return changed;
    }

    @Override
    public String toString() {
        return Docs.ROOT.relativize(file).toString();
    }

    private int closing(int opening) {
        for (int at = opening + 1; at < lines.size(); at++) {
            if (lines.get(at).equals("```")) {
                return at;
            }
        }
        throw new IllegalStateException(file + ":" + (opening + 1) + " opens a block that is never closed");
    }

    private List<Step> block(String language, int from, List<String> content) {
        return switch (language) {
            case "yaml" -> List.of(snippet(from, content));
            case "console" -> transcript(from, content);
            case "sh" -> commands(from, content);
            // Anything else is not for a machine: a diagram, a layout.
            case "", "text" -> List.of();
            default ->
                throw new IllegalStateException(file + ":" + from + ": a block of " + language + " is run by nothing");
        };
    }

    private Snippet snippet(int from, List<String> content) {
        Matcher name = FILE_NAME.matcher(content.get(0));
        if (!name.matches()) {
            throw new IllegalStateException(
                    file + ":" + from + ": the first line of a yaml block names its file, as \"# identity.yaml\"");
        }
        return new Snippet(name.group(1), content.subList(1, content.size()));
    }

    private static List<Step> transcript(int from, List<String> content) {
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at < content.size()) {
            Matcher prompt = PROMPT.matcher(content.get(at));
            int next = at + 1;
            while (next < content.size() && !PROMPT.matcher(content.get(next)).matches()) {
                next++;
            }
            if (prompt.matches()) {
                String person = prompt.group(1);
                String command = prompt.group(2);
                steps.add(
                        person.isEmpty()
                                ? new Command(from + at, command)
                                : new Call(from + at, person, command, List.copyOf(content.subList(at + 1, next))));
            }
            at = next;
        }
        return steps;
    }

    private static List<Step> commands(int from, List<String> content) {
        List<Step> steps = new ArrayList<>();
        for (int at = 0; at < content.size(); at++) {
            String command = content.get(at).replaceFirst("\\s+#.*$", "").strip();
            if (!command.isEmpty() && !command.startsWith("#")) {
                steps.add(new Command(from + at, command));
            }
        }
        return steps;
    }
}
