package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PeoplesText;
import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** The program's first word: which command to run, and how it ends. */
@Command(
        name = "kubectl lapse",
        description = "Asks for, approves, explains and ends just-in-time privilege in Kubernetes.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        footer = {"", "Each command has a help of its own: kubectl lapse COMMAND --help"},
        subcommands = {
            RequestCommand.class,
            VerdictCommand.Approve.class,
            VerdictCommand.Deny.class,
            ReviewCommand.class,
            RevokeCommand.class,
            ExplainCommand.class,
            TreeCommand.class,
            WhoamiCommand.class,
            WhoCanBypassCommand.class,
            CredentialCommand.class,
            LogoutCommand.class,
            CompletionCommand.class,
            VersionCommand.class,
            WordsCommand.class
        })
@SuppressWarnings("NullAway.Init") // picocli sets it
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private Connection connection;

    public static void main(String[] args) {
        // What libraries log is for whoever runs the operator.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        // Threads of the HTTP client would keep the process.
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, args) -> misunderstood(wrong))
                .setExecutionExceptionHandler((broken, command, parsed) -> failed(broken, command))
                .registerConverter(java.time.Duration.class, Spans::parse)
                .registerConverter(java.time.Instant.class, Spans::instant);
    }

    /** The one clock of the process: everything else is given the time. */
    static InstantSource clock() {
        return InstantSource.system();
    }

    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    private static int misunderstood(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        command.getErr().println("error: " + wrong.getMessage());
        command.getErr().println("See '" + command.getCommandSpec().qualifiedName() + " --help' for what it takes.");
        return ExitCode.USAGE.number();
    }

    private static int failed(Exception broken, CommandLine command) {
        if (System.getenv("LAPSE_DEBUG") != null) {
            broken.printStackTrace(command.getErr());
        }
        Failure failure = broken instanceof Failure known ? known : KubernetesErrors.told(broken);
        command.getErr().println("error: " + PeoplesText.oneLine(failure.text()));
        return failure.exit().number();
    }

    /** The version of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"kubectl-lapse " + version()};
        }
    }
}
