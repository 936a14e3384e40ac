package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells why something is as it is, what is next, and who can do it. */
@Command(
        name = "explain",
        description =
                "Why a grant or an identity is as it is, what is next, who can do it, and who may read the token.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class ExplainCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            paramLabel = "GRANT|IDENTITY",
            description = "A PrivilegeGrant, or else a ServiceIdentity; pg/NAME and sid/NAME say which.")
    private String target;

    @Mixin
    private Output output;

    @Mixin
    private Connection connection;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (KubernetesSession session = connection.open()) {
            Explanation explanation = of(session, ObjectName.of(target));
            out.println(
                    output.isNames()
                            ? target
                            : output.isForPeople() ? explanation.text() : output.data(explanation.data()));
            return ExitCode.DONE.number();
        }
    }

    private static Explanation of(KubernetesSession session, ObjectName name) {
        if (name.kind().filter(ObjectName.Kind.AccessReview::equals).isPresent()) {
            return ofReview(session, name);
        }
        Optional<PrivilegeGrant> grant = name.mayBe(ObjectName.Kind.PrivilegeGrant)
                ? readable(() -> session.grant(name.name()), name.kind().isPresent())
                : Optional.empty();
        if (grant.isPresent()) {
            return ofGrant(session, grant.get());
        }
        Optional<ServiceIdentity> identity =
                name.mayBe(ObjectName.Kind.ServiceIdentity) ? session.identity(name.name()) : Optional.empty();
        return identity.map(known -> ofIdentity(session, known))
                .orElseThrow(() -> Failure.because("there is no "
                        + name.kind().map(Enum::name).orElse("PrivilegeGrant or ServiceIdentity") + " " + name.name()
                        + " in namespace " + session.namespace()));
    }

    /** A review is explained by the grant that it is about. */
    private static Explanation ofReview(KubernetesSession session, ObjectName name) {
        AccessReview review = session.review(name.name())
                .orElseThrow(() -> Failure.because(
                        "there is no AccessReview " + name.name() + " in namespace " + session.namespace()));
        RequestToDecide decided = new RequestToDecide(review);
        if (review.getSpec().request() == null) {
            return decided.told(Main.clock().instant());
        }
        String grant = review.getSpec().requested().grant();
        return session.grant(grant)
                .map(known -> ofGrant(session, known))
                .or(() -> Optional.of(decided)
                        .filter(RequestToDecide::isBreakGlass)
                        .map(owed -> owed.told(Main.clock().instant()).line("owed", GrantExplanation.owed(owed))))
                .orElseThrow(() -> Failure.because("PrivilegeGrant " + grant + ", which it is about, is gone"));
    }

    private static Explanation ofGrant(KubernetesSession session, PrivilegeGrant grant) {
        Optional<RequestToDecide> review =
                readable(() -> new ReviewOf(session).of(grant), false).map(RequestToDecide::new);
        Optional<SecretReaders> readers = isDelivered(grant)
                ? Optional.of(new KubernetesSecretReaders(session).of(NextStep.secret(grant)))
                : Optional.empty();
        return new GrantExplanation(
                        grant,
                        review,
                        session.whoAmI(),
                        session.may("approve", grant.getSpec().identityRef().name())
                                .allowed(),
                        session.may("get", "", "secrets", session.namespace(), NextStep.secret(grant))
                                .allowed(),
                        readers,
                        Main.clock().instant())
                .told();
    }

    private static Explanation ofIdentity(KubernetesSession session, ServiceIdentity identity) {
        String name = identity.getMetadata().getName();
        List<RequestToDecide> owed =
                readable(() -> Optional.of(session.list(AccessReview.class)), false).orElse(List.of()).stream()
                        .filter(review -> isAbout(review, name))
                        .map(RequestToDecide::new)
                        .filter(review ->
                                review.isAfterwards() && review.closed().isEmpty())
                        .toList();
        return new IdentityExplanation(
                        identity,
                        owed,
                        session.whoAmI(),
                        session.may("request", name).allowed(),
                        session.may("approve", name).allowed())
                .told();
    }

    private static boolean isAbout(AccessReview review, String identity) {
        return !review.getSpec().campaign() && review.getSpec().identity().equals(identity);
    }

    /** In a Secret, now or once it is active. */
    private static boolean isDelivered(PrivilegeGrant grant) {
        boolean token = grant.getSpec().credential() == null
                || grant.getSpec().credential().type() == CredentialType.Token;
        return token && GrantWait.phase(grant).filter(phase -> phase.ended()).isEmpty();
    }

    /** What the caller may not see is left out, unless it was asked for by name. */
    private static <T> Optional<T> readable(Supplier<Optional<T>> read, boolean needed) {
        try {
            return read.get();
        } catch (Failure failure) {
            if (needed || !failure.isForbidden()) {
                throw failure;
            }
            return Optional.empty();
        }
    }
}
