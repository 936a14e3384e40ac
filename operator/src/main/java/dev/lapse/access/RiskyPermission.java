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
                    // A StatefulSet makes Pods from a ControllerRevision, no matter who wrote the revision.
                    .on("apps", "deployments", "daemonsets", "statefulsets", "replicasets", "controllerrevisions")
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
                    .on(
                            "certificates.k8s.io",
                            "certificatesigningrequests",
                            "certificatesigningrequests/nodeclient",
                            "certificatesigningrequests/selfnodeclient")
                    .or(verbs("update", "patch")
                            .on(
                                    "certificates.k8s.io",
                                    "certificatesigningrequests/approval",
                                    "certificatesigningrequests/status"))
                    .or(verbs("create").on("certificates.k8s.io", "podcertificaterequests"))
                    .or(verbs("update", "patch").on("certificates.k8s.io", "podcertificaterequests/status"))
                    .or(writes().on("certificates.k8s.io", "clustertrustbundles"))
                    .or(verbs("approve", "sign", "attest").on("certificates.k8s.io", "signers"))),
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
            anyVerb().on("", "nodes/proxy", "nodes/log", "nodes/checkpoint", "services/proxy", "pods/proxy")),
    LapseWrite(
            "Asks for privileges, decides about them, or changes what may be asked for.", RiskyPermission::writesLapse),
    ApiWrite(
            "Changes which kinds the API server knows, and who answers for them.",
            writes().on("apiextensions.k8s.io", "customresourcedefinitions", "customresourcedefinitions/status")
                    .or(writes().on("apiregistration.k8s.io", "apiservices", "apiservices/status"))
                    .or(writes().on("internal.apiserver.k8s.io", "storageversions", "storageversions/status"))
                    .or(writes().on(
                                    "storagemigration.k8s.io",
                                    "storageversionmigrations",
                                    "storageversionmigrations/status"))),
    NamespacesWrite(
            "Makes, deletes or relabels namespaces, by whose labels policies say what is refused there.",
            writes().on("", "namespaces", "namespaces/finalize", "namespaces/status")),
    NodesWrite(
            "Changes nodes, devices and networks of the cluster, or which node a Pod runs on.",
            writes().on("", "nodes", "nodes/status", "bindings", "pods/binding")
                    .or(writes().on("node.k8s.io", "runtimeclasses"))
                    .or(writes().on(
                                    "resource.k8s.io",
                                    "deviceclasses",
                                    "devicetaintrules",
                                    "devicetaintrules/status",
                                    "resourceslices"))
                    .or(writes().on(
                                    "networking.k8s.io",
                                    "ingressclasses",
                                    "ipaddresses",
                                    "servicecidrs",
                                    "servicecidrs/status"))),
    StorageWrite(
            "Changes volumes and their classes: a volume can be a folder of any node.",
            writes().on("", "persistentvolumes", "persistentvolumes/status")
                    .or(writes().on(
                                    "storage.k8s.io",
                                    "csidrivers",
                                    "csinodes",
                                    "csistoragecapacities",
                                    "storageclasses",
                                    "volumeattachments",
                                    "volumeattachments/status",
                                    "volumeattributesclasses"))),
    PriorityWrite(
            "Changes whose requests and Pods come first, those of Lapse included.",
            writes().on(
                            "flowcontrol.apiserver.k8s.io",
                            "flowschemas",
                            "flowschemas/status",
                            "prioritylevelconfigurations",
                            "prioritylevelconfigurations/status")
                    .or(writes().on("scheduling.k8s.io", "priorityclasses"))),
    Unclassified(
            "Changes what Lapse does not know, such as custom resources: what comes of that, their controllers decide.",
            ClassifiedResources::isOutsideIn);

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

    /** Whether a risk of Kubernetes' own resources is in {@code rule}. */
    static boolean isAbout(Rule rule) {
        return EnumSet.complementOf(EnumSet.of(Wildcard, Unclassified)).stream().anyMatch(risk -> risk.isIn(rule));
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
