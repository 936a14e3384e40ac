package dev.lapse.grant.end;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what the informers show of grants that are over or gone. */
public final class KubernetesOrphans {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesOrphans.class);

    private final KubernetesCluster cluster;
    private final BiConsumer<GrantObject, String> delete;

    /** @param delete deletes an object if it still has this UID */
    public KubernetesOrphans(KubernetesCluster cluster, BiConsumer<GrantObject, String> delete) {
        this.cluster = cluster;
        this.delete = delete;
    }

    /** @param grants all that have not ended */
    public void remove(Stream<PrivilegeGrant> grants) {
        Map<ObjectKind, List<? extends HasMetadata>> ours = new EnumMap<>(ObjectKind.class);
        ours.put(ObjectKind.RoleBinding, cluster.roleBindings().list());
        ours.put(ObjectKind.ClusterRoleBinding, cluster.clusterRoleBindings().list());
        ours.put(ObjectKind.ServiceAccount, ofPrincipals(cluster.accounts()));
        ours.put(ObjectKind.Role, ofPrincipals(cluster.roles()));
        GrantSweep.orphans(ours, grants).forEach(this::remove);
    }

    private static <T extends HasMetadata> List<T> ofPrincipals(KubernetesView<T> view) {
        return view.list().stream()
                .filter(object ->
                        Lapse.PRINCIPALS_NAMESPACE.equals(object.getMetadata().getNamespace()))
                .toList();
    }

    private void remove(GrantSweep.Orphan orphan) {
        try {
            delete.accept(orphan.object(), orphan.uid());
            LOG.atWarn()
                    .addKeyValue("kind", orphan.object().kind())
                    .addKeyValue("namespace", orphan.object().namespace())
                    .addKeyValue("name", orphan.object().name())
                    .log("removed an object that no open grant answers for");
        } catch (KubernetesClientException failed) {
            LOG.atWarn()
                    .addKeyValue("name", orphan.object().name())
                    .addKeyValue("error", failed.getMessage())
                    .log("an object that no open grant answers for could not be removed, the next sweep tries again");
        }
    }
}
