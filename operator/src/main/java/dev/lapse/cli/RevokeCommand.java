package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends a grant. */
@Command(
        name = "revoke",
        description = "End a grant now, for good.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class RevokeCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "GRANT", description = "The PrivilegeGrant.")
    private String grant;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for auditors.")
    private @Nullable String reason;

    @Option(
            names = "--wait",
            arity = "0..1",
            fallbackValue = "true",
            preprocessor = OnlyBehindEquals.class,
            paramLabel = "true|false",
            description = "Wait until its access is gone; true unless told.")
    private boolean wait = true;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "1m",
            description = "How long to wait; ${DEFAULT-VALUE} unless told.")
    private Duration timeout;

    @Mixin
    private DryRun dryRun;

    @Mixin
    private Output output;

    @Mixin
    private Connection connection;

    @Override
    public Integer call() {
        try (KubernetesSession session = connection.open()) {
            PrivilegeGrant there = found(session);
            Revocation revocation = new Revocation(session);
            PrintWriter out = spec.commandLine().getOut();
            if (GrantWait.phase(there).filter(phase -> phase.ended()).isPresent()) {
                out.println(output.of(there, Output.name(there) + " has ended already: " + Revocation.told(there)));
                return ExitCode.DONE.number();
            }
            JsonPatch patch = revocation.patch(there, reason);
            if (dryRun.isClient()) {
                out.println(patch.kubectl("privilegegrants", there.getMetadata().getName(), session.namespace()));
                return ExitCode.DONE.number();
            }
            PrivilegeGrant revoked = revocation.write(there, patch, dryRun.isServer());
            if (!wait || dryRun.isServer()) {
                out.println(output.of(revoked, Output.name(revoked) + " revoked" + dryRun.mark()));
                return ExitCode.DONE.number();
            }
            PrivilegeGrant ended = new GrantWait(
                            session,
                            new Waiting(Main.clock(), spec.commandLine().getErr()))
                    .untilEnded(revoked, timeout);
            out.println(output.of(ended, Output.name(ended) + " " + Revocation.told(ended)));
            return ExitCode.DONE.number();
        }
    }

    private PrivilegeGrant found(KubernetesSession session) {
        ObjectName name = ObjectName.of(grant);
        if (!name.mayBe(ObjectName.Kind.PrivilegeGrant)) {
            throw Failure.with(ExitCode.USAGE, "only a PrivilegeGrant can be revoked");
        }
        return session.grant(name.name())
                .orElseThrow(() -> Failure.because(
                        "there is no PrivilegeGrant " + name.name() + " in namespace " + session.namespace()));
    }
}
