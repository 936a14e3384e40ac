package dev.lapse.access;

import static dev.lapse.access.RulePattern.anyVerb;
import static dev.lapse.access.RulePattern.verbs;
import static dev.lapse.access.RulePattern.writes;

import dev.lapse.api.v1alpha1.Lapse;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Rights outside Lapse with which their holder bypasses the guard: the holder writes in another's name, acts as the
 * operator or as the account of a grant, or changes what is checked. A rule counts only where the right opens such a
 * way.
 */
public enum WayRound {
    Everything(
            "may do everything there is",
            "bind roles that name what is needed, and keep this for emergencies",
            everywhere(rule -> Stream.of(rule.verbs(), rule.apiGroups(), rule.resources())
                    .allMatch(all -> all.contains(RulePattern.ALL)))),
    ImpersonateUsers(
            "writes in anybody's name: admission sees only whom they impersonate",
            "take impersonate on users away, or limit it by resourceNames to names without a say in Lapse",
            everywhere(impersonates("users"))),
    ImpersonateGroups(
            "adds any group to their own, also one that approves or system:masters",
            "take impersonate on groups away, or limit it by resourceNames to groups without a say in Lapse",
            everywhere(impersonates("groups"))),
    ImpersonateOperator(
            "acts as the operator, to whom every policy of the guard gives way",
            "bind it in the namespaces it is for, never cluster-wide or in lapse-system",
            in(Lapse.SYSTEM_NAMESPACE, impersonates("serviceaccounts")).named("lapse-operator"::equals)),
    ImpersonatePrincipals(
            "acts as the account of any active grant",
            "bind it in the namespaces it is for, never cluster-wide or in lapse-principals",
            in(Lapse.PRINCIPALS_NAMESPACE, impersonates("serviceaccounts"))),
    OperatorToken(
            "creates tokens of the operator's account",
            "bind it in the namespaces it is for, never cluster-wide or in lapse-system",
            in(Lapse.SYSTEM_NAMESPACE, verbs("create").on("", "serviceaccounts/token"))
                    .named("lapse-operator"::equals)),
    OperatorPods(
            "runs Pods under the operator's account, or enters its Pod",
            "let nobody but whoever installs Lapse write workloads in lapse-system",
            in(
                    Lapse.SYSTEM_NAMESPACE,
                    any(RiskyPermission.PodsWrite, RiskyPermission.WorkloadsWrite, RiskyPermission.Exec))),
    OperatorSecrets(
            "reads or writes the key of the operator's seal, or a token of its account",
            "let nobody but whoever installs Lapse touch Secrets in lapse-system",
            in(
                    Lapse.SYSTEM_NAMESPACE,
                    any(RiskyPermission.SecretsRead).or(verbs("create").on("", "secrets")))),
    GuardParameters(
            "changes who the guard takes for the operator or an applier, or what the operator remembers",
            "let nobody but whoever installs Lapse write ConfigMaps in lapse-system",
            in(Lapse.SYSTEM_NAMESPACE, writes().on("", "configmaps")).named(WayRound::isLapses)),
    GuardPolicies(
            "changes or deletes the guard's own policies (which Lapse notices)",
            "give write on validatingadmissionpolicies and their bindings to whoever installs Lapse, and nobody else",
            everywhere(writes().on(
                                    "admissionregistration.k8s.io",
                                    "validatingadmissionpolicies",
                                    "validatingadmissionpolicybindings"))
                    .named(WayRound::isLapses)),
    MutatingAdmission(
            "puts words into what others write, under their names",
            "give write on mutating webhooks and policies to cluster administrators alone",
            everywhere(writes().on(
                            "admissionregistration.k8s.io",
                            "mutatingwebhookconfigurations",
                            "mutatingadmissionpolicies",
                            "mutatingadmissionpolicybindings"))),
    Definitions(
            "changes what Lapse's kinds are, or who serves them",
            "give write on customresourcedefinitions and apiservices to cluster administrators alone",
            everywhere(writes().on("apiextensions.k8s.io", "customresourcedefinitions")
                            .or(writes().on("apiregistration.k8s.io", "apiservices")))
                    .named(name -> name.endsWith("." + Lapse.GROUP))),
    MintByHand(
            "creates tokens of a grant's account by a right that Lapse did not give",
            "delete the Role or binding: Lapse gives the verb mint to whoever asked, and takes it back",
            in(
                    Lapse.PRINCIPALS_NAMESPACE,
                    rule -> verbs("mint").on(Lapse.GROUP, "principals").test(rule)
                            && !rule.resourceNames().isEmpty())),
    BindOrEscalate(
            "takes any role, or writes any right into one",
            "bind it per namespace, limit bind by resourceNames to harmless roles, and give escalate to nobody",
            in(
                    Lapse.SYSTEM_NAMESPACE,
                    rule -> RiskyPermission.Escalate.isIn(rule)
                            || (RiskyPermission.Bind.isIn(rule)
                                    && (rule.resourceNames().isEmpty()
                                            || rule.resourceNames().contains("cluster-admin"))))),
    Certificates(
            "approves client certificates in any name",
            "give approval of certificatesigningrequests to cluster administrators alone",
            everywhere(verbs("update", "patch").on("certificates.k8s.io", "certificatesigningrequests/approval"))),
    Nodes(
            "talks to kubelets past audit and admission, and so reads the operator's token",
            "take nodes/proxy away: metrics and logs have subresources of their own",
            everywhere(anyVerb().on("", "nodes/proxy"))),
    ControlPlane(
            "acts as an account of Kubernetes itself, in kube-system",
            "let nobody but cluster administrators write, or read Secrets, in kube-system",
            in(
                    "kube-system",
                    any(
                                    RiskyPermission.TokenCreate,
                                    RiskyPermission.PodsWrite,
                                    RiskyPermission.WorkloadsWrite,
                                    RiskyPermission.Exec,
                                    RiskyPermission.SecretsRead)
                            .or(impersonates("serviceaccounts")))),
    Applier(
            "acts as an applier, which may claim any name",
            "keep each applier in a namespace where nobody else holds edit",
            besideAppliers(any(
                    RiskyPermission.PodsWrite,
                    RiskyPermission.WorkloadsWrite,
                    RiskyPermission.Exec,
                    RiskyPermission.SecretsRead))),
    ApplierAccount(
            "creates tokens of an applier's account, or impersonates it",
            "keep each applier in a namespace where nobody else holds edit",
            asAppliers(any(RiskyPermission.TokenCreate).or(impersonates("serviceaccounts"))));

