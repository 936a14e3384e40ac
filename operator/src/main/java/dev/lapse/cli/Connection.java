package dev.lapse.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Which cluster, as whom, and where in it: with the flags of kubectl, which may stand anywhere among the words. What a command
 * is not told, the commands before it were.
 */
final class Connection {
    /** The field of every command that has it. */
    private static final String MIXIN = "connection";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "The namespace; without it, the context's.")
    private @Nullable String namespace;

    @Option(names = "--context", paramLabel = "NAME", description = "The context of the kubeconfig.")
    private @Nullable String context;

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "The kubeconfig, instead of $KUBECONFIG.")
    private @Nullable Path kubeconfig;

    @Option(names = "--as", paramLabel = "USER", description = "Impersonate this user.")
    private @Nullable String as;

    @Option(
            names = "--as-group",
            paramLabel = "GROUP",
            description = "Impersonate this group as well; may be repeated.")
    private @Nullable List<String> asGroups;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    /** As it was asked for; nothing if the context says. */
    Optional<String> namespace() {
        return Optional.ofNullable(told(each -> each.namespace));
    }

    KubernetesSession open() {
        Kubeconfig files = new Kubeconfig(told(each -> each.kubeconfig), told(each -> each.context));
        return KubernetesSession.open(
                files.config(told(each -> each.as), told(each -> each.asGroups)),
                namespace().orElse(null));
    }

    private <T> @Nullable T told(Function<Connection, @Nullable T> option) {
        for (CommandSpec at = command; at != null; at = at.parent()) {
            CommandSpec mixin = at.mixins().get(MIXIN);
            T value = mixin != null && mixin.userObject() instanceof Connection there ? option.apply(there) : null;
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
