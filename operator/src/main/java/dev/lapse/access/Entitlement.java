package dev.lapse.access;

import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides whether the author of an entry could bind its role there themselves, by the API server's own rule for bindings:
 * create the binding, and hold {@code bind} on the role or everything the role allows.
 *
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-binding-creation-or-update">
 *     Restrictions on role binding creation</a>
 */
public final class Entitlement {
    /**
     * A role with more permissions is refused to an author without {@code bind}: so many questions would keep the API
     * server busy.
     */
    static final int MOST_PERMISSIONS = 2_000;

    /**
     * The name in a question that stands for all names. A rule with {@code resourceNames: [""]} answers yes to a
     * question without a name and yet covers no object. Only a rule about all names answers yes to a name that nobody
     * lists.
     */
    static final String NAME_NOBODY_LISTS = "lapse.dev:every-name";

    private static final String RBAC = "rbac.authorization.k8s.io";

    private final UserInfo author;
    private final RoleReference role;
    private final AccessOracle oracle;

    private Entitlement(UserInfo author, RoleReference role, AccessOracle oracle) {
        this.author = author;
        this.role = role;
        this.oracle = oracle;
    }

    /** The answer. */
    public sealed interface Outcome permits Entitled, NotEntitled, Withdrawn, OutOfReach, Undecided {}

    public record Entitled() implements Outcome {}

    /**
     * @param where {@code namespace x} or {@code the whole cluster}
     * @param denial the right that the author lacks
     * @param remedy who could do what about it; may be empty
     */
    public record NotEntitled(String where, String denial, String remedy) implements Outcome {
        public String why() {
            return remedy.isEmpty() ? denial : denial + ": " + remedy;
        }
    }

    /** The requester or an approver lacks the right, or has lost it. */
    public record Withdrawn(Who who, String why) implements Outcome {
        public enum Who {
            Requester,
            Approver
        }
    }

    /** The operator itself may not give the privilege, whoever asks. */
    public record OutOfReach(Limit limit, String why) implements Outcome {
        public enum Limit {
            Role,
            Subject,
            Place
        }
    }

    /** A look-up failed, so nobody is entitled yet; ask again later. */
    public record Undecided(String why) implements Outcome {}

    /**
     * Asks until the first denial or failed look-up.
     *
     * @param rulesIn the rules of the role in a namespace, or for the empty string of the ClusterRole bound
     *     cluster-wide. Only for a role that was found: no rules means a role that allows nothing
     * @param namespaces empty for cluster-wide
     */
    public static Outcome couldBind(
            UserInfo author,
            RoleReference role,
            Function<String, List<Rule>> rulesIn,
            List<String> namespaces,
            AccessOracle oracle) {
        Entitlement entitlement = new Entitlement(author, role, oracle);
        if (namespaces.isEmpty()) {
            return role.kind() == RoleKind.Role
                    ? new NotEntitled(
                            where(Optional.empty()),
                            entitlement.role.text()
                                    + " lives in one namespace and cannot be bound in the whole cluster",
                            "name namespaces, or a ClusterRole")
                    : entitlement.couldBindIn(Optional.empty(), rulesIn.apply(""));
        }
        for (String namespace : namespaces) {
            Outcome outcome = entitlement.couldBindIn(Optional.of(namespace), rulesIn.apply(namespace));
            if (!(outcome instanceof Entitled)) {
                return outcome;
            }
        }
        return new Entitled();
    }

    private Outcome couldBindIn(Optional<String> namespace, List<Rule> rules) {
        String bindings = namespace.isPresent() ? "rolebindings" : "clusterrolebindings";
        Answer create = oracle.ask(author, Permission.onResource("create", RBAC, bindings, ""), namespace);
        if (create.verdict() != Verdict.Allowed) {
            return refusal(
                    create,
                    namespace,
                    author.user() + " may not create " + bindings + " in " + where(namespace) + ", which binding "
                            + role.text() + " there takes");
        }
        String roles = role.kind() == RoleKind.ClusterRole ? "clusterroles" : "roles";
        Answer bind = oracle.ask(author, Permission.onResource("bind", RBAC, roles, role.name()), namespace);
        return switch (bind.verdict()) {
            case Allowed -> new Entitled();
            case Denied -> holdsEveryRule(namespace, rules);
            case Unknown -> undecided(bind, namespace);
        };
    }

    private Outcome holdsEveryRule(Optional<String> namespace, List<Rule> rules) {
        List<Permission> permissions = AccessQuestions.sample(rules, MOST_PERMISSIONS + 1);
        if (permissions.size() > MOST_PERMISSIONS) {
            return new NotEntitled(
                    where(namespace),
                    "%s allows more than %,d things, too many to ask for each whether %s may do it, and %s does not hold the verb bind on it"
                            .formatted(role.text(), MOST_PERMISSIONS, author.user(), author.user()),
                    "let somebody who holds bind on %s in %s write this entry"
                            .formatted(role.text(), where(namespace)));
        }
        for (Permission permission : permissions) {
            Answer answer =
                    oracle.ask(author, aboutEveryName(permission), permission.isOnUrl() ? Optional.empty() : namespace);
            if (answer.verdict() != Verdict.Allowed) {
                return refusal(
                        answer,
                        namespace,
                        author.user() + " may neither bind " + role.text() + " in " + where(namespace)
                                + " nor do there everything it allows (for one, " + permission.describe() + ")");
            }
        }
        return new Entitled();
    }

    private static Permission aboutEveryName(Permission permission) {
        return permission.isOnUrl() || !permission.name().isEmpty()
                ? permission
                : permission.withName(NAME_NOBODY_LISTS);
    }

    private Outcome refusal(Answer answer, Optional<String> namespace, String denial) {
        return answer.verdict() == Verdict.Denied
                ? new NotEntitled(
                        where(namespace),
                        denial,
                        "let somebody who may bind " + role.text() + " in " + where(namespace) + " write this entry")
                : undecided(answer, namespace);
    }

    private Outcome undecided(Answer answer, Optional<String> namespace) {
        return new Undecided("it could not be found out whether " + author.user() + " may bind " + role.text() + " in "
                + where(namespace) + ": " + answer.reason());
    }

    private static String where(Optional<String> namespace) {
        return namespace.map(name -> "namespace " + name).orElse("the whole cluster");
    }
}
