package dev.lapse.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster, as whom, and where in it: with the flags of kubectl. */
final class Connection {
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

    KubernetesSession open() {
        return KubernetesSession.open(new Kubeconfig(kubeconfig, context).config(as, asGroups), namespace);
    }
}
