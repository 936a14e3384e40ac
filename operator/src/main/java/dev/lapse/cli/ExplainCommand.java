package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
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
                "Why a grant, an identity or a review is as it is, what is next, who can do it, and who may read the token.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class ExplainCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            paramLabel = "GRANT|IDENTITY|REVIEW",
            description =
                    "A PrivilegeGrant, or else a ServiceIdentity, or else an AccessReview; privilegegrant/NAME, serviceidentity/NAME and accessreview/NAME say which.")
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
                            ? explanation.name()
                            : output.isForPeople() ? explanation.text() : output.data(explanation.data()));
            return ExitCode.DONE.number();
        }
    }

    /** What has no kind before its name is a grant, or else an identity, or else a review. */
    private static Explanation of(KubernetesSession session, ObjectName name) {
        return found(name, ObjectName.Kind.PrivilegeGrant, () -> session.grant(name.name()))
                .map(grant -> ofGrant(session, grant))
                .or(() -> found(name, ObjectName.Kind.ServiceIdentity, () -> session.identity(name.name()))
                        .map(identity -> ofIdentity(session, identity)))
                .or(() -> found(name, ObjectName.Kind.AccessReview, () -> session.review(name.name()))
                        .map(review -> ofReview(session, review)))
                .orElseThrow(() -> Failure.because("there is no "
                        + name.kind().map(Enum::name).orElse("PrivilegeGrant, ServiceIdentity or AccessReview") + " "
                        + name.name() + " in namespace " + session.namespace() + " that you may see"));
    }

    private static <T> Optional<T> found(ObjectName name, ObjectName.Kind kind, Supplier<Optional<T>> read) {
        return name.mayBe(kind) ? readable(read, name.kind().isPresent()) : Optional.empty();
    }

    /** A review is explained by the grant that it is about, but not by another one that has its name by now. */
    private static Explanation ofReview(KubernetesSession session, AccessReview review) {
        RequestToDecide decided = new RequestToDecide(review);
        if (review.getSpec().request() == null) {
            return decided.told(Main.clock().instant());
        }
        String grant = review.getSpec().requested().grant();
        return readable(() -> session.grant(grant), false)
                .filter(decided::isAbout)
                .map(known -> ofGrant(session, known))
                .orElseGet(() -> {
                    Explanation told = decided.told(Main.clock().instant())
                            .line(
                                    "grant",
                                    "PrivilegeGrant " + grant + ", which it is about, is gone, or you may not see it");
                    return decided.isBreakGlass() ? told.lines("owed", GrantExplanation.owed(decided)) : told;
                });
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
                        verb -> session.may(verb, name).allowed())
                .told();
    }

    private static boolean isAbout(AccessReview review, String identity) {
        return !review.getSpec().campaign() && review.getSpec().identity().equals(identity);
    }

    /** In a Secret, now or once it is active. */
    private static boolean isDelivered(PrivilegeGrant grant) {
        return CredentialUse.of(grant).isDelivered()
                && GrantWait.phase(grant).filter(phase -> phase.ended()).isEmpty();
    }

    /** What the caller may not see is left out, unless it was asked for by name. */
    private static <T> Optional<T> readable(Supplier<Optional<T>> read, boolean needed) {
        return IfAllowed.read(read, failure -> {
                    if (needed) {
                        throw failure;
                    }
                })
                .flatMap(found -> found);
    }
}
