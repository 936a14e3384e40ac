package dev.lapse.fault;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Watches the API server from outside the operator, and remembers what it must never do. */
final class Witness implements AutoCloseable {
    private static final String LABEL = "lapse.dev/grant-uid";

    private final Map<String, Set<Instant>> ends = new ConcurrentHashMap<>();
    private final Map<String, Instant> lastBindingGone = new ConcurrentHashMap<>();
    private final List<SharedIndexInformer<?>> informers;

    Witness(KubernetesClient admin) {
        SharedIndexInformer<PrivilegeGrant> grants =
                admin.resources(PrivilegeGrant.class).inAnyNamespace().inform(new Grants());
        SharedIndexInformer<RoleBinding> bindings =
                admin.rbac().roleBindings().inAnyNamespace().withLabel(LABEL).inform(new Bindings<>());
        SharedIndexInformer<ClusterRoleBinding> clusterBindings =
                admin.rbac().clusterRoleBindings().withLabel(LABEL).inform(new Bindings<>());
        informers = List.of(grants, bindings, clusterBindings);
    }

    /** Every expiresAt that the grant's status ever had. */
    Set<Instant> ends(String grantUid) {
        return ends.getOrDefault(grantUid, Set.of());
    }

    /** When a binding of the grant was last seen to go. */
    Optional<Instant> lastBindingGone(String grantUid) {
        return Optional.ofNullable(lastBindingGone.get(grantUid));
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::stop);
    }

    private final class Grants implements ResourceEventHandler<PrivilegeGrant> {
        @Override
        public void onAdd(PrivilegeGrant grant) {
            if (grant.getStatus() != null && grant.getStatus().expiresAt() != null) {
                ends.computeIfAbsent(grant.getMetadata().getUid(), uid -> ConcurrentHashMap.newKeySet())
                        .add(grant.getStatus().expiresAt());
            }
        }

        @Override
        public void onUpdate(PrivilegeGrant before, PrivilegeGrant after) {
            onAdd(after);
        }

        @Override
        public void onDelete(PrivilegeGrant grant, boolean finalStateUnknown) {}
    }

    private final class Bindings<T extends HasMetadata> implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T binding) {}

        @Override
        public void onUpdate(T before, T after) {}

        @Override
        public void onDelete(T binding, boolean finalStateUnknown) {
            lastBindingGone.put(binding.getMetadata().getLabels().get(LABEL), Instant.now());
        }
    }
}
