package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PeoplesText;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells an administrator who could get round the guard. */
@Command(
        name = "who-can-bypass",
        description = {
            "Who could get round the guard by rights outside Lapse, by which binding, and what to do about it.",
            "Takes the right to list roles and bindings; Lapse's operator needs no right for it."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets it
final class WhoCanBypassCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--expect",
            paramLabel = "SUBJECT",
            split = ",",
            description = "Who may, and is not told of: User/NAME, Group/NAME or ServiceAccount/NAMESPACE/NAME,"
                    + " separated by commas.")
    private Set<String> expected = new TreeSet<>();

    @Mixin
    private Output output;

    @Mixin
    private Connection connection;

    @Override
    public Integer call() {
        try (KubernetesSession session = connection.open()) {
            BypassReport report = new KubernetesBypassReport(session).of(expected);
            var out = spec.commandLine().getOut();
            if (output.isNames()) {
                report.holes().stream()
                        .map(hole -> PeoplesText.oneLine(BypassReport.key(hole.who())))
                        .distinct()
                        .forEach(out::println);
            } else {
                out.println(output.isForPeople() ? report.told() : output.data(report.data()));
            }
            if (!report.holes().isEmpty()) {
                return ExitCode.COULD_BYPASS.number();
            }
            return (report.isWhole() ? ExitCode.DONE : ExitCode.FAILED).number();
        }
    }
}
