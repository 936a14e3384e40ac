package dev.lapse.runtime;

import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry of the program: chooses the command to run. */
@Command(
        name = "lapse-operator",
        description = "Governs the privilege of non-human identities.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {RunCommand.class, SettingsCommand.class})
public final class Main implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] args) {
        int code = new CommandLine(new Main()).execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** The one clock of the process. All other code gets the time as an argument. */
    static InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    /** The version of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"lapse-operator " + (version == null ? "(not packaged)" : version)};
        }
    }
}
