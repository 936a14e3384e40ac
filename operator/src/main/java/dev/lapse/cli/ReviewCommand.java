package dev.lapse.cli;

import dev.lapse.api.v1alpha1.Decision.Verdict;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** After the fact: as {@code kubectl certificate approve}, a word for what, and one for the verdict. */
@Command(
        name = "review",
        description = "Say whether a break-glass was right, or what an identity may ask for is right still.",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(keep | revoke)",
        subcommands = {ReviewCommand.Keep.class, ReviewCommand.Revoke.class})
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class ReviewCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private Connection connection;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "say keep or revoke, and the AccessReview or PrivilegeGrant");
    }

    @Command(
            name = "keep",
            description =
                    "It was right, or is right still: nothing is owed for it any more. After a Revoke of somebody else, lifts the hold.",
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Keep extends VerdictCommand {
        @Option(names = "--comment", paramLabel = "TEXT", description = "Why, for auditors.")
        private @Nullable String comment;

        @Override
        Verdict verdict() {
            return Verdict.Keep;
        }

        @Override
        @Nullable
        String comment() {
            return comment;
        }
    }

    @Command(
            name = "revoke",
            description =
                    "It was not right, or is not any more: grants of it end, and the same is held until somebody else says keep.",
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Revoke extends VerdictCommand {
        @Option(names = "--comment", required = true, paramLabel = "TEXT", description = "Why, for auditors.")
        private String comment;

        @Override
        Verdict verdict() {
            return Verdict.Revoke;
        }

        @Override
        String comment() {
            return comment;
        }
    }
}
