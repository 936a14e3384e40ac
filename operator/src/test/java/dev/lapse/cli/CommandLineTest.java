package dev.lapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ExecConfigBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "request ci look",
                "request ci look --for 90 --reason x",
                "request ci look --for 1h --reason x --not-before tomorrow",
                "request ci look --for 1h --reason x --dry-run=maybe",
                "deny g1",
                "approve",
                "review",
                "review keep",
                "review revoke g1",
                "request ci look --for 1h --reason x --break-glass",
                "credential --identity ci --privilege look",
                "revoke g1 --wait false",
                "completion fish",
                "nonsense"
            })
    void whatIsNotUnderstoodEndsWithTwoAndSaysWhereTheHelpIs(String words) {
        StringWriter told = new StringWriter();

        int exit = Main.commandLine().setErr(new PrintWriter(told)).execute(words.split(" "));

        assertThat(exit).isEqualTo(ExitCode.USAGE.number());
        assertThat(told.toString()).startsWith("error: ").contains("--help").doesNotContain("Exception");
    }

    @Test
    void everyCommandAndOptionIsDescribed() {
        for (CommandLine command : Main.commandLine().getSubcommands().values()) {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                assertThat(command.getCommandSpec().usageMessage().description())
                        .as(command.getCommandName())
                        .isNotEmpty();
                command.getCommandSpec()
                        .args()
                        .forEach(option -> assertThat(option.description())
                                .as("%s %s", command.getCommandName(), option.paramLabel())
                                .isNotEmpty());
            }
        }
    }

    @Test
    void wordsGoOn() {
        assertThat(WordsCommand.candidates(List.of("re"))).containsExactly("request", "review", "revoke");
        assertThat(WordsCommand.candidates(List.of("review", ""))).contains("keep", "revoke");
        assertThat(WordsCommand.candidates(List.of("approve", "--dr"))).containsExactly("--dry-run");
        assertThat(WordsCommand.candidates(List.of("-n", "ns", "re"))).containsExactly("request", "review", "revoke");
        assertThat(WordsCommand.candidates(List.of(""))).contains("whoami").doesNotContain("__complete");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "request --dry-run ci look --for 1h --reason x",
                "request ci look --for 1h --reason x --dry-run",
                "request --dry-run=client ci look --for 1h --reason x"
            })
    void whatFollowsADryRunIsNoneOfIt(String words) {
        CommandLine.ParseResult request =
                Main.commandLine().parseArgs(words.split(" ")).subcommand();

        assertThat(request.matchedPositionals().stream()
                        .map(CommandLine.Model.ArgSpec::<Object>getValue)
                        .toList())
                .isEqualTo(List.of("ci", "look"));
        assertThat(request.matchedOptionValue("--dry-run", DryRun.Strategy.none))
                .isEqualTo(DryRun.Strategy.client);
    }

    @ParameterizedTest
    @CsvSource({
        "request ci look --for 1h --reason x, none",
        "request ci look --for 1h --reason x --dry-run=none, none",
        "request ci look --for 1h --reason x --dry-run, client",
        "request ci look --for 1h --reason x --dry-run=server, server",
        "approve g1, none",
        "revoke g1, none"
    })
    void onlyWhoAsksForADryRunGetsOne(String words, DryRun.Strategy strategy) {
        CommandLine.ParseResult command =
                Main.commandLine().parseArgs(words.split(" ")).subcommand();

        assertThat(command.commandSpec().findOption("--dry-run").<DryRun.Strategy>getValue())
                .isEqualTo(strategy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"revoke --wait g1", "revoke g1 --wait=false", "revoke g1"})
    void waitingTakesNoWordAway(String words) {
        CommandLine.ParseResult revoke =
                Main.commandLine().parseArgs(words.split(" ")).subcommand();

        assertThat(revoke.matchedPositionalValue(0, "")).isEqualTo("g1");
        assertThat(revoke.commandSpec().findOption("--wait").<Boolean>getValue())
                .isEqualTo(!words.contains("false"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-n there review keep r",
                "review -n there keep r",
                "review keep r --namespace=there",
                "-n here review -n here keep r -n there"
            })
    void theNearestNamespaceCounts(String words) {
        CommandLine.ParseResult keep =
                Main.commandLine().parseArgs(words.split(" ")).subcommand().subcommand();

        Connection connection =
                (Connection) Objects.requireNonNull(keep.commandSpec().mixins().get("connection"))
                        .userObject();

        assertThat(connection.namespace()).contains("there");
    }

    @Test
    void aCredentialWithoutAReasonNamesBothWaysToGiveOne() {
        StringWriter told = new StringWriter();

        Main.commandLine()
                .setErr(new PrintWriter(told))
                .execute("credential", "--identity", "ci", "--privilege", "look");

        assertThat(told.toString()).startsWith("error: say why: with --reason, or in the variable LAPSE_REASON\n");
    }

    @Test
    void aRefusalIsToldInTheWordsOfThePolicy() {
        var refused = new KubernetesClientException(
                "long",
                403,
                new StatusBuilder()
                        .withMessage("privilegegrants.lapse.dev \"g\" is forbidden:"
                                + " ValidatingAdmissionPolicy 'lapse-grants' with binding 'lapse-grants' denied request:"
                                + " spec.requestedBy must be your own user name: write \"mallory\"")
                        .build());

        Failure failure = KubernetesErrors.told(new IllegalStateException(refused));

        assertThat(failure.text()).isEqualTo("spec.requestedBy must be your own user name: write \"mallory\"");
        assertThat(failure.isForbidden()).isTrue();
    }

    @Test
    void noServerIsToldPlainly() {
        Failure failure = KubernetesErrors.told(
                new KubernetesClientException("x", new java.io.IOException(new ConnectException())));

        assertThat(failure.text()).isEqualTo("cannot reach the API server: nothing answers there");
    }

    @ParameterizedTest
    @CsvSource({
        "kubectl, lapse credential --identity=ci, true",
        "/usr/bin/kubectl-lapse, credential, true",
        "kubectl, oidc-login get-token, false",
        "aws, eks get-token, false"
    })
    void aCredentialThatWouldAskItselfIsSeen(String command, String args, boolean itself) {
        assertThat(Kubeconfig.isThisProgram(new ExecConfigBuilder()
                        .withCommand(command)
                        .withArgs(args.split(" "))
                        .build()))
                .isEqualTo(itself);
    }

    @Test
    void aCredentialWithoutAProgramIsNotThisOne() {
        assertThat(Kubeconfig.isThisProgram(new ExecConfigBuilder().build())).isFalse();
    }

    @Test
    void namesAreTypedAsKubectlPrintsThem() {
        assertThat(ObjectName.of("privilegegrant.lapse.dev/g1").name()).isEqualTo("g1");
        assertThat(ObjectName.of("areview/r").kind()).contains(ObjectName.Kind.AccessReview);
        assertThat(ObjectName.of("g1").mayBe(ObjectName.Kind.ServiceIdentity)).isTrue();
    }
}
