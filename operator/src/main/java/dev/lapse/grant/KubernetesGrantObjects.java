package dev.lapse.grant;

import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesView;
import dev.lapse.cluster.KubernetesWrites;
import dev.lapse.cluster.KubernetesWrites.Deletion;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** Makes and removes the objects of grants; what has our name but is not ours is left as it is. */
final class KubernetesGrantObjects {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNPROCESSABLE = 422;

    private final KubernetesClient client;
    private final KubernetesCluster cluster;
    private final KubernetesWrites writes;
    private final BinaryOperator<PrivilegeGrant> cache;

    /** @param cache takes what the API server answered to a write, and what it replaces, before the watch tells of it */
    KubernetesGrantObjects(
            KubernetesClient client,
            KubernetesCluster cluster,
            KubernetesWrites writes,
            BinaryOperator<PrivilegeGrant> cache) {
        this.client = client;
        this.cluster = cluster;
        this.writes = writes;
        this.cache = cache;
    }

    PrivilegeGrant remember(PrivilegeGrant fresh, PrivilegeGrant previous) {
        return cache.apply(fresh, previous);
    }

    /** Refused with 409 unless the grant is still the version that was read. */
    PrivilegeGrant updateStatus(PrivilegeGrant grant) {
        return client.resource(grant).updateStatus();
    }

    String createAccount(ServiceAccount account) {
        try {
            ServiceAccount made = client.resource(account).create();
            cluster.accounts().created(made);
            return made.getMetadata().getUid();
        } catch (KubernetesClientException failed) {
            if (failed.getCode() == CONFLICT) {
                // An attempt whose answer was lost. Its tokens are nobody's to know: the account goes, the next pass
                // makes another.
                ServiceAccount there = client.serviceAccounts()
                        .inNamespace(Lapse.PRINCIPALS_NAMESPACE)
                        .withName(account.getMetadata().getName())
                        .get();
                if (there != null) {
                    writes.delete(
                            "/api/v1/namespaces/" + Lapse.PRINCIPALS_NAMESPACE + "/serviceaccounts/"
                                    + account.getMetadata().getName(),
                            there.getMetadata().getUid());
                }
            }
            throw failed;
        }
    }

    /**
     * Makes the binding, or finds that an earlier attempt did.
     *
     * @return its UID, or nothing if somebody else's binding has the name
     */
    <T extends HasMetadata> Optional<String> createBinding(GrantRequest request, T binding, Resolved resolved) {
        try {
            T made = client.resource(binding).create();
            seen(made);
            return Optional.of(made.getMetadata().getUid());
        } catch (KubernetesClientException failed) {
            if (failed.getCode() != CONFLICT) {
                throw failed;
            }
            T there = client.resource(binding).get();
            if (there == null || !GrantManifests.isOf(there, request.uid())) {
                if (there == null) {
                    throw failed;
                }
                return Optional.empty();
            }
            if (!asResolved(there, resolved)) {
                writes.delete(path(there), there.getMetadata().getUid());
                throw failed;
            }
            seen(there);
            return Optional.of(there.getMetadata().getUid());
        }
    }

    private static boolean asResolved(HasMetadata there, Resolved resolved) {
        if (there instanceof RoleBinding binding) {
            return GrantManifests.gives(binding.getRoleRef(), binding.getSubjects(), resolved);
        }
        return there instanceof ClusterRoleBinding binding
                && GrantManifests.gives(binding.getRoleRef(), binding.getSubjects(), resolved);
    }

    private void seen(HasMetadata made) {
        if (made instanceof RoleBinding binding) {
            cluster.roleBindings().created(binding);
        } else if (made instanceof ClusterRoleBinding binding) {
            cluster.clusterRoleBindings().created(binding);
        }
    }

    private static String path(HasMetadata binding) {
        String name = binding.getMetadata().getName();
        return binding instanceof RoleBinding
                ? "/apis/rbac.authorization.k8s.io/v1/namespaces/"
                        + binding.getMetadata().getNamespace() + "/rolebindings/" + name
                : "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/" + name;
    }

    /**
     * Makes an empty Secret for a token to be bound to. One that a cut-off attempt left is replaced, so that no token of
     * that attempt lives on.
     *
     * @return its UID, or nothing if somebody else's Secret has the name
     */
    Optional<String> reserveSecret(GrantRequest request, GrantObject secret) {
        Secret empty = GrantManifests.secret(request, secret, Map.of());
        try {
            return Optional.of(client.resource(empty).create().getMetadata().getUid());
        } catch (KubernetesClientException failed) {
            if (failed.getCode() != CONFLICT) {
                throw failed;
            }
            Optional<String> left = overwrite(empty);
            if (left.isEmpty()) {
                return Optional.empty();
            }
            writes.delete(GrantManifests.path(secret), left.get());
            throw failed;
        }
    }

    /**
     * Writes the content into the Secret, making it if need be.
     *
     * @return its UID, or nothing if somebody else's Secret has the name
     */
    Optional<String> deliver(GrantRequest request, GrantObject secret, Map<String, String> content) {
        Secret full = GrantManifests.secret(request, secret, content);
        if (secret.uid() != null) {
            full.getMetadata().setUid(secret.uid());
            return overwrite(full);
        }
        try {
            return Optional.of(client.resource(full).create().getMetadata().getUid());
        } catch (KubernetesClientException failed) {
            if (failed.getCode() != CONFLICT) {
                throw failed;
            }
            return overwrite(full);
        }
    }

    /** A write that only succeeds on a Secret of our own type; it tells whose a Secret is without reading it. */
    private Optional<String> overwrite(Secret secret) {
        try {
            // The client's own update would first read the Secret, which the operator may not.
            String answer = client.raw(
                    "/api/v1/namespaces/" + secret.getMetadata().getNamespace() + "/secrets/"
                            + secret.getMetadata().getName(),
                    "PUT",
                    secret);
            return Optional.of(client.getKubernetesSerialization()
                    .unmarshal(answer, Secret.class)
                    .getMetadata()
                    .getUid());
        } catch (KubernetesClientException failed) {
            if (failed.getCode() == UNPROCESSABLE) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    /**
     * Removes one object of a grant.
     *
     * @return whether it is gone; false if what has the name is somebody else's
     */
    boolean remove(GrantObject object, Optional<String> seenUid) {
        Optional<String> uid = seenUid.or(() -> uidOfSecret(object));
        if (uid.isEmpty()) {
            return true;
        }
        Deletion deletion = writes.delete(GrantManifests.path(object), uid.get());
        String namespace = object.namespace() == null ? "" : object.namespace();
        view(object).ifPresent(view -> view.deleted(uid.get(), namespace, object.name()));
        return deletion != Deletion.AnotherUid;
    }

    /** A Secret whose making was announced, but whose UID was never written down. */
    private Optional<String> uidOfSecret(GrantObject object) {
        if (object.kind() != ObjectKind.Secret) {
            return Optional.empty();
        }
        Secret empty = GrantManifests.emptySecret(object);
        try {
            return overwrite(empty);
        } catch (KubernetesClientException failed) {
            if (failed.getCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    private Optional<KubernetesView<?>> view(GrantObject object) {
        return switch (object.kind()) {
            case ServiceAccount -> Optional.of(cluster.accounts());
            case RoleBinding -> Optional.of(cluster.roleBindings());
            case ClusterRoleBinding -> Optional.of(cluster.clusterRoleBindings());
            case Secret -> Optional.empty();
        };
    }
}
