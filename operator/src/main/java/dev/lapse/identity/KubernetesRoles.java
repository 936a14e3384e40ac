package dev.lapse.identity;

import dev.lapse.access.Rule;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import dev.lapse.cluster.KubernetesCluster;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks up a role in every place an entry would bind it. */
public final class KubernetesRoles {
    private KubernetesRoles() {}

    /** @param namespaces empty for cluster-wide */
    public static RoleFacts find(KubernetesCluster cluster, RoleReference role, List<String> namespaces) {
        Map<String, RoleFacts.Seen> places = new TreeMap<>();
        if (role.kind() == RoleKind.ClusterRole) {
            cluster.clusterRoles()
                    .whole("", role.name())
                    .ifPresent(seen ->
                            places.put("", new RoleFacts.Seen(seen.getMetadata().getUid(), Rule.of(seen.getRules()))));
            return new RoleFacts(places, List.of(""));
        }
        for (String namespace : namespaces) {
            cluster.roles()
                    .whole(namespace, role.name())
                    .ifPresent(seen -> places.put(
                            namespace, new RoleFacts.Seen(seen.getMetadata().getUid(), Rule.of(seen.getRules()))));
        }
        return new RoleFacts(places, namespaces);
    }
}
