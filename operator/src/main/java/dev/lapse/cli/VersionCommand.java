package dev.lapse.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Tells which version this is. */
@Command(name = "version", description = "The version of this program.", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets it
final class VersionCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().println("kubectl-lapse " + Main.version());
    }
}
