package dev.lapse.access;

import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.Entitlement.Entitled;
import dev.lapse.access.Entitlement.OutOfReach;
import dev.lapse.access.Entitlement.OutOfReach.Limit;
import dev.lapse.access.Entitlement.Outcome;
import dev.lapse.access.Entitlement.Undecided;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import dev.lapse.api.v1alpha1.Lapse;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the operator itself may give what an entry names. RBAC lets it bind roles and issue tokens by name only. So
 * an administrator decides what can be granted at all, whatever entries say.
 */
public final class OperatorReach {
    private static final String RBAC = "rbac.authorization.k8s.io";

    private final Supplier<OperatorBounds> bounds;
    private final AccessOracle oracle;

    public OperatorReach(Supplier<OperatorBounds> bounds, AccessOracle oracle) {
        this.bounds = bounds;
        this.oracle = oracle;
    }

    /** @param namespaces empty for cluster-wide */
    public Outcome mayBind(RoleReference role, List<String> namespaces) {
        Optional<String> beyond = bounds.get().refusal(namespaces);
        if (beyond.isPresent()) {
            return new OutOfReach(Limit.Place, beyond.get());
        }
        List<Optional<String>> places = namespaces.isEmpty()
                ? List.of(Optional.empty())
                : namespaces.stream().map(Optional::of).toList();
        String roles = role.kind() == RoleKind.ClusterRole ? "clusterroles" : "roles";
        Permission bind = Permission.onResource("bind", RBAC, roles, role.name());
        for (Optional<String> place : places) {
            Outcome outcome = ask(
                    bind,
                    place,
                    Limit.Role,
                    role.text() + " is not among the roles that Lapse may grant in "
                            + place.map(name -> "namespace " + name).orElse("the whole cluster")
                            + ": an administrator may add it to grantableRoles");
            if (!(outcome instanceof Entitled)) {
                return outcome;
            }
        }
        return new Entitled();
    }

    /**
     * Whether an identity's own subject may receive anything: an administrator has given the verb grant on it, or lets
     * the operator issue its tokens, which is more. Policy lapse-operator asks the same.
     *
     * @param serviceAccount absent for a plain user
     */
    public Outcome mayGrantTo(String namespace, String userName, Optional<String> serviceAccount) {
        Outcome granted = ask(
                Permission.onResource(
                        "grant",
                        Lapse.GROUP,
                        serviceAccount.isPresent() ? "serviceaccounts" : "users",
                        serviceAccount.orElse(userName)),
                Optional.of(namespace),
                Limit.Subject,
                userName + " in namespace " + namespace
                        + " is not among the subjects that Lapse may grant to: an administrator may add it to grantableSubjects,"
                        + " or the entry may name principal Dedicated");
        return granted instanceof OutOfReach && serviceAccount.isPresent()
                ? mayIssueTokensOf(namespace, serviceAccount.get()) instanceof Entitled ? new Entitled() : granted
                : granted;
    }

    public Outcome mayIssueTokensOf(String namespace, String serviceAccount) {
        return ask(
                Permission.onResource("create", "", "serviceaccounts/token", serviceAccount),
                Optional.of(namespace),
                Limit.Subject,
                "ServiceAccount " + serviceAccount + " in namespace " + namespace
                        + " is not among the accounts that Lapse may issue tokens for: an administrator may add it to"
                        + " grantableSubjects, or the entry may name principal Dedicated");
    }

    private Outcome ask(Permission what, Optional<String> namespace, Limit limit, String denial) {
        Answer answer = oracle.ask(UserInfo.of(bounds.get().user(), List.of()), what, namespace);
        return switch (answer.verdict()) {
            case Allowed -> new Entitled();
            case Denied -> new OutOfReach(limit, denial);
            case Unknown ->
                new Undecided(
                        "it could not be found out whether Lapse may " + what.describe() + ": " + answer.reason());
        };
    }
}
