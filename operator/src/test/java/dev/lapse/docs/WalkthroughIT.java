package dev.lapse.docs;

import dev.lapse.docs.Walkthrough.Call;
import dev.lapse.docs.Walkthrough.Snippet;
import dev.lapse.docs.Walkthrough.Step;
import dev.lapse.story.Cluster;
import dev.lapse.story.InstalledOperator;
import dev.lapse.story.SharesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the documentation as its readers do: with kubectl, as the people it names, on a real server. What they see is what
 * the page shows, but for times, ages, UIDs and hashes.
 *
 * <p>With {@code -Dlapse.docs=write} the pages are given the answers that came.
 */
@SharesCluster
class WalkthroughIT {
    private static final boolean WRITE = "write".equals(System.getProperty("lapse.docs"));

    private static Path desk;
    private static ReadersShell shell;

    @BeforeAll
    static void installs() throws IOException {
        InstalledOperator.awaitReady();
        desk = Files.createTempDirectory(Docs.ROOT.resolve("operator/target"), "desk-");
        shell = new ReadersShell(Cluster.running().dir(), desk);
    }

    @AfterAll
    static void clears() throws IOException {
        shell.run(
                "admin",
                "kubectl delete namespace payments payments-ci ledger archive ledger-ci reports reports-ci"
                        + " --ignore-not-found; kubectl delete clusterrole may-bind-view");
    }

    static List<Walkthrough> pages() {
        return Walkthrough.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void whatIsShownIsWhatHappens(Walkthrough page) throws IOException {
        SoftAssertions compared = new SoftAssertions();
        for (int i = 0; i < page.steps().size(); i++) {
            Step step = page.steps().get(i);
            if (step instanceof Snippet snippet) {
                Files.write(desk.resolve(snippet.fileName()), snippet.lines());
            } else if (step instanceof Call call) {
                List<String> answer = shell.run(call.person(), call.command()).lines();
                if (WRITE) {
                    Files.write(page.file(), page.with(call, answer));
                    page = reread(page);
                } else {
                    compared.assertThat(Answer.comparable(answer))
                            .as("%s:%s %s$ %s", page, call.line() + 1, call.person(), call.command())
                            .isEqualTo(Answer.comparable(call.answer()));
                }
            }
        }
        compared.assertAll();
    }

    private static Walkthrough reread(Walkthrough page) {
        return Stream.of(page.file())
                .flatMap(file ->
                        Walkthrough.all().stream().filter(other -> other.file().equals(file)))
                .findFirst()
                .orElseThrow();
    }
}
