package dev.lapse.access;

import dev.lapse.api.v1alpha1.Lapse;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lists the resources of Kubernetes that somebody has classified: those of a {@link RiskyPermission}, and the ordinary
 * ones here, whose changes end with the grant or reach no further than it. A role that does more than read an
 * unclassified resource holds a risk until somebody classifies that resource.
 *
 * <p>A test walks the discovery document of the API server, so that no version of Kubernetes brings a resource unseen.
 */
public final class ClassifiedResources {
    /** By API group, each group that Kubernetes itself serves; also what is only asked of the authorizer. */
    private static final Map<String, Set<String>> ORDINARY = Map.ofEntries(
            ordinary(
                    "",
                    "componentstatuses configmaps endpoints events limitranges persistentvolumeclaims"
                            + " persistentvolumeclaims/status pods/eviction pods/log pods/resize pods/status podtemplates"
                            + " replicationcontrollers/scale replicationcontrollers/status resourcequotas"
                            + " resourcequotas/status serviceaccounts services services/status"
                            // The kubelet asks the authorizer about these.
                            + " nodes/configz nodes/healthz nodes/metrics nodes/pods nodes/spec nodes/stats"),
            ordinary("admissionregistration.k8s.io", "validatingadmissionpolicies/status"),
            ordinary("apiextensions.k8s.io", ""),
            ordinary("apiregistration.k8s.io", ""),
            // The built-in role edit still names the rollback, which nobody serves.
            ordinary(
                    "apps",
                    "daemonsets/status deployments/rollback deployments/scale deployments/status replicasets/scale replicasets/status"
                            + " statefulsets/scale statefulsets/status"),
            // Constrained impersonation is asked about nodes of this group; its verbs are a risk of their own.
            ordinary("authentication.k8s.io", "nodes selfsubjectreviews tokenreviews"),
            ordinary(
                    "authorization.k8s.io",
                    "localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews"),
            ordinary("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
            ordinary("batch", "cronjobs/status jobs/status"),
            ordinary("certificates.k8s.io", ""),
            ordinary("coordination.k8s.io", "leasecandidates leases"),
            ordinary("discovery.k8s.io", "endpointslices"),
            ordinary("events.k8s.io", "events"),
            // No API server that Lapse runs on serves it, but the built-in roles still name it.
            ordinary(
                    "extensions",
                    "daemonsets deployments deployments/rollback deployments/scale ingresses ingresses/status"
                            + " networkpolicies replicasets replicasets/scale replicationcontrollers/scale daemonsets/status"
                            + " deployments/status replicasets/status"),
            ordinary("flowcontrol.apiserver.k8s.io", ""),
            ordinary("internal.apiserver.k8s.io", ""),
            ordinary("networking.k8s.io", "ingresses ingresses/status networkpolicies"),
            ordinary("node.k8s.io", ""),
            ordinary("policy", "poddisruptionbudgets poddisruptionbudgets/status"),
            ordinary("rbac.authorization.k8s.io", ""),
            ordinary(
                    "resource.k8s.io",
                    "resourceclaims resourceclaims/binding resourceclaims/driver resourceclaims/status"
                            + " resourceclaimtemplates resourcepoolstatusrequests resourcepoolstatusrequests/status"),
            ordinary("scheduling.k8s.io", "podgroups podgroups/status workloads"),
            ordinary("storage.k8s.io", ""),
            ordinary("storagemigration.k8s.io", ""),
            ordinary(Lapse.GROUP, ""));

    private static final Set<String> READS = Set.of("get", "list", "watch");

    /** What every custom resource may have; any other subresource belongs to an API server that somebody added. */
    private static final Set<String> PLAIN_SUBRESOURCES = Set.of("status", "scale");

    private ClassifiedResources() {}

    /** Whether {@code resource} is classified; written as in rules: {@code pods/log}. */
    public static boolean contains(String group, String resource) {
        return ORDINARY.getOrDefault(group, Set.of()).contains(resource)
                || RiskyPermission.isAbout(
                        new Rule(List.of(group), List.of(resource), List.of(RulePattern.ALL), List.of(), List.of()));
    }

    /** Whether {@code rule} allows an unclassified use. In other API groups, to read is ordinary. */
    static boolean isOutsideIn(Rule rule) {
        boolean others = rule.apiGroups().stream().anyMatch(group -> !ORDINARY.containsKey(group));
        boolean onlyReads = READS.containsAll(rule.verbs());
        return !rule.apiGroups().isEmpty()
                && !rule.verbs().isEmpty()
                && rule.resources().stream().anyMatch(resource -> {
                    if (resource.contains(RulePattern.ALL)) {
                        // In Kubernetes' own groups the risk Wildcard already stands for everything, also for what
                        // does not exist yet.
                        return others && !onlyReads;
                    }
                    // A rule that lists two groups names each resource in both of them.
                    boolean known = rule.apiGroups().stream().anyMatch(group -> contains(group, resource));
                    return others ? !onlyReads || (connects(resource) && !known) : !known;
                });
    }

    /** A subresource like {@code pods/exec} is reached with get. */
    private static boolean connects(String resource) {
        int slash = resource.indexOf('/');
        return slash >= 0 && !PLAIN_SUBRESOURCES.contains(resource.substring(slash + 1));
    }

    private static Map.Entry<String, Set<String>> ordinary(String group, String resources) {
        return Map.entry(group, resources.isEmpty() ? Set.of() : Set.of(resources.split(" ")));
    }
}
