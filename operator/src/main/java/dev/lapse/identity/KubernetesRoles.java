package dev.lapse.identity;

import dev.lapse.access.Rule;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Looks up a role in every place an entry would bind it. */
public final class KubernetesRoles {
    /** One role in one place. */
    @FunctionalInterface
    private interface Look {
        <T extends HasMetadata> Optional<RoleFacts.Seen> at(
                KubernetesView<T> roles, String namespace, String name, Function<T, List<PolicyRule>> rules);
    }

    private KubernetesRoles() {}

    /**
     * Finds the role with its rules, for which the API server may have to be asked.
     *
     * @param namespaces empty for cluster-wide
     */
    public static RoleFacts find(KubernetesCluster cluster, RoleReference role, List<String> namespaces) {
        return find(cluster, role, namespaces, KubernetesRoles::whole);
    }

    /** Finds the role without a request. {@link RoleFacts#read} tells whether its rules are known. */
    public static RoleFacts outline(KubernetesCluster cluster, RoleReference role, List<String> namespaces) {
        return find(cluster, role, namespaces, KubernetesRoles::shown);
    }

    private static RoleFacts find(KubernetesCluster cluster, RoleReference role, List<String> namespaces, Look look) {
        Map<String, RoleFacts.Seen> places = new TreeMap<>();
        if (role.kind() == RoleKind.ClusterRole) {
            look.at(cluster.clusterRoles(), "", role.name(), ClusterRole::getRules)
                    .ifPresent(seen -> places.put("", seen));
            return new RoleFacts(places, List.of(""));
        }
        for (String namespace : namespaces) {
            look.at(cluster.roles(), namespace, role.name(), Role::getRules)
                    .ifPresent(seen -> places.put(namespace, seen));
        }
        return new RoleFacts(places, namespaces);
    }

    private static <T extends HasMetadata> Optional<RoleFacts.Seen> whole(
            KubernetesView<T> roles, String namespace, String name, Function<T, List<PolicyRule>> rules) {
        return roles.whole(namespace, name).map(role -> seen(role, rules));
    }

    private static <T extends HasMetadata> Optional<RoleFacts.Seen> shown(
            KubernetesView<T> roles, String namespace, String name, Function<T, List<PolicyRule>> rules) {
        return roles.find(namespace, name)
                .map(role -> roles.wholeIfKnown(namespace, name)
                        .map(whole -> seen(whole, rules))
                        .orElseGet(
                                () -> RoleFacts.Seen.unread(role.getMetadata().getUid())));
    }

    private static <T extends HasMetadata> RoleFacts.Seen seen(T role, Function<T, List<PolicyRule>> rules) {
        return new RoleFacts.Seen(role.getMetadata().getUid(), Rule.of(rules.apply(role)));
    }
}
