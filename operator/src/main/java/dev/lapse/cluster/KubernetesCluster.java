package dev.lapse.cluster;

import dev.lapse.api.v1alpha1.Lapse;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The informers that the controllers share: one watch a kind, pruned to what a decision needs. Of bindings these are the ones
 * that carry a grant's label. Whoever needs all bindings makes views of their own.
 */
public final class KubernetesCluster implements AutoCloseable {
    private static final String NAME = "metadata.name";

    private final KubernetesView<Namespace> namespaces;
    private final KubernetesView<ServiceAccount> accounts;
    private final KubernetesView<Role> roles;
    private final KubernetesView<ClusterRole> clusterRoles;
    private final KubernetesView<RoleBinding> roleBindings;
    private final KubernetesView<ClusterRoleBinding> clusterRoleBindings;

    /** @param room in the heap, for the objects of the informers */
    public KubernetesCluster(KubernetesClient client, HeapRoom room) {
        namespaces = new KubernetesView<>(room, client.namespaces(), KubernetesCluster::pruned);
        accounts = new KubernetesView<>(room, client.serviceAccounts().inAnyNamespace(), account -> {
            account.setSecrets(List.of());
            account.setImagePullSecrets(List.of());
            return pruned(account);
        });
        roles = new KubernetesView<>(
                room,
                client.rbac().roles().inAnyNamespace(),
                KubernetesCluster::pruned,
                new OneByOne<>(
                        (namespace, name) -> client.rbac()
                                .roles()
                                .inNamespace(namespace)
                                .withField(NAME, name)
                                .list()
                                .getItems(),
                        Role::getRules));
        clusterRoles = new KubernetesView<>(
                room,
                client.rbac().clusterRoles(),
                KubernetesCluster::pruned,
                new OneByOne<>(
                        (none, name) -> client.rbac()
                                .clusterRoles()
                                .withField(NAME, name)
                                .list()
                                .getItems(),
                        ClusterRole::getRules));
        roleBindings = new KubernetesView<>(
                room,
                client.rbac().roleBindings().inAnyNamespace().withLabel(Lapse.GRANT_UID_LABEL),
                KubernetesCluster::pruned);
        clusterRoleBindings = new KubernetesView<>(
                room, client.rbac().clusterRoleBindings().withLabel(Lapse.GRANT_UID_LABEL), KubernetesCluster::pruned);
    }

    /**
     * Starts every watch and waits until each has seen all there is.
     *
     * @param abandoned fails when nobody waits for that any longer
     */
    public void start(Duration limit, CompletableFuture<Void> abandoned) throws Exception {
        CompletableFuture<Void> all = CompletableFuture.allOf(
                views().map(view -> view.start().toCompletableFuture()).toArray(CompletableFuture[]::new));
        CompletableFuture.anyOf(all, abandoned).get(limit.toSeconds(), TimeUnit.SECONDS);
    }

    public boolean healthy() {
        return views().allMatch(KubernetesView::healthy);
    }

    public void tidy() {
        views().forEach(KubernetesView::tidy);
    }

    @Override
    public void close() {
        views().forEach(KubernetesView::close);
    }

    public KubernetesView<Namespace> namespaces() {
        return namespaces;
    }

    public KubernetesView<ServiceAccount> accounts() {
        return accounts;
    }

    public KubernetesView<Role> roles() {
        return roles;
    }

    public KubernetesView<ClusterRole> clusterRoles() {
        return clusterRoles;
    }

    public KubernetesView<RoleBinding> roleBindings() {
        return roleBindings;
    }

    public KubernetesView<ClusterRoleBinding> clusterRoleBindings() {
        return clusterRoleBindings;
    }

    private Stream<KubernetesView<?>> views() {
        return Stream.of(namespaces, accounts, roles, clusterRoles, roleBindings, clusterRoleBindings);
    }

    /** Keeps of the metadata what identifies an object, Lapse's own labels and the way back to the grant. */
    private static <T extends HasMetadata> T pruned(T object) {
        ObjectMeta all = object.getMetadata();
        object.setMetadata(new ObjectMetaBuilder()
                .withName(all.getName())
                .withNamespace(all.getNamespace())
                .withUid(all.getUid())
                .withResourceVersion(all.getResourceVersion())
                .withCreationTimestamp(all.getCreationTimestamp())
                .withDeletionTimestamp(all.getDeletionTimestamp())
                .withLabels(only(Lapse.LABELS, all.getLabels()))
                .withAnnotations(only(Lapse.ANNOTATIONS, all.getAnnotations()))
                .build());
        return object;
    }

    private static Map<String, String> only(Set<String> read, Map<String, String> all) {
        if (all == null || all.isEmpty()) {
            return Map.of();
        }
        var kept = new HashMap<String, String>();
        all.forEach((key, value) -> {
            if (read.contains(key)) {
                kept.put(key, value);
            }
        });
        return kept;
    }
}
