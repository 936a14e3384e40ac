package dev.lapse.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.docs.Walkthrough.Call;
import dev.lapse.docs.Walkthrough.Command;
import dev.lapse.docs.Walkthrough.Snippet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That nothing in the documentation goes unrun; {@link WalkthroughIT} runs it. */
class WalkthroughTest {
    /** A command that starts a build or a cluster, and so is not run by a test, but by this file, where this text is. */
    private record Elsewhere(String command, String file, String text) {}

    private static final List<Elsewhere> RUN_ELSEWHERE = List.of(
            new Elsewhere("mvn -B verify", ".ci/run", "mvn -B verify"),
            new Elsewhere(
                    "mvn -B verify | grep -E 'Tests run:.*[0-9]$|BUILD'",
                    ".ci/run",
                    "grep -aE 'Tests run:.*[0-9]$|BUILD'"),
            new Elsewhere("./demo", ".ci/run", "./demo --keep"),
            new Elsewhere("./demo --keep --dir /tmp/lapse", ".ci/run", "./demo --keep --dir"),
            new Elsewhere("eval \"$(dev/cluster env --dir /tmp/lapse)\"", ".ci/run", "eval \"$(dev/cluster env --dir"),
            new Elsewhere("dev/cluster down --dir /tmp/lapse", ".ci/run", "dev/cluster down --dir"),
            new Elsewhere("dev/cluster up --operator --dir /tmp/lapse", "demo", "dev/cluster up --operator --dir"));

    static List<Walkthrough> pages() {
        return Walkthrough.all();
    }

    static Stream<Path> exampleFiles() throws IOException {
        try (Stream<Path> files = Files.walk(Docs.ROOT.resolve("examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    static Stream<Snippet> identities() {
        return Walkthrough.all().stream()
                .flatMap(page -> page.steps().stream())
                .filter(Snippet.class::isInstance)
                .map(Snippet.class::cast)
                .filter(snippet -> snippet.lines().contains("kind: ServiceIdentity"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyCommandIsRunSomewhere(Walkthrough page) throws IOException {
        for (Walkthrough.Step step : page.steps()) {
            if (step instanceof Command command) {
                Elsewhere elsewhere = RUN_ELSEWHERE.stream()
                        .filter(known -> known.command().equals(command.command()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(
                                page + ":" + (command.line() + 1) + " is run by nothing: " + command.command()));
                assertThat(Docs.ROOT.resolve(elsewhere.file())).content().contains(elsewhere.text());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsToAFile(Walkthrough page) {
        assertThat(page.links()).allSatisfy(link -> assertThat(link).exists());
    }

    @ParameterizedTest
    @MethodSource("exampleFiles")
    void everyExampleIsAppliedInItsStoryByThePersonItNames(Path file) throws IOException {
        String person = Files.readAllLines(file).get(0).replaceFirst("^# Applied by: ", "");

        List<Call> calls = Walkthrough.all().stream()
                .filter(page -> page.file().getParent().equals(file.getParent()))
                .flatMap(page -> page.steps().stream())
                .filter(Call.class::isInstance)
                .map(Call.class::cast)
                .toList();

        assertThat(calls)
                .anySatisfy(call -> assertThat(call.command())
                        .contains("apply")
                        .contains(Docs.ROOT.relativize(file).toString()))
                .filteredOn(call -> call.command().contains(file.getFileName().toString()))
                .allSatisfy(call -> assertThat(call.person()).isEqualTo(person));
    }

    @ParameterizedTest
    @MethodSource("identities")
    void aMinimalIdentityFitsInTwelveLines(Snippet identity) {
        assertThat(identity.lines()).hasSizeLessThanOrEqualTo(12);
    }
}
