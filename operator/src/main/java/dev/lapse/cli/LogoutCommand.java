package dev.lapse.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ends the grants that credential plugins use. */
@Command(
        name = "logout",
        description = {
            "End the grants that 'kubectl lapse credential' asked for on this machine, with this context.",
            "With --namespace only those of that namespace, otherwise those of all."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class LogoutCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--identity", paramLabel = "NAME", description = "Only grants of this ServiceIdentity.")
    private @Nullable String identity;

    @Option(names = "--privilege", paramLabel = "NAME", description = "Only grants of this eligible entry.")
    private @Nullable String privilege;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "1m",
            description = "How long to wait for their ends; ${DEFAULT-VALUE} unless told.")
    private Duration timeout;

    @Mixin
    private Connection connection;

    @Override
    public Integer call() {
        Logins logins = Logins.ofThisUser();
        PrintWriter out = spec.commandLine().getOut();
        try (KubernetesSession session = connection.open()) {
            List<Login> here = logins.all().stream()
                    .filter(login -> login.place().equals(session.place()))
                    .filter(login -> connection
                            .namespace()
                            .filter(where -> !where.equals(login.namespace()))
                            .isEmpty())
                    .filter(login -> identity == null || login.identity().equals(identity))
                    .filter(login -> privilege == null || login.privilege().equals(privilege))
                    .toList();
            if (here.isEmpty()) {
                out.println("there is no login to end");
            }
            return new Logout(
                            session,
                            logins,
                            Main.clock(),
                            out,
                            spec.commandLine().getErr())
                    .end(here, timeout)
                    .number();
        }
    }
}