    /** A ServiceAccount that may write in others' names. */
    public record Account(String namespace, String name) {}

    /**
     * The rule that opens a way, and where it does.
     *
     * @param namespace empty: the right opens no way in a single namespace
     * @param atAppliers the right opens a way in the namespace of each applier
     * @param itself and there only if the rule covers the applier's own account
     * @param names of the objects that the rule must cover, where the rule lists names
     */
    private record Right(
            Optional<String> namespace,
            boolean atAppliers,
            boolean itself,
            Predicate<Rule> rule,
            Predicate<String> names) {
        Right named(Predicate<String> others) {
            return new Right(namespace, atAppliers, itself, rule, others);
        }

        boolean isIn(Rule given, Optional<String> where, Collection<Account> appliers) {
            if (!rule.test(given)) {
                return false;
            }
            if (atAppliers) {
                return appliers.stream()
                        .filter(applier -> where.isEmpty() || where.get().equals(applier.namespace()))
                        .anyMatch(applier -> !itself || about(given, applier.name()::equals));
            }
            return about(given, names) && (where.isEmpty() || where.equals(namespace));
        }

        private static boolean about(Rule given, Predicate<String> wanted) {
            return given.resourceNames().isEmpty()
                    || given.resourceNames().stream().anyMatch(wanted);
        }
    }

    private final String what;
    private final String remedy;
    private final Right right;

    WayRound(String what, String remedy, Right right) {
        this.what = what;
        this.remedy = remedy;
        this.right = right;
    }

    /**
     * The ways that {@code rules} open.
     *
     * @param where the namespace of the binding, nothing if it is the whole cluster's
     * @param appliers whoever may write in others' names and is a ServiceAccount
     */
    public static Set<WayRound> of(Collection<Rule> rules, Optional<String> where, Collection<Account> appliers) {
        Set<WayRound> ways = EnumSet.noneOf(WayRound.class);
        for (WayRound way : values()) {
            if (rules.stream().anyMatch(rule -> way.right.isIn(rule, where, appliers))) {
                ways.add(way);
            }
        }
        // The holder of everything needs no list of the other ways: it would only hide this one.
        return ways.contains(Everything) ? EnumSet.of(Everything) : ways;
    }

    /** What the way lets its holder do; the text follows the holder's name. */
    public String what() {
        return what;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }

    private static Right everywhere(Predicate<Rule> rule) {
        return new Right(Optional.empty(), false, false, rule, any -> true);
    }

    private static Right in(String namespace, Predicate<Rule> rule) {
        return new Right(Optional.of(namespace), false, false, rule, any -> true);
    }

    private static Right besideAppliers(Predicate<Rule> rule) {
        return new Right(Optional.empty(), true, false, rule, any -> true);
    }

    private static Right asAppliers(Predicate<Rule> rule) {
        return new Right(Optional.empty(), true, true, rule, any -> true);
    }

    private static Predicate<Rule> any(RiskyPermission... risks) {
        return rule -> List.of(risks).stream().anyMatch(risk -> risk.isIn(rule));
    }

    /** Constrained impersonation has verbs of its own, such as {@code impersonate:user-info}. */
    private static Predicate<Rule> impersonates(String what) {
        RulePattern plain = verbs("impersonate").on("*", what);
        RulePattern bounded = anyVerb().on("*", what);
        return rule -> plain.test(rule)
                || (bounded.test(rule) && rule.verbs().stream().anyMatch(verb -> verb.startsWith("impersonate:")));
    }

    private static boolean isLapses(String name) {
        return name.startsWith(Lapse.NAME_PREFIX);
    }
}
