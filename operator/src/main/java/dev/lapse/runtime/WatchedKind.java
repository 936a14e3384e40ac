package dev.lapse.runtime;

import dev.lapse.api.v1alpha1.Lapse;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The kinds that the operator watches while it leads. It does all of its work only if it can watch every one of them.
 */
enum WatchedKind {
    PRIVILEGE_GRANTS("privilegegrants", "/apis/lapse.dev/v1alpha1/privilegegrants", ""),
    SERVICE_IDENTITIES("serviceidentities", "/apis/lapse.dev/v1alpha1/serviceidentities", ""),
    ACCESS_REVIEWS("accessreviews", "/apis/lapse.dev/v1alpha1/accessreviews", ""),
    NAMESPACES("namespaces", "/api/v1/namespaces", ""),
    SERVICE_ACCOUNTS("serviceaccounts", "/api/v1/serviceaccounts", ""),
    ROLES("roles", "/apis/rbac.authorization.k8s.io/v1/roles", ""),
    CLUSTER_ROLES("clusterroles", "/apis/rbac.authorization.k8s.io/v1/clusterroles", ""),
    ROLE_BINDINGS("rolebindings", "/apis/rbac.authorization.k8s.io/v1/rolebindings", "labelSelector"),
    CLUSTER_ROLE_BINDINGS(
            "clusterrolebindings", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "labelSelector"),
    POLICIES("validatingadmissionpolicies", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", ""),
    POLICY_BINDINGS(
            "validatingadmissionpolicybindings",
            "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
            ""),
    MEMORY("configmaps of the memory", "/api/v1/namespaces/lapse-system/configmaps", ""),
    PARAMETERS("configmap of the guard", "/api/v1/namespaces/lapse-system/configmaps", "fieldSelector");

    private static final Map<String, String> SELECTED =
            Map.of("labelSelector", Lapse.GRANT_UID_LABEL, "fieldSelector", "metadata.name%3Dlapse-guard");

    private final String text;
    private final String path;

    /** The selector that its requests carry; empty: none. */
    private final String selector;

    WatchedKind(String text, String path, String selector) {
        this.text = text;
        this.path = path;
        this.selector = selector;
    }

    String text() {
        return text;
    }

    /** A request whose answer is one object at most. */
    String probe() {
        return path + "?limit=1" + (selector.isEmpty() ? "" : "&" + selector + "=" + SELECTED.get(selector));
    }

    /**
     * Whether an instance must be able to list this kind to lead. Without grants not even what is due can be ended, so
     * another instance should lead. Without any other kind a leader still ends grants, and no other instance could do
     * more.
     */
    boolean needed() {
        return this == PRIVILEGE_GRANTS;
    }

    /** The kind that a list or a watch is about. */
    static Optional<WatchedKind> of(String path, boolean fieldSelector, boolean labelSelector) {
        return Arrays.stream(values())
                .filter(kind -> kind.path.equals(path))
                .filter(kind -> kind.selector.isEmpty()
                        ? !fieldSelector && !labelSelector
                        : kind.selector.equals("fieldSelector") ? fieldSelector : labelSelector)
                .findFirst();
    }
}
