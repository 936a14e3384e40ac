package dev.lapse.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tells the name and the groups that Lapse's objects carry for the caller. */
@Command(
        name = "whoami",
        description = "Your name and groups, as the API server knows them.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets it
final class WhoamiCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private Output output;

    @Mixin
    private Connection connection;

    @Override
    public Integer call() {
        try (KubernetesSession session = connection.open()) {
            Person me = session.whoAmI();
            PrintWriter out = spec.commandLine().getOut();
            if (output.isNames()) {
                out.println(me.user());
            } else if (output.isForPeople()) {
                out.println(Columns.of(
                        List.of(Map.entry("user", me.user()), Map.entry("groups", String.join("\n", me.groups())))));
            } else {
                out.println(output.data(Map.of("user", me.user(), "groups", me.groups())));
            }
            return ExitCode.DONE.number();
        }
    }
}
