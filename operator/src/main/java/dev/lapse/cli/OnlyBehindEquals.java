package dev.lapse.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Of an option whose value may be left out, the value stands behind an equals sign, as kubectl has it: in
 * {@code --dry-run ci look} the word {@code ci} is an argument. Such an option has its default in the field: one that picocli
 * knows would pass through here, too, as if somebody had typed the option without a value.
 */
final class OnlyBehindEquals implements IParameterPreprocessor {
    private static final String ATTACHED = "=";

    @Override
    @SuppressWarnings("JdkObsolete") // picocli's own
    public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec arg, Map<String, Object> info) {
        if (!ATTACHED.equals(info.get("separator"))) {
            args.push(((OptionSpec) arg).fallbackValue());
        }
        return false;
    }
}
