package dev.lapse.grant.request;

import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesView;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.grant.GrantRequest;
import dev.lapse.grant.KubernetesGrants;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.memory.OwedCertification;
import dev.lapse.review.KubernetesReviews;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the informers show what the API server has of the things that a grant depends on. Asked by list, because the
 * operator holds no right to get them.
 */
public final class KubernetesFreshness {
    private final KubernetesClient client;
    private final KubernetesCluster cluster;
    private final KubernetesIdentities identities;
    private final KubernetesReviews reviews;
    private final InstantSource clock;

    public KubernetesFreshness(KubernetesGrants.Tools tools) {
        this.client = tools.shared().client();
        this.cluster = tools.shared().cluster();
        this.identities = tools.shared().identities();
        this.reviews = tools.reviews();
        this.clock = tools.shared().clock();
    }

    public boolean upToDate(GrantFacts facts) {
        GrantRequest request = facts.request();
        Optional<String> identity =
                identities.resource(request.namespace(), request.identity()).map(KubernetesFreshness::version);
        return identity.equals(newest(ServiceIdentity.class, request.namespace(), request.identity()))
                && !isBeingFreed(facts)
                && namespaces(facts)
                && facts.identity()
                        .flatMap(known -> known.entry(request.privilege()))
                        .map(EntryFacts::role)
                        .map(role -> role(facts, role))
                        .orElse(true);
    }

    /** A review says that it is decided a moment before what it was about is forgotten. */
    private boolean isBeingFreed(GrantFacts facts) {
        String namespace = facts.request().namespace();
        return Stream.concat(
                        facts.memory().all(BreakGlassDebt.class, clock.instant()).stream()
                                .map(BreakGlassDebt::review),
                        facts.memory().all(OwedCertification.class, clock.instant()).stream()
                                .map(OwedCertification::review))
                .anyMatch(review -> reviews.isCompleted(namespace, review));
    }

    /** What lives is not asked about: it refuses nothing. */
    private boolean namespaces(GrantFacts facts) {
        return facts.namespaces().entrySet().stream()
                .filter(namespace -> namespace.getValue().state() != NamespaceState.Live)
                .map(Map.Entry::getKey)
                .allMatch(name -> same(cluster.namespaces(), Namespace.class, "", name));
    }

    private boolean role(GrantFacts facts, RoleReference role) {
        return role.kind() == RoleKind.ClusterRole
                ? same(cluster.clusterRoles(), ClusterRole.class, "", role.name())
                : facts.namespaces().keySet().stream()
                        .allMatch(namespace -> same(cluster.roles(), Role.class, namespace, role.name()));
    }

    private <T extends HasMetadata> boolean same(KubernetesView<T> view, Class<T> type, String namespace, String name) {
        return view.find(namespace, name).map(KubernetesFreshness::version).equals(newest(type, namespace, name));
    }

    private <T extends HasMetadata> Optional<String> newest(Class<T> type, String namespace, String name) {
        var all = client.resources(type);
        var found = namespace.isEmpty()
                ? all.withField("metadata.name", name).list()
                : all.inNamespace(namespace).withField("metadata.name", name).list();
        return found.getItems().stream().findFirst().map(KubernetesFreshness::version);
    }

    private static String version(HasMetadata object) {
        return object.getMetadata().getResourceVersion();
    }
}
