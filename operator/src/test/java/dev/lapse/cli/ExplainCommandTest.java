package dev.lapse.cli;

import static dev.lapse.cli.GivenObjects.grant;
import static dev.lapse.cli.GivenObjects.identity;
import static dev.lapse.cli.GivenObjects.review;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainCommandTest {
    private static final PrivilegeGrant GRANT = grant("AwaitingApproval", "ApprovalRequired");
    private static final AccessReview REVIEW = review("[]", "[]");

    @TempDir
    Path folder;

    private final GivenServer server = new GivenServer();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void nothingIsServed() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-n payments-ci explain g1",
                "explain -n payments-ci g1",
                "explain g1 --namespace payments-ci",
                "-n elsewhere explain g1 -n payments-ci"
            })
    void theNamespaceStandsAnywhereAmongTheWords(String words) throws IOException {
        server.with(GRANT);

        int exit = lapse(words);

        assertThat(exit).as(err.toString()).isZero();
        assertThat(out.toString()).startsWith("PrivilegeGrant g1 in payments-ci: AwaitingApproval");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lapse-r", "areview/lapse-r", "accessreview.lapse.dev/lapse-r"})
    void aReviewIsExplainedByItsGrant(String name) throws IOException {
        server.with(REVIEW).with(GRANT);

        int exit = lapse("explain -n payments-ci " + name);

        assertThat(exit).as(err.toString()).isZero();
        assertThat(out.toString()).startsWith("PrivilegeGrant g1 in payments-ci: AwaitingApproval");
    }

    @Test
    void aReviewIsNotExplainedByAnotherGrantOfTheSameName() throws IOException {
        PrivilegeGrant later = grant("{phase: Active}");
        later.getMetadata().setUid("another");
        server.with(REVIEW).with(later);

        int exit = lapse("explain -n payments-ci accessreview/lapse-r");

        assertThat(exit).as(err.toString()).isZero();
        assertThat(out.toString())
                .startsWith("AccessReview lapse-r in payments-ci\n")
                .contains("PrivilegeGrant g1, which it is about, is gone, or you may not see it")
                .doesNotContain("Active");
    }

    /** The status says it, and no command says less: who revoked is claimed where Git wrote it. */
    @Test
    void whoRevokedThroughGitIsShownAsClaimed() throws IOException {
        server.with(GivenObjects.revokedThroughGit());

        int exit = lapse("explain g1 -n payments-ci");

        assertThat(exit).as(err.toString()).isZero();
        assertThat(out.toString())
                .startsWith("PrivilegeGrant g1 in payments-ci: Revoked (Ended)")
                .contains("revoked by olivia (claimed)")
                .doesNotContainPattern("olivia(?! \\(claimed\\))");
    }

    @Test
    void namesArePrintedAsKubectlTakesThem() throws IOException {
        server.with(identity());

        lapse("explain ci -n payments-ci -o name");

        assertThat(out.toString()).isEqualTo("serviceidentity.lapse.dev/ci\n");
    }

    @Test
    void whatOneMayNotSeeIsPassedOverUnlessItWasAskedForByKind() throws IOException {
        server.refusingToGet(GRANT).with(named("g1"));

        int passedOver = lapse("explain g1 -n payments-ci -o name");
        int asked = lapse("explain privilegegrant/g1 -n payments-ci");

        assertThat(passedOver).isZero();
        assertThat(out.toString()).isEqualTo("serviceidentity.lapse.dev/g1\n");
        assertThat(asked).isEqualTo(ExitCode.FAILED.number());
        assertThat(err.toString()).isEqualTo("error: ada may not\n");
    }

    private static dev.lapse.api.v1alpha1.ServiceIdentity named(String name) {
        var identity = identity();
        identity.getMetadata().setName(name);
        return identity;
    }

    private int lapse(String words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words.split(" ")));
        all.addAll(List.of("--kubeconfig", server.kubeconfig(folder).toString()));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
