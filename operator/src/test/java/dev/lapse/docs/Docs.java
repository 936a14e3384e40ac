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

/** The Markdown pages of the project: where they are, what they link to, which commands they show. */
public final class Docs {
    public static final Path ROOT = root();

    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern FENCE =
            Pattern.compile("^```([a-z]*)\\R(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");

    private Docs() {}

    /** One command as a page shows it. */
    public record Command(Path page, String line) {
        @Override
        public String toString() {
            return ROOT.relativize(page) + ": " + line;
        }
    }

    /** All pages under docs/, and the operator's design. */
    public static List<Path> pages() {
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            files.filter(file -> file.toString().endsWith(".md")),
                            Stream.of(ROOT.resolve("operator/DESIGN.md")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Targets of links, as they are written. */
    static List<String> links(Path page) {
        // A pattern in a code span may look like a link.
        return all(LINK, CODE.matcher(withoutFences(text(page))).replaceAll("code"), 1);
    }

    /** What stands between single back-ticks. */
    static List<String> codes(Path page) {
        return all(CODE, withoutFences(text(page)), 1);
    }

    /** The lines of fenced {@code sh} blocks, with continued lines joined and comments left out. */
    public static List<Command> commands(Path page) {
        List<Command> commands = new ArrayList<>();
        Matcher fence = FENCE.matcher(text(page));
        while (fence.find()) {
            if (fence.group(1).equals("sh")) {
                fence.group(2)
                        .replaceAll("\\\\\\R\\s*", " ")
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .forEach(line -> commands.add(new Command(page, line)));
            }
        }
        return commands;
    }

    /** The fenced {@code yaml} blocks that are Kubernetes objects. */
    public static List<String> objects(Path page) {
        return FENCE.matcher(text(page))
                .results()
                .filter(fence -> fence.group(1).equals("yaml"))
                .map(fence -> fence.group(2))
                .filter(yaml -> yaml.startsWith("apiVersion:"))
                .toList();
    }

    private static String withoutFences(String text) {
        return FENCE.matcher(text).replaceAll("");
    }

    private static List<String> all(Pattern pattern, String text, int group) {
        return pattern.matcher(text).results().map(match -> match.group(group)).toList();
    }

    /** Maven says where it is; an IDE may run a test from the project or from the module. */
    private static Path root() {
        String told = System.getProperty("lapse.root");
        if (told != null) {
            return Path.of(told).toAbsolutePath().normalize();
        }
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("dev/cluster")) ? here : here.getParent();
    }
}
