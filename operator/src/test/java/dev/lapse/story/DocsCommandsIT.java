package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.docs.Docs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whoever follows a page at night can copy its commands: each {@code kubectl} and {@code curl} line of docs/ runs against a
 * cluster with the example's identity and a live grant; those that would change something, as a dry run of the server.
 */
@TakesTurns("is about the namespaces of the example, as another test is")
class DocsCommandsIT {
    private static final Pattern RUNNABLE = Pattern.compile("(?:\\w+=\\$\\()?(?:kubectl|curl) .*");
    private static final Pattern CHANGES = Pattern.compile(
            "kubectl (?:apply|patch|delete|create (?:cluster)?rolebinding|lapse (?:request|approve|deny|revoke)) .*");
    private static final List<String> SEEN_FROM_THE_PROJECT = List.of("crds", "dev", "docs", "examples", "helm");

    private static final Cluster CLUSTER = Cluster.running();

    @TempDir
    Path here;

    static List<Path> pagesWithCommands() {
        return Docs.pages().stream()
                .filter(page -> runnable(page).findAny().isPresent())
                .toList();
    }

    static Stream<String> objects() {
        return Docs.pages().stream().flatMap(page -> Docs.objects(page).stream());
    }

    @BeforeAll
    static void aGrantOfTheExampleIsActive() throws IOException {
        InstalledOperator.awaitReady();
        String examples = Docs.ROOT.resolve("examples/just-in-time").toString();
        run(Docs.ROOT, """
                kubectl apply -f %1$s/01-namespaces.yaml -f %1$s/02-people.yaml
                kubectl --kubeconfig %2$s/people/ada.kubeconfig apply -f %1$s/03-identity.yaml
                kubectl --kubeconfig %2$s/people/rashid.kubeconfig apply -f %1$s/05-grant-ended-early.yaml -f %1$s/08-grant-approved.yaml
                kubectl wait --for=condition=Active --timeout=90s -n payments-ci privilegegrant/release-43
                """.formatted(examples, CLUSTER.dir()));
    }

    @AfterAll
    static void nothingIsLeft() throws IOException {
        run(Docs.ROOT, """
                kubectl delete privilegegrants --all --namespace payments-ci
                kubectl delete namespace payments payments-ci
                """);
    }

    @ParameterizedTest
    @MethodSource("pagesWithCommands")
    void commandsWork(Path page) throws IOException {
        for (String folder : SEEN_FROM_THE_PROJECT) {
            Files.createSymbolicLink(here.resolve(folder), Docs.ROOT.resolve(folder));
        }

        run(here, runnable(page).map(DocsCommandsIT::harmless).collect(Collectors.joining("\n")));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void theServerTakesTheObjects(String yaml) throws IOException {
        Path file = Files.writeString(here.resolve("object.yaml"), yaml);

        run(here, "kubectl apply --dry-run=server -f " + file);
    }

    private static Stream<String> runnable(Path page) {
        return Docs.commands(page).stream()
                .map(Docs.Command::line)
                .filter(line -> RUNNABLE.matcher(line).matches());
    }

    private static String harmless(String line) {
        if (line.startsWith("kubectl diff ")) {
            // 1 says that there is a difference.
            return line + " || [[ $? == 1 ]]";
        }
        if (line.startsWith("kubectl lapse who-can-bypass")) {
            // 6 says that somebody could: other tests' people.
            return line + " || [[ $? == 6 ]]";
        }
        if (line.startsWith("kubectl create configmap ")) {
            // The server would say that it is there: what has to go before it went as a dry run, too.
            return line + " --dry-run=client";
        }
        if (line.startsWith("kubectl lapse approve ")) {
            // An administrator could act as any account, so the guard takes no yes of theirs.
            return "KUBECONFIG=" + CLUSTER.dir().resolve("people/olivia.kubeconfig") + " " + line + " --dry-run=server";
        }
        return CHANGES.matcher(line).matches()
                ? line + " --dry-run=server"
                : line.replace("localhost:8080", "127.0.0.1:" + CLUSTER.operatorPort());
    }

    private static void run(Path folder, String script) throws IOException {
        Path output = Files.createTempFile("docs-commands", ".log");
        Process bash = new ProcessBuilder("bash", "-c", """
                        set -eo pipefail
                        eval "$(%1$s/dev/cluster env --dir %2$s)"
                        export PATH=%1$s/operator/src/main/dist:$PATH
                        set -x
                        %3$s
                        """.formatted(Docs.ROOT, CLUSTER.dir(), script))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = bash.waitFor(5, TimeUnit.MINUTES);
            String said = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended).as(said).isTrue();
            assertThat(bash.exitValue()).as(said).isZero();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } finally {
            bash.destroyForcibly();
            Files.delete(output);
        }
    }
}
