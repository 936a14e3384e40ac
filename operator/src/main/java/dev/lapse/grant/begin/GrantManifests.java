package dev.lapse.grant.begin;

import dev.lapse.access.Rule;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccountName;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.grant.GrantKey;
import dev.lapse.grant.GrantPlan;
import dev.lapse.grant.GrantRequest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the objects of a grant look, in both directions: made from a request, and recognised in the cluster. */
public final class GrantManifests {
    /**
     * A type of its own, which Kubernetes never lets change: writing to a Secret of another type is refused, so the
     * operator can tell its own Secrets from others' without the right to read any.
     */
    public static final String SECRET_TYPE = "lapse.dev/credential";

    private static final String RBAC = "rbac.authorization.k8s.io";

    private GrantManifests() {}

    public static AccessReview review(GrantRequest request, String name, AccessReviewSpec spec) {
        AccessReview made = new AccessReview();
        made.setMetadata(metadata(
                request, new GrantObject(ObjectKind.Secret, request.namespace(), name, null, ObjectState.Creating)));
        made.setSpec(spec);
        return made;
    }

    public static ServiceAccount account(GrantRequest request, GrantObject account) {
        return new ServiceAccountBuilder()
                .withMetadata(metadata(request, account))
                // Nothing runs as it.
                .withAutomountServiceAccountToken(false)
                .build();
    }

    public static Secret secret(GrantRequest request, GrantObject secret, Map<String, String> content) {
        return new SecretBuilder()
                .withMetadata(metadata(request, secret))
                .withType(SECRET_TYPE)
                .withStringData(content)
                .build();
    }

