package dev.lapse.runtime;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the operator until it is told to stop. */
@Command(
        name = "run",
        description = "Runs the operator until it is told to stop (SIGTERM).",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Each setting can also come from the environment (LAPSE_ and the name in capitals, with _ for -) or from the file"
                    + " given with --config (YAML, the same names). A flag wins over the environment, the environment over the"
                    + " file. profiles, subject-users, aliases, duties and conflicts"
                    + " come from the file only."
        })
final class RunCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "A YAML file with settings.")
    @Nullable
    private Path config;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "One setting, for example --set guard-settle=30s. May be repeated; the command settings lists them all.")
    private Map<String, String> flags = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        Settings settings;
        try {
            settings = Settings.load(flags, System.getenv(), config);
        } catch (Settings.Invalid invalid) {
            System.err.println(invalid.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        new OperatorProcess(settings, Main.clock()).runUntilStopped();
        return CommandLine.ExitCode.OK;
    }
}
