package dev.lapse.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** Prints what makes a shell complete {@code kubectl-lapse}. */
@Command(
        name = "completion",
        description = {
            "Completion of kubectl-lapse for bash, and for zsh with bashcompinit:",
            "source <(kubectl lapse completion bash)"
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets it
final class CompletionCommand implements Runnable {
    enum Shell {
        bash,
        zsh
    }

    @CommandLine.Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "bash|zsh", description = "The shell.")
    private Shell shell;

    @Override
    public void run() {
        String script = AutoComplete.bash("kubectl-lapse", Main.commandLine());
        spec.commandLine()
                .getOut()
                .println(shell == Shell.zsh ? "autoload -U +X bashcompinit && bashcompinit\n" + script : script);
    }
}
