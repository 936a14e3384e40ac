package dev.lapse.cli;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import dev.lapse.condition.Reason;
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

/** Hands out the token of a grant to kubectl and everything else that is built with client-go. */
@Command(
        name = "credential",
        description = {
            "Print the token of a grant as an ExecCredential, for a kubeconfig's user.",
            "Asks for the grant if there is none of this login, and waits until it is active.",
            "Of a Dedicated account it creates a token of ten minutes each time; nothing is stored."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class CredentialCommand implements Callable<Integer> {
    /** What ends sooner is of no use to whoever gets it. */
    private static final Duration USEFUL = Duration.ofSeconds(10);

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--identity", required = true, paramLabel = "NAME", description = "The ServiceIdentity.")
    private String identity;

    @Option(names = "--privilege", required = true, paramLabel = "NAME", description = "Its eligible entry.")
    private String privilege;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "30m",
            description = "How long the grant lasts; ${DEFAULT-VALUE} unless told.")
    private Duration duration;

    @Option(
            names = "--reason",
            defaultValue = "${env:LAPSE_REASON}",
            paramLabel = "TEXT",
            description = "Why, for approvers and auditors; without it, $$LAPSE_REASON. One of them is needed.")
    private @Nullable String reason;

    @Option(
            names = "--ticket",
            defaultValue = "${env:LAPSE_TICKET}",
            paramLabel = "ID",
            description = "The change or incident it belongs to; without it, $$LAPSE_TICKET.")
    private @Nullable String ticket;

    @Option(
            names = "--credential",
            paramLabel = "TYPE",
            description = "Mint: create tokens; Token: read the one that is delivered in a Secret."
                    + " Without it, Mint where the entry's principal is Dedicated, else Token.")
    private @Nullable CredentialType type;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "10m",
            description = "How long to wait for the approval; ${DEFAULT-VALUE} unless told.")
    private Duration timeout;

    @Mixin
    private NarrowedNamespaces narrowed;

    @Mixin
    private Connection connection;

    @Override
    public Integer call() throws Exception {
        if (reason == null || reason.isBlank()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "say why: with --reason, or in the variable LAPSE_REASON");
        }
        String version = ExecCredential.version(System.getenv("KUBERNETES_EXEC_INFO"));
        Logins logins = Logins.ofThisUser();
        try (KubernetesSession session = connection.open()) {
            Login login = new Login(session.place(), session.namespace(), identity, privilege, scope(), "", "");
            PrivilegeGrant active;
            try (AutoCloseable one = logins.lock(login, spec.commandLine().getErr())) {
                active = activeGrant(session, logins, login, reason);
            }
            spec.commandLine()
                    .getOut()
                    .println(CredentialUse.of(active)
                            .handedOut(version, session, active)
                            .json());
            return ExitCode.DONE.number();
        }
    }

    /** What makes it another login, beside the privilege's name. */
    private String scope() {
        return String.join(",", narrowed.names()) + (type == null ? "" : "|" + type);
    }

    private PrivilegeGrant activeGrant(KubernetesSession session, Logins logins, Login login, String why) {
        PrivilegeGrant grant = logins.find(login)
                .flatMap(known -> stillOfUse(session, known))
                .orElseGet(() -> asked(session, logins, login, why));
        return new GrantWait(
                        session, new Waiting(Main.clock(), spec.commandLine().getErr()))
                .untilActive(grant, timeout);
    }

    private static Optional<PrivilegeGrant> stillOfUse(KubernetesSession session, Login known) {
        Instant now = Main.clock().instant();
        Optional<PrivilegeGrant> found = session.grant(known.grant())
                .filter(grant -> grant.getMetadata().getUid().equals(known.uid()));
        found.filter(CredentialCommand::wasDenied).ifPresent(denied -> {
            throw Failure.with(
                    ExitCode.DENIED, GrantWait.line(denied) + ". To ask again: kubectl lapse logout, then once more");
        });
        return found.filter(grant -> !Boolean.TRUE.equals(grant.getSpec().revoked()))
                .filter(grant ->
                        GrantWait.phase(grant).filter(GrantPhase::ended).isEmpty())
                .filter(grant -> grant.getStatus() == null
                        || grant.getStatus().expiresAt() == null
                        || grant.getStatus().expiresAt().isAfter(now.plus(USEFUL)));
    }

    /**
     * A client that tries again and again must neither ask a person again and again who said no, nor leave a denied grant
     * behind each time. Silence is no answer: whoever did not look yesterday may look today.
     */
    private static boolean wasDenied(PrivilegeGrant grant) {
        return GrantWait.phase(grant).filter(GrantPhase.Denied::equals).isPresent()
                && GrantWait.ready(grant.getStatus())
                        .filter(ready -> ready.reason().equals(Reason.ReviewExpired.name()))
                        .isEmpty();
    }

    private PrivilegeGrant asked(KubernetesSession session, Logins logins, Login login, String why) {
        Asking asking = new Asking(session, "request");
        CredentialType wanted = type == null ? asking.credential(identity, privilege) : type;
        CredentialUse.of(wanted).notForCaller(session).ifPresent(refusal -> {
            throw Failure.because(refusal);
        });
        Person me = session.whoAmI();
        GrantDraft draft = GrantDraftBuilder.stagedBuilder()
                .namespace(session.namespace())
                .name(GrantDraft.freshName(identity, privilege, new SecureRandom()))
                .identity(identity)
                .privilege(privilege)
                .namespaces(narrowed.names())
                .duration(duration)
                .notBefore(Optional.empty())
                .notAfter(Optional.empty())
                .reason(why)
                .ticket(Optional.ofNullable(ticket))
                .incident(Optional.empty())
                .requestedBy(me.user())
                .requestedByAs(asking.groups(me, identity, privilege, List.of()))
                .credential(Optional.of(wanted))
                .build();
        PrivilegeGrant made = KubernetesSession.as(PrivilegeGrant.class, session.create(draft.manifest(), false));
        logins.remember(
                login.of(made.getMetadata().getName(), made.getMetadata().getUid()));
        return made;
    }
}
