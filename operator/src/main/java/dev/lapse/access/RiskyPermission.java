package dev.lapse.access;

import static dev.lapse.access.RulePattern.anyVerb;
import static dev.lapse.access.RulePattern.verbs;
import static dev.lapse.access.RulePattern.writes;

import dev.lapse.api.v1alpha1.Lapse;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Permissions that let their holder outlive a grant or reach further than it. A wildcard counts as everything it stands
 * for, and {@code resourceNames} lower nothing: an object can be made to bear the name.
 */
public enum RiskyPermission {
    Wildcard("Everything of some kind, also what does not exist yet.", RiskyPermission::hasWildcard),
    TokenCreate(
            "Makes tokens of service accounts, which live on after the grant.",
            verbs("create").on("", "serviceaccounts/token")),
    SecretsRead(
            "Reads Secrets, and with them tokens and passwords that live on after the grant.",
            // A change returns what it changed. A deletion that waits for a finalizer, which DeleteOptions can ask for,
            // returns the Secret, and a deletecollection returns them all; with dryRun both leave them in place.
            verbs("get", "list", "watch", "update", "patch", "delete", "deletecollection")
                    .on("", "secrets")),
    PodsWrite(
            "Runs Pods as any service account of the namespace, and with whatever that account may do.",
            verbs("create", "update", "patch").on("", "pods")),
    WorkloadsWrite(
            "Changes what makes Pods, which run on after the grant as any service account of the namespace.",
            verbs("create", "update", "patch")
                    .on("apps", "deployments", "daemonsets", "statefulsets", "replicasets")
                    .or(verbs("create", "update", "patch").on("batch", "jobs", "cronjobs"))
                    .or(verbs("create", "update", "patch").on("", "replicationcontrollers"))),
    Exec(
            "Enters running Pods and acts with their credentials; an open session outlives the grant.",
            verbs("create", "get", "update", "patch")
                    .on("", "pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers")),
    RbacWrite(
            "Changes roles and bindings, and so who may do what.",
            writes().on("rbac.authorization.k8s.io", "roles", "rolebindings", "clusterroles", "clusterrolebindings")),
    Bind(
            "Binds roles whose rules the holder does not have.",
            verbs("bind").on("rbac.authorization.k8s.io", "roles", "clusterroles")),
    Escalate(
            "Writes into roles what the holder does not have.",
            verbs("escalate").on("rbac.authorization.k8s.io", "roles", "clusterroles")),
    Impersonate(
            "Acts as somebody else, unseen by admission.",
            verbs("impersonate")
                    .on("*", "users", "groups", "serviceaccounts", "uids", "userextras", "userextras/*")
                    .or(RiskyPermission::impersonatesWithinBounds)),
    CertificateSigning(
            "Obtains or approves client certificates, which nothing revokes.",
            verbs("create")
                    .on("certificates.k8s.io", "certificatesigningrequests")
                    .or(verbs("update", "patch")
                            .on(
                                    "certificates.k8s.io",
                                    "certificatesigningrequests/approval",
                                    "certificatesigningrequests/status"))
                    .or(verbs("approve", "sign").on("certificates.k8s.io", "signers"))),
    AdmissionWrite(
            "Changes what is checked or altered at admission, the guard of Lapse included.",
            writes().on(
                            "admissionregistration.k8s.io",
                            "validatingwebhookconfigurations",
                            "mutatingwebhookconfigurations",
                            "validatingadmissionpolicies",
                            "validatingadmissionpolicybindings",
                            "mutatingadmissionpolicies",
                            "mutatingadmissionpolicybindings")),
    NodesProxy(
            "Talks through the API server to kubelets, Services and Pods, past audit and admission.",
            anyVerb().on("", "nodes/proxy", "services/proxy", "pods/proxy")),
    LapseWrite(
            "Asks for privileges, decides about them, or changes what may be asked for.", RiskyPermission::writesLapse);

    private static final Set<String> READS = Set.of("get", "list", "watch");
    private static final RulePattern LAPSE_KINDS = anyVerb()
            .on(
                    Lapse.GROUP,
                    "serviceidentities",
                    "serviceidentities/*",
                    "privilegegrants",
                    "privilegegrants/*",
                    "accessreviews",
                    "accessreviews/*",
                    "principals");

    private final String description;
    private final Predicate<Rule> predicate;

    RiskyPermission(String description, Predicate<Rule> predicate) {
        this.description = description;
        this.predicate = predicate;
    }

    /** The risks among {@code rules}, in the order of the constants; the set is the caller's. */
    public static Set<RiskyPermission> of(List<Rule> rules) {
        Set<RiskyPermission> risks = EnumSet.noneOf(RiskyPermission.class);
        for (RiskyPermission risk : values()) {
            if (rules.stream().anyMatch(risk.predicate)) {
                risks.add(risk);
            }
        }
        return risks;
    }

    /** One sentence for whoever has to approve it. */
    public String description() {
        return description;
    }

    public boolean isIn(Rule rule) {
        return predicate.test(rule);
    }

    private static boolean hasWildcard(Rule rule) {
        boolean onResources = !rule.resources().isEmpty()
                && Stream.of(rule.verbs(), rule.apiGroups(), rule.resources())
                        .flatMap(List::stream)
                        .anyMatch(value -> value.contains(RulePattern.ALL));
        return onResources
                || rule.nonResourceURLs().contains("*")
                || rule.nonResourceURLs().contains("/*");
    }

    /** Constrained impersonation has verbs of its own, such as {@code impersonate:user-info}. */
    private static boolean impersonatesWithinBounds(Rule rule) {
        return !rule.resources().isEmpty() && rule.verbs().stream().anyMatch(verb -> verb.startsWith("impersonate:"));
    }

    /** Everything but reading, so also the verbs that only Lapse knows: request, approve, govern and their like. */
    private static boolean writesLapse(Rule rule) {
        return !READS.containsAll(rule.verbs()) && LAPSE_KINDS.test(rule);
    }
}
