package dev.lapse.runtime;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Lists the settings with their defaults. */
@Command(name = "settings", description = "Lists the settings and their defaults.", mixinStandardHelpOptions = true)
final class SettingsCommand implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        for (Settings.Name name : Settings.Name.values()) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%-16s %-10s %s%n",
                            name.text(), name.fallback.isEmpty() ? "\"\"" : name.fallback, name.description);
        }
    }
}
