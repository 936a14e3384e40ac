package dev.lapse.grant.begin;

import static dev.lapse.cluster.KubernetesFailure.CONFLICT;
import static dev.lapse.cluster.KubernetesFailure.NOT_FOUND;
import static dev.lapse.cluster.KubernetesFailure.UNPROCESSABLE;

import dev.lapse.access.NamedBinding;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesView;
import dev.lapse.cluster.KubernetesWrites;
import dev.lapse.cluster.KubernetesWrites.Deletion;
import dev.lapse.grant.GrantRequest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes and removes the objects of grants; what has our name but is not ours is left as it is. */
public final class KubernetesGrantObjects {
    private final KubernetesClient client;
    private final KubernetesCluster cluster;
    private final KubernetesWrites writes;

    public KubernetesGrantObjects(KubernetesClient client, KubernetesCluster cluster, KubernetesWrites writes) {
        this.client = client;
        this.cluster = cluster;
        this.writes = writes;
    }

    public boolean isThere(NamedBinding binding) {
        KubernetesView<?> view =
                binding.namespace().isPresent() ? cluster.roleBindings() : cluster.clusterRoleBindings();
        return view.find(binding.namespace().orElse(""), binding.name()).isPresent();
    }

    /** @return its UID, or nothing if somebody else's account has the name */
    public Optional<String> createAccount(GrantRequest request, GrantObject account) {
        try {
            ServiceAccount made =
                    client.resource(GrantManifests.account(request, account)).create();
            cluster.accounts().created(made);
            return Optional.of(made.getMetadata().getUid());
        } catch (KubernetesClientException failed) {
            if (failed.getCode() != CONFLICT) {
                throw failed;
            }
            if (there(request, account).filter(found -> !found.ours()).isPresent()) {
                return Optional.empty();
            }
            // An attempt whose answer was lost, or another instance: the next pass sees it.
            throw failed;
        }
    }

    /**
     * Makes the binding, or the Role that one refers to, or finds that an earlier attempt did.
     *
     * @return its UID, or nothing if somebody else's has the name
     */
    public Optional<String> createGiving(GrantRequest request, GrantObject object, Resolved resolved) {
        HasMetadata wanted = GrantManifests.giving(request, object, resolved);
        try {
            HasMetadata made = client.resource(wanted).create();
            seen(made);
            return Optional.of(made.getMetadata().getUid());
        } catch (KubernetesClientException failed) {
            if (failed.getCode() != CONFLICT) {
                throw failed;
            }
            HasMetadata there = find(object);
            if (there == null || !GrantManifests.isOf(there, request.uid())) {
                if (there == null) {
                    throw failed;
                }
                return Optional.empty();
            }
            if (!GrantManifests.gives(there, request, object, resolved)) {
                writes.delete(GrantManifests.path(object), there.getMetadata().getUid());
                throw failed;
            }
            seen(there);
            return Optional.of(there.getMetadata().getUid());
        }
    }

    private void seen(HasMetadata made) {
        if (made instanceof RoleBinding binding) {
            cluster.roleBindings().created(binding);
        } else if (made instanceof Role role) {
            cluster.roles().created(role);
        } else if (made instanceof ClusterRoleBinding binding) {
            cluster.clusterRoleBindings().created(binding);
        }
    }

    /**
     * Makes an empty Secret for a token to be bound to.
     *
     * @return its UID, or nothing if there is a Secret of this name
     */
    public Optional<String> reserveSecret(GrantRequest request, GrantObject secret) {
        Secret empty = GrantManifests.secret(request, secret, Map.of());
        try {
            return Optional.of(client.resource(empty).create().getMetadata().getUid());
        } catch (KubernetesClientException failed) {
            if (failed.getCode() != CONFLICT) {
                throw failed;
            }
            return Optional.empty();
        }
    }

    /**
     * Writes the content into the Secret, making it if need be.
     *
     * @return its UID, or nothing if somebody else's Secret has the name
     */
    public Optional<String> deliver(GrantRequest request, GrantObject secret, Map<String, String> content) {
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
            String answer = writes.client()
                    .raw(
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
     * @param knownUid which one it is, where that is known
     * @return whether nothing of the grant has the name any more; false if what has it is somebody else's
     */
    public boolean remove(GrantRequest request, GrantObject object, Optional<String> knownUid) {
        if (knownUid.isPresent() && delete(object, knownUid.get()) != Deletion.AnotherUid) {
            return true;
        }
        // Nobody wrote down which one it was, or it was made again since: only what is there now can tell.
        Optional<There> there = there(request, object);
        if (there.isEmpty()) {
            return true;
        }
        if (!there.get().ours()) {
            return false;
        }
        if (delete(object, there.get().uid()) == Deletion.AnotherUid) {
            throw new KubernetesClientException(
                    object.kind() + " " + object.name() + " is being made while it is removed", CONFLICT, null);
        }
        return true;
    }

    /** Removes exactly this one. */
    public Deletion delete(GrantObject object, String uid) {
        Deletion deletion = writes.delete(GrantManifests.path(object), uid);
        view(object).ifPresent(view -> view.deleted(uid));
        return deletion;
    }

    private record There(String uid, boolean ours) {}

    /** What has the object's name now, by the API server's word. */
    private Optional<There> there(GrantRequest request, GrantObject object) {
        if (object.kind() == ObjectKind.Secret) {
            return secretThere(object);
        }
        return Optional.ofNullable(find(object))
                .map(seen -> new There(seen.getMetadata().getUid(), GrantManifests.isOf(seen, request.uid())));
    }

    private @Nullable HasMetadata find(GrantObject object) {
        return switch (object.kind()) {
            case ServiceAccount ->
                writes.client()
                        .serviceAccounts()
                        .inNamespace(object.namespace())
                        .withName(object.name())
                        .get();
            case RoleBinding ->
                writes.client()
                        .rbac()
                        .roleBindings()
                        .inNamespace(object.namespace())
                        .withName(object.name())
                        .get();
            case Role ->
                writes.client()
                        .rbac()
                        .roles()
                        .inNamespace(object.namespace())
                        .withName(object.name())
                        .get();
            case ClusterRoleBinding ->
                writes.client()
                        .rbac()
                        .clusterRoleBindings()
                        .withName(object.name())
                        .get();
            case Secret -> throw new IllegalArgumentException("the operator may not read Secrets");
        };
    }

    private Optional<There> secretThere(GrantObject secret) {
        try {
            return Optional.of(overwrite(GrantManifests.emptySecret(secret))
                    .map(uid -> new There(uid, true))
                    .orElseGet(() -> new There("", false)));
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
            case Role -> Optional.of(cluster.roles());
            case RoleBinding -> Optional.of(cluster.roleBindings());
            case ClusterRoleBinding -> Optional.of(cluster.clusterRoleBindings());
            case Secret -> Optional.empty();
        };
    }
}
