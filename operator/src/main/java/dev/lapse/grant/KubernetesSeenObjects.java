package dev.lapse.grant;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.grant.ObservedObject.Found;
import dev.lapse.grant.begin.GrantManifests;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What the informers show under the names of a grant's objects. */
final class KubernetesSeenObjects {
    private final KubernetesCluster cluster;

    KubernetesSeenObjects(KubernetesCluster cluster) {
        this.cluster = cluster;
    }

    ObservedObject look(GrantRequest request, GrantRecord record, GrantObject object) {
        return look(request, record, object, cluster.roles()::whole);
    }

    /** The same without a request: whether a Role says what it should is then not known, and it is taken for changed. */
    ObservedObject outline(GrantRequest request, GrantRecord record, GrantObject object) {
        return look(
                request,
                record,
                object,
                (namespace, name) -> cluster.roles()
                        .wholeIfKnown(namespace, name)
                        .or(() -> cluster.roles().find(namespace, name)));
    }

    private ObservedObject look(
            GrantRequest request,
            GrantRecord record,
            GrantObject object,
            BiFunction<String, String, Optional<Role>> roles) {
        String namespace = object.namespace() == null ? "" : object.namespace();
        Optional<? extends HasMetadata> found = switch (object.kind()) {
            case ServiceAccount -> cluster.accounts().find(namespace, object.name());
            case Role -> roles.apply(namespace, object.name());
            case RoleBinding -> cluster.roleBindings().find(namespace, object.name());
            case ClusterRoleBinding -> cluster.clusterRoleBindings().find("", object.name());
            case Secret -> Optional.empty();
        };
        Found as = object.kind() == ObjectKind.Secret
                ? object.state() == ObjectState.Gone ? Found.Absent : Found.Hidden
                : found.map(seen -> found(request, record, object, seen)).orElse(Found.Absent);
        return new ObservedObject(
                object, as, found.map(seen -> seen.getMetadata().getUid()).or(() -> Optional.ofNullable(object.uid())));
    }

    /** An account of another UID than the recorded one carries none of the grant's tokens. */
    private static Found foundAccount(GrantObject account, HasMetadata seen) {
        return account.uid() == null || account.uid().equals(seen.getMetadata().getUid())
                ? Found.Correct
                : Found.Changed;
    }

    private static Found found(GrantRequest request, GrantRecord record, GrantObject object, HasMetadata seen) {
        if (!GrantManifests.isOf(seen, request.uid())) {
            return Found.Foreign;
        }
        if (object.kind() == ObjectKind.ServiceAccount) {
            return foundAccount(object, seen);
        }
        boolean asResolved = record.resolved()
                .filter(resolved -> GrantManifests.gives(seen, request, object, resolved))
                .isPresent();
        return asResolved ? Found.Correct : Found.Changed;
    }

    /** All that a grant of this UID can have made, whatever a forged status says of it. */
    List<GrantObject> everythingOf(String uid, String namespace) {
        String name = GrantPlan.objectName(uid);
        List<GrantObject> all = new ArrayList<>();
        all.add(new GrantObject(
                ObjectKind.ServiceAccount, Lapse.PRINCIPALS_NAMESPACE, name, null, ObjectState.Creating));
        all.add(new GrantObject(ObjectKind.Secret, namespace, name, null, ObjectState.Creating));
        cluster.roleBindings().list().stream()
                .filter(binding -> GrantManifests.isOf(binding, uid))
                .map(binding -> new GrantObject(
                        ObjectKind.RoleBinding,
                        binding.getMetadata().getNamespace(),
                        binding.getMetadata().getName(),
                        null,
                        ObjectState.Creating))
                .forEach(all::add);
        all.add(new GrantObject(ObjectKind.ClusterRoleBinding, null, name, null, ObjectState.Creating));
        all.add(new GrantObject(
                ObjectKind.Role, Lapse.PRINCIPALS_NAMESPACE, GrantPlan.mintName(uid), null, ObjectState.Creating));
        return List.copyOf(all);
    }
}
