package dev.lapse.fault;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;

/** A kind of object as whoever writes it sees it: where it goes, and what the smallest of it is. */
enum Written {
    ACCOUNT("v1", "ServiceAccount", "serviceaccounts", Written.NAMESPACE_OF_ALL),
    NAMESPACE("v1", "Namespace", "namespaces", ""),
    MAP("v1", "ConfigMap", "configmaps", "lapse-system"),
    EVENT("v1", "Event", "events", Written.NAMESPACE_OF_ALL),
    ROLE(Written.RBAC, "Role", "roles", Written.NAMESPACE_OF_ALL),
    CLUSTER_ROLE(Written.RBAC, "ClusterRole", "clusterroles", ""),
    BINDING(Written.RBAC, "RoleBinding", "rolebindings", Written.NAMESPACE_OF_ALL),
    CLUSTER_BINDING(Written.RBAC, "ClusterRoleBinding", "clusterrolebindings", ""),
    GRANT(Written.LAPSE, "PrivilegeGrant", "privilegegrants", Written.NAMESPACE_OF_ALL),
    IDENTITY(Written.LAPSE, "ServiceIdentity", "serviceidentities", Written.NAMESPACE_OF_ALL),
    CAMPAIGN(Written.LAPSE, "AccessReview", "accessreviews", Written.NAMESPACE_OF_ALL);

    static final String NAMESPACE_OF_ALL = "largest";
    private static final String RBAC = "rbac.authorization.k8s.io/v1";
    private static final String LAPSE = "lapse.dev/v1alpha1";

    private final String version;
    private final String kind;
    private final String plural;
    private final String namespace;

    Written(String version, String kind, String plural, String namespace) {
        this.version = version;
        this.kind = kind;
        this.plural = plural;
        this.namespace = namespace;
    }

    String kind() {
        return kind;
    }

    String path() {
        return (version.equals("v1") ? "/api/" : "/apis/")
                + version
                + (namespace.isEmpty() ? "" : "/namespaces/" + namespace)
                + "/"
                + plural;
    }

    /** What creates one. */
    Attack.Write created(String name, Consumer<ObjectNode> grown) {
        ObjectNode object = smallest(name);
        grown.accept(object);
        return new Attack.Write("POST", path(), object);
    }

    ObjectNode smallest(String name) {
        ObjectNode object =
                JsonNodeFactory.instance.objectNode().put("apiVersion", version).put("kind", kind);
        object.putObject("metadata").put("name", name);
        switch (this) {
            case ROLE, CLUSTER_ROLE -> object.putArray("rules");
            case BINDING, CLUSTER_BINDING ->
                object.putObject("roleRef")
                        .put("apiGroup", "rbac.authorization.k8s.io")
                        .put("kind", "ClusterRole")
                        .put("name", "view");
            case EVENT ->
                object.putObject("involvedObject").put("kind", "Namespace").put("namespace", NAMESPACE_OF_ALL);
            case GRANT -> grant(object.putObject("spec"));
            case IDENTITY -> identity(object.putObject("spec"), name);
            case CAMPAIGN -> campaign(object.putObject("spec"));
            default -> {}
        }
        return object;
    }

    private static void grant(ObjectNode spec) {
        spec.putObject("identityRef").put("name", "nobody");
        spec.put("privilege", "none")
                .put("duration", "1h")
                .put("reason", "to fill the memory")
                .put("requestedBy", "admin");
    }

    private static void identity(ObjectNode spec, String name) {
        spec.put("actorType", "Pipeline").put("changedBy", "admin");
        spec.putObject("subject").putObject("serviceAccount").put("name", name);
        spec.putObject("owner").put("user", "olivia");
    }

    private static void campaign(ObjectNode spec) {
        spec.put("type", "Certification")
                .put("openedBy", "admin")
                .put("dueAt", "2100-01-01T00:00:00Z")
                .put("onMissed", "Report");
        spec.putArray("openedByAs").add("system:masters");
        spec.putObject("scope");
    }
}
