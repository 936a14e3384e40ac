package dev.lapse.cli;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands as the reference shows them: what their own help says. */
public final class CommandReference {
    /** The class that scripts need to know the numbers of. */
    public static final Class<? extends Enum<?>> EXIT_CODES = ExitCode.class;

    private CommandReference() {}

    public static String commands() {
        StringBuilder page = new StringBuilder();
        commands(page, "kubectl lapse ", Main.commandLine());
        return page.toString().stripTrailing() + "\n";
    }

    private static void commands(StringBuilder page, String before, CommandLine parent) {
        for (CommandLine command : parent.getSubcommands().values()) {
            CommandSpec spec = command.getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                page.append("### ").append(before).append(spec.name()).append("\n\n");
                page.append(String.join("\n", spec.usageMessage().description()))
                        .append("\n\n");
                if (spec.args().stream().anyMatch(arg -> !isCommon(arg))) {
                    page.append(arguments(spec)).append('\n');
                }
                commands(page, before + spec.name() + " ", command);
            }
        }
    }

    /** The options that all commands have which talk to a cluster. */
    public static String common() {
        CommandSpec spec = new CommandLine(new WhoamiCommand()).getCommandSpec();
        StringBuilder table = new StringBuilder("| option | what it is |\n|---|---|\n");
        spec.options().stream()
                .filter(CommandReference::isCommon)
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .forEach(option -> row(table, option));
        return table.toString();
    }

    /** @param sentences what each constant says */
    public static String exitCodes(Map<String, String> sentences) {
        StringBuilder table = new StringBuilder("| exit code | what it says |\n|---|---|\n");
        for (ExitCode code : ExitCode.values()) {
            table.append("| `%d` | %s |\n".formatted(code.number(), sentences.get(code.name())));
        }
        return table.toString();
    }

    private static String arguments(CommandSpec spec) {
        StringBuilder table = new StringBuilder("| argument | what it is |\n|---|---|\n");
        spec.positionalParameters()
                .forEach(parameter -> table.append("| `%s` | %s |\n"
                        .formatted(
                                parameter.paramLabel().replace("|", "\\|"),
                                String.join(" ", parameter.description()))));
        spec.options().stream().filter(option -> !isCommon(option)).forEach(option -> row(table, option));
        return table.toString();
    }

    private static void row(StringBuilder table, OptionSpec option) {
        String value = option.arity().max() == 0 || option.paramLabel().isEmpty() ? "" : " " + option.paramLabel();
        String text = String.join(" ", option.description())
                .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))
                .replace("$$", "$");
        table.append("| `%s%s`%s | %s |\n"
                .formatted(
                        String.join(", ", option.names()),
                        value.replace("|", "\\|"),
                        option.required() ? ", required" : "",
                        text));
    }

    private static boolean isCommon(CommandLine.Model.ArgSpec arg) {
        return arg instanceof OptionSpec option
                && (option.usageHelp()
                        || option.versionHelp()
                        || option.longestName().matches("--(namespace|context|kubeconfig|as|as-group|output)"));
    }
}
