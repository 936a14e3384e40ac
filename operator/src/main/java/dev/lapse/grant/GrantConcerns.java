package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.cluster.KubernetesCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** Which changes of other objects concern which grants. */
final class GrantConcerns {
    private final GrantEventSources sources;
    private final NamespaceUids namespaceUids = new NamespaceUids();

    GrantConcerns(GrantEventSources sources) {
        this.sources = sources;
    }

    void watch(KubernetesCluster cluster) {
        cluster.roleBindings().onChange(this::concerned);
        cluster.clusterRoleBindings().onChange(this::concerned);
        cluster.accounts().onChange(this::concerned);
        cluster.roles().onChange(role -> {
            concerned(role);
            sources.roleChanged("Role/" + role.getMetadata().getName());
        });
        cluster.clusterRoles()
                .onChange(role ->
                        sources.roleChanged("ClusterRole/" + role.getMetadata().getName()));
        cluster.namespaces().onChange(namespace -> {
            String name = namespace.getMetadata().getName();
            if (namespaceUids.ends(name, cluster.namespaces().find("", name))) {
                namespaceEnds(name);
            }
        });
    }

    private void concerned(HasMetadata object) {
        GrantManifests.grantOf(object).ifPresent(sources::lookAgain);
    }

    private void namespaceEnds(String namespace) {
        sources.lookAgainWhere(grant -> grant.getMetadata().getNamespace().equals(namespace)
                || resolved(grant)
                        .filter(resolved -> resolved.namespaces().contains(namespace))
                        .isPresent());
    }

    private static Optional<Resolved> resolved(PrivilegeGrant grant) {
        return Optional.ofNullable(grant.getStatus()).map(status -> status.resolved());
    }
}
