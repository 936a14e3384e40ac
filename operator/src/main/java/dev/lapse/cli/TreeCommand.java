package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows identities with all that hangs on them. */
@Command(
        name = "tree",
        description = "An identity with its entries, grants, their objects and reviews; without a name, all of them.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class TreeCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "IDENTITY", arity = "0..1", description = "The ServiceIdentity.")
    private @Nullable String identity;

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "Of every namespace.")
    private boolean everywhere;

    @Option(names = "--ended", description = "Grants that are over, too.")
    private boolean ended;

    @Mixin
    private Output output;

    @Mixin
    private Connection connection;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (KubernetesSession session = connection.open()) {
            List<ServiceIdentity> identities = identities(session);
            if (identities.isEmpty()) {
                spec.commandLine()
                        .getErr()
                        .println("No ServiceIdentities found"
                                + (everywhere ? "." : " in namespace " + session.namespace() + "."));
            }
            List<PrivilegeGrant> grants = readable(session, PrivilegeGrant.class);
            List<AccessReview> reviews = readable(session, AccessReview.class);
            List<Tree> trees = identities.stream()
                    .map(each -> new IdentityTree(each, grants, reviews, ended).tree())
                    .toList();
            if (output.isNames()) {
                trees.forEach(tree -> tree.names().forEach(out::println));
            } else if (output.isForPeople()) {
                trees.forEach(tree -> out.println(tree.text(output.isWide() || everywhere)));
            } else {
                out.println(output.data(trees.stream().map(Tree::data).toList()));
            }
            return ExitCode.DONE.number();
        }
    }

    private List<ServiceIdentity> identities(KubernetesSession session) {
        if (identity != null && everywhere) {
            throw Failure.with(ExitCode.USAGE, "-A shows all identities: leave the name out");
        }
        if (identity == null) {
            return everywhere ? session.listAll(ServiceIdentity.class) : session.list(ServiceIdentity.class);
        }
        ObjectName name = ObjectName.of(identity);
        if (!name.mayBe(ObjectName.Kind.ServiceIdentity)) {
            throw Failure.with(ExitCode.USAGE, "only a ServiceIdentity has a tree: serviceidentity/NAME");
        }
        return List.of(session.identity(name.name())
                .orElseThrow(() -> Failure.because(
                        "there is no ServiceIdentity " + name.name() + " in namespace " + session.namespace())));
    }

    /** What the caller may not list is left out, and said. */
    private <T extends HasMetadata> List<T> readable(KubernetesSession session, Class<T> kind) {
        return IfAllowed.read(
                        () -> everywhere ? session.listAll(kind) : session.list(kind),
                        failure -> spec.commandLine().getErr().println("not shown: " + failure.text()))
                .orElse(List.of());
    }
}
