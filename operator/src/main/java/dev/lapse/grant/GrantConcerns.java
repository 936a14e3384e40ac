package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.grant.begin.GrantManifests;
import dev.lapse.identity.KubernetesIdentities;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** Which changes of other objects concern which grants. */
final class GrantConcerns {
    private final GrantEventSources sources;
    private final KubernetesIdentities identities;
    private final NamespaceUids namespaceUids = new NamespaceUids();

    GrantConcerns(GrantEventSources sources, KubernetesIdentities identities) {
        this.sources = sources;
        this.identities = identities;
    }

    void watch(KubernetesCluster cluster) {
        cluster.roleBindings().onChange(this::concerned);
        cluster.clusterRoleBindings().onChange(this::concerned);
        cluster.accounts().onChange(this::concerned);
        cluster.roles().onChange(role -> {
            concerned(role);
            roleChanged("Role/" + role.getMetadata().getName());
        });
        cluster.clusterRoles()
                .onChange(
                        role -> roleChanged("ClusterRole/" + role.getMetadata().getName()));
        cluster.namespaces().onChange(namespace -> {
            String name = namespace.getMetadata().getName();
            if (namespaceUids.ends(name, cluster.namespaces().find("", name))) {
                namespaceEnds(name);
            }
        });
    }

    private void roleChanged(String role) {
        sources.roleChanged(role, grant -> asksFor(grant, role));
    }

    /** By what its identity says now; where that is not known, the grant is looked at once it is. */
    private boolean asksFor(PrivilegeGrant grant, String role) {
        return identities
                .find(
                        grant.getMetadata().getNamespace(),
                        grant.getSpec().identityRef().name())
                .flatMap(identity -> identity.entry(grant.getSpec().privilege()))
                .filter(entry -> entry.role().text().equals(role))
                .isPresent();
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
