package dev.lapse.cli;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks for a grant. */
@Command(
        name = "request",
        description = "Ask for one of the privileges that an identity is eligible for.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class RequestCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "IDENTITY", description = "The ServiceIdentity.")
    private String identity;

    @Parameters(paramLabel = "PRIVILEGE", description = "Its eligible entry.")
    private String privilege;

    @Option(
            names = "--for",
            required = true,
            paramLabel = "DURATION",
            description = "How long, from when it is active: 30m, 1h30m.")
    private Duration duration;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for approvers and auditors.")
    private String reason;

    @Option(
            names = "--break-glass",
            paramLabel = "INCIDENT",
            description = "Take it at once, without approval, for this incident. Somebody else reviews it within 24 h.")
    private @Nullable String incident;

    @Option(names = "--ticket", paramLabel = "ID", description = "The change or incident it belongs to.")
    private @Nullable String ticket;

    @Option(names = "--not-before", paramLabel = "TIME", description = "Not active before then: 2026-12-01T08:00:00Z.")
    private @Nullable Instant notBefore;

    @Option(names = "--not-after", paramLabel = "TIME", description = "Not active from then on.")
    private @Nullable Instant notAfter;

    @Option(names = "--name", paramLabel = "NAME", description = "The grant's name; without it, one is made.")
    private @Nullable String name;

    @Option(
            names = "--credential",
            paramLabel = "TYPE",
            description = "Token, in a Secret of the namespace; Mint: you create tokens yourself; or None."
                    + " Without it, Token.")
    private @Nullable CredentialType credential;

    @Option(names = "--wait", description = "Wait until it is active, or ended.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "10m",
            description = "How long --wait waits; ${DEFAULT-VALUE} unless told.")
    private Duration timeout;

    @Mixin
    private DryRun dryRun;

    @Mixin
    private Output output;

    @Mixin
    private StatedGroups groups;

    @Mixin
    private NarrowedNamespaces narrowed;

    @Mixin
    private Connection connection;

    @Override
    public Integer call() {
        List<String> stated = groups.checked();
        PrintWriter out = spec.commandLine().getOut();
        try (KubernetesSession session = connection.open()) {
            GrantDraft draft = draft(session, stated);
            if (dryRun.isClient()) {
                out.println(output.data(draft.manifest()));
                return ExitCode.DONE.number();
            }
            GenericKubernetesResource made = session.create(draft.manifest(), dryRun.isServer());
            PrivilegeGrant grant = KubernetesSession.as(PrivilegeGrant.class, made);
            if (!wait || dryRun.isServer()) {
                out.println(output.of(made, Output.name(made) + " created" + dryRun.mark()));
                return ExitCode.DONE.number();
            }
            spec.commandLine().getErr().println(Output.name(made) + " created");
            PrivilegeGrant active = new GrantWait(
                            session,
                            new Waiting(Main.clock(), spec.commandLine().getErr()))
                    .untilActive(grant, timeout);
            out.println(output.of(
                    active,
                    Output.name(active) + " is active until "
                            + active.getStatus().expiresAt()));
            return ExitCode.DONE.number();
        }
    }

    private GrantDraft draft(KubernetesSession session, List<String> stated) {
        Person me = session.whoAmI();
        return GrantDraftBuilder.stagedBuilder()
                .namespace(session.namespace())
                .name(name == null ? GrantDraft.freshName(identity, privilege, new SecureRandom()) : name)
                .identity(identity)
                .privilege(privilege)
                .namespaces(narrowed.names())
                .duration(duration)
                .notBefore(Optional.ofNullable(notBefore))
                .notAfter(Optional.ofNullable(notAfter))
                .reason(reason)
                .ticket(Optional.ofNullable(ticket))
                .incident(Optional.ofNullable(incident))
                .requestedBy(me.user())
                .requestedByAs(new Asking(session, incident == null ? "request" : "breakglass")
                        .groups(me, identity, privilege, stated))
                .credential(Optional.ofNullable(credential))
                .build();
    }
}