    /** Without content, to find out whether a Secret of this name is the operator's. */
    static Secret emptySecret(GrantObject secret) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(secret.name())
                .withNamespace(secret.namespace())
                .endMetadata()
                .withType(SECRET_TYPE)
                .build();
    }

    /** A binding, or the Role that one refers to. */
    public static HasMetadata giving(GrantRequest request, GrantObject object, Resolved resolved) {
        boolean mint = GrantPlan.isForMinting(object, request.uid());
        RoleRef role = mint ? new RoleRef(RBAC, ObjectKind.Role.name(), object.name()) : roleRef(resolved);
        Subject to = subject(mint ? request.requestedBy() : resolved.principalName());
        return switch (object.kind()) {
            case Role -> mintRole(request, object);
            case RoleBinding ->
                new RoleBindingBuilder()
                        .withMetadata(metadata(request, object))
                        .withRoleRef(role)
                        .withSubjects(to)
                        .build();
            case ClusterRoleBinding ->
                new ClusterRoleBindingBuilder()
                        .withMetadata(metadata(request, object))
                        .withRoleRef(role)
                        .withSubjects(to)
                        .build();
            case ServiceAccount, Secret ->
                throw new IllegalArgumentException("a " + object.kind() + " gives no access");
        };
    }

    /**
     * RBAC's right to create tokens of that one account, and beside it the right that policy lapse-principals asks for: it
     * lets nobody do so who was not named here, however many wildcards they hold.
     */
    private static Role mintRole(GrantRequest request, GrantObject role) {
        String account = GrantPlan.objectName(request.uid());
        return new RoleBuilder()
                .withMetadata(metadata(request, role))
                .addNewRule()
                .withApiGroups("")
                .withResources("serviceaccounts/token")
                .withResourceNames(account)
                .withVerbs("create")
                .endRule()
                .addNewRule()
                .withApiGroups(Lapse.GROUP)
                .withResources("principals")
                .withResourceNames(account)
                .withVerbs("mint")
                .endRule()
                .build();
    }

    /** Whether an object carries this grant's label. */
    public static boolean isOf(HasMetadata object, String grantUid) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels != null && grantUid.equals(labels.get(Lapse.GRANT_UID_LABEL));
    }

    /** Whether a binding, or the Role that one refers to, gives exactly what the grant resolved to. */
    public static boolean gives(HasMetadata seen, GrantRequest request, GrantObject object, Resolved resolved) {
        HasMetadata wanted = giving(request, object, resolved);
        if (seen instanceof Role role && wanted instanceof Role other) {
            return Rule.of(role.getRules()).equals(Rule.of(other.getRules()));
        }
        if (seen instanceof RoleBinding binding && wanted instanceof RoleBinding other) {
            return same(binding.getRoleRef(), binding.getSubjects(), other.getRoleRef(), other.getSubjects());
        }
        return seen instanceof ClusterRoleBinding binding
                && wanted instanceof ClusterRoleBinding other
                && same(binding.getRoleRef(), binding.getSubjects(), other.getRoleRef(), other.getSubjects());
    }

    private static boolean same(RoleRef role, List<Subject> subjects, RoleRef wanted, List<Subject> one) {
        return role.getKind().equals(wanted.getKind())
                && role.getName().equals(wanted.getName())
                && subjects.size() == 1
                && same(subjects.get(0), one.get(0));
    }

    /** The grant an object belongs to, for events about the object. */
    public static Optional<GrantKey> grantOf(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        String namespace = labels == null ? null : labels.get(Lapse.GRANT_NAMESPACE_LABEL);
        String name = annotations == null ? null : annotations.get(Lapse.GRANT_NAME_ANNOTATION);
        return namespace == null || name == null ? Optional.empty() : Optional.of(new GrantKey(namespace, name));
    }

    /** The URL path of an object, for deletions by UID. */
    public static String path(GrantObject object) {
        String namespaced = "/namespaces/" + object.namespace() + "/";
        return switch (object.kind()) {
            case ServiceAccount -> "/api/v1" + namespaced + "serviceaccounts/" + object.name();
            case Secret -> "/api/v1" + namespaced + "secrets/" + object.name();
            case Role -> "/apis/" + RBAC + "/v1" + namespaced + "roles/" + object.name();
            case RoleBinding -> "/apis/" + RBAC + "/v1" + namespaced + "rolebindings/" + object.name();
            case ClusterRoleBinding -> "/apis/" + RBAC + "/v1/clusterrolebindings/" + object.name();
        };
    }

    public static String path(GrantRequest request) {
        return "/apis/" + Lapse.GROUP + "/" + Lapse.VERSION + "/namespaces/" + request.namespace() + "/privilegegrants/"
                + request.name();
    }

    private static ObjectMeta metadata(GrantRequest request, GrantObject object) {
        ObjectMetaBuilder metadata = new ObjectMetaBuilder()
                .withName(object.name())
                .withNamespace(object.namespace())
                .addToLabels(Lapse.GRANT_UID_LABEL, request.uid())
                .addToLabels(Lapse.GRANT_NAMESPACE_LABEL, request.namespace())
                .addToAnnotations(Lapse.GRANT_NAME_ANNOTATION, request.name());
        // An owner in another namespace would be none: the garbage collector would delete the object at once.
        boolean beside = request.namespace().equals(object.namespace());
        if (beside && object.kind() != ObjectKind.ServiceAccount) {
            metadata.addNewOwnerReference()
                    .withApiVersion(Lapse.GROUP + "/" + Lapse.VERSION)
                    .withKind("PrivilegeGrant")
                    .withName(request.name())
                    .withUid(request.uid())
                    .withController(true)
                    .endOwnerReference();
        }
        return metadata.build();
    }

    private static RoleRef roleRef(Resolved resolved) {
        String[] kindAndName = resolved.role().split("/", 2);
        return new RoleRef(RBAC, kindAndName[0], kindAndName[1]);
    }

    private static Subject subject(String principal) {
        return AccountName.of(principal)
                .map(account -> new SubjectBuilder()
                        .withKind("ServiceAccount")
                        .withNamespace(account.namespace())
                        .withName(account.name())
                        .build())
                .orElseGet(() -> new SubjectBuilder()
                        .withApiGroup(RBAC)
                        .withKind("User")
                        .withName(principal)
                        .build());
    }

    private static boolean same(Subject one, Subject other) {
        return one.getKind().equals(other.getKind())
                && one.getName().equals(other.getName())
                && java.util.Objects.equals(one.getNamespace(), other.getNamespace());
    }
}
