package dev.lapse.protection;

import dev.lapse.protection.Protection.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Runs stories on the real server in one tree, and tells how each came out. */
final class StoryRun {
    /** Shorter than in the test run: here a story is expected to wait for what does not come. */
    private static final String PATIENCE = "PT30S";

    /** For JVMs that mostly start and wait. */
    private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private StoryRun() {}

    enum Verdict {
        /** The story failed, and says what it must. */
        RED,
        STILL_GREEN,
        /** It failed, and says something else. */
        RED_FOR_ANOTHER_REASON,
        /** It did not come to its first line: no cluster, no operator, no such story. */
        NOT_BEGUN
    }

    /** @param said the failure, or why there is none */
    record Outcome(Verdict verdict, String said) {}

    /** @param stories with the words that each must fail with */
    static Map<Story, Outcome> of(Path tree, Map<Story, String> stories, Path log) throws IOException {
        maven(tree, stories.keySet(), log);
        List<Element> cases = cases(tree.resolve("operator/target/failsafe-reports"));
        Map<Story, Outcome> outcomes = new TreeMap<>();
        stories.forEach((story, words) -> outcomes.put(story, outcome(cases, story, words)));
        return outcomes;
    }

    private static void maven(Path tree, Collection<Story> stories, Path log) throws IOException {
        String tests = stories.stream()
                .collect(Collectors.groupingBy(
                        Story::className, TreeMap::new, Collectors.mapping(Story::method, Collectors.joining("+"))))
                .entrySet()
                .stream()
                .map(each -> each.getKey() + "#" + each.getValue())
                .collect(Collectors.joining(","));
        ProcessBuilder builder = new ProcessBuilder(
                        "mvn",
                        "-B",
                        "-pl",
                        "operator",
                        // As in the test run, but one after the other.
                        "failsafe:integration-test@alone",
                        "failsafe:integration-test@with-clusters-of-their-own",
                        "failsafe:integration-test@in-one-cluster",
                        "-Dit.test=" + tests,
                        "-Dfailsafe.failIfNoSpecifiedTests=false",
                        "-Dlapse.it.forks=1",
                        "-Dlapse.class.archive=none",
                        "-Dlapse.story.patience=" + PATIENCE)
                .directory(tree.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().merge("MAVEN_OPTS", SHORT_LIVED, (set, ours) -> set + " " + ours);
        Process maven = builder.start();
        maven.getOutputStream().close();
        try {
            maven.waitFor();
        } catch (InterruptedException e) {
            maven.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while stories ran", e);
        }
    }

    private static List<Element> cases(Path reports) throws IOException {
        if (!Files.isDirectory(reports)) {
            return List.of();
        }
        List<Element> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(reports)) {
            var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            for (Path report : files.filter(
                            file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .toList()) {
                elements(builder.parse(report.toFile()).getElementsByTagName("testcase"))
                        .forEach(cases::add);
            }
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(e);
        }
        return cases;
    }

    /** Of a story with parameters, one that fails is enough. */
    private static Outcome outcome(List<Element> cases, Story story, String words) {
        List<Element> run = cases.stream()
                .filter(each -> each.getAttribute("classname").endsWith("." + story.className()))
                .filter(each -> each.getAttribute("name").matches(story.method() + "\\b.*"))
                .toList();
        List<String> failures =
                run.stream().flatMap(each -> failure(each).stream()).toList();
        if (run.isEmpty()) {
            String setUp = cases.stream()
                    .filter(each -> each.getAttribute("classname").endsWith("." + story.className()))
                    .flatMap(each -> failure(each).stream())
                    .findFirst()
                    .orElse("the story was not run");
            return new Outcome(Verdict.NOT_BEGUN, setUp);
        }
        if (failures.isEmpty()) {
            return new Outcome(Verdict.STILL_GREEN, "nothing failed");
        }
        List<String> begun =
                failures.stream().filter(failure -> comesFrom(story, failure)).toList();
        return begun.stream()
                .filter(failure -> failure.contains(words))
                .findFirst()
                .map(failure -> new Outcome(Verdict.RED, failure))
                .orElseGet(() -> begun.isEmpty()
                        ? new Outcome(Verdict.NOT_BEGUN, failures.get(0))
                        : new Outcome(Verdict.RED_FOR_ANOTHER_REASON, begun.get(0)));
    }

    /** What fails before, in a constructor or in what comes before all, has the story nowhere in its trace. */
    private static boolean comesFrom(Story story, String trace) {
        return trace.contains("." + story.className() + "." + story.method() + "(")
                || trace.contains("." + story.className() + ".lambda$" + story.method() + "$");
    }

    /** Message and trace. */
    private static Optional<String> failure(Element test) {
        return Stream.of("failure", "error")
                .flatMap(kind -> elements(test.getElementsByTagName(kind)).stream())
                .map(element -> element.getAttribute("message") + "\n" + element.getTextContent())
                .findFirst();
    }

    private static List<Element> elements(NodeList nodes) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
