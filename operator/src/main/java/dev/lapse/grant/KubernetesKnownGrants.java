package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.cluster.FirstPass;
import dev.lapse.grant.KubernetesPacking.Packed;
import dev.lapse.grant.tell.GrantMetrics;
import dev.lapse.identity.IdentityFacts;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The grants that there are: what the informer shows, and what it does not show yet, or any more. */
final class KubernetesKnownGrants {
    /** By namespace and identity, grants that have not ended. */
    private static final String BY_IDENTITY = "identity";

    /** By namespace, and by namespace and identity, grants that may give access. */
    private static final String LIVE = "live";

    /** By kind and name of a role, grants that have not ended; {@link #UNRESOLVED} where it is not resolved yet. */
    private static final String BY_ROLE = "role";

    private static final String UNRESOLVED = "";

    private final FirstPass firstPass;
    private final KubernetesPacking packing;

    /** By UID, grants whose object is gone and whose access may not be: torn out by hand, or with its definition. */
    private final Map<String, PrivilegeGrant> torn = new ConcurrentHashMap<>();

    /** By UID, grants that gave access when the process began, until the informer shows them. */
    private final Map<String, Packed> early = new ConcurrentHashMap<>();

    private final Begun begun = new Begun();

    private volatile @Nullable IndexerResourceCache<PrivilegeGrant> cache;
    /** Whether the informer shows all grants. */
    private volatile boolean listed;

    KubernetesKnownGrants(FirstPass firstPass, KubernetesPacking packing) {
        this.firstPass = firstPass;
        this.packing = packing;
    }

    void connect(IndexerResourceCache<PrivilegeGrant> grants) {
        grants.addIndexer(
                BY_IDENTITY,
                grant -> GrantGlance.open(grant)
                        ? List.of(grant.getMetadata().getNamespace() + "/"
                                + grant.getSpec().identityRef().name())
                        : List.of());
        grants.addIndexer(
                LIVE,
                grant -> GrantGlance.open(grant) && GrantGlance.announced(grant)
                        ? List.of(
                                grant.getMetadata().getNamespace(),
                                grant.getMetadata().getNamespace() + "/"
                                        + grant.getSpec().identityRef().name())
                        : List.of());
        grants.addIndexer(BY_ROLE, grant -> GrantGlance.open(grant) ? List.of(role(grant)) : List.of());
        cache = grants;
    }

    /** What gave access when the process began is known until the informer shows it. */
    void keepUntilShown(PrivilegeGrant grant) {
        early.put(grant.getMetadata().getUid(), packing.pack(grant));
    }

    /**
     * Those that gave access when the process began and are gone since.
     *
     * @param there UIDs of what is still there
     */
    List<PrivilegeGrant> tornSince(Set<String> there) {
        List<PrivilegeGrant> gone = early.keySet().stream().filter(uid -> !there.contains(uid)).toList().stream()
                .flatMap(uid -> Optional.ofNullable(early.remove(uid)).stream())
                .map(Packed::grant)
                .toList();
        gone.forEach(this::tearOut);
        return gone;
    }

    /** From now on the informer shows all grants. */
    void allAreShown() {
        listed = true;
    }

    void forgetUnshown() {
        early.clear();
    }

    /** Its object is gone, and its access may not be. */
    void tearOut(PrivilegeGrant grant) {
        torn.put(grant.getMetadata().getUid(), grant);
    }

    /** Those whose objects are gone and whose access may not be. */
    Stream<PrivilegeGrant> torn() {
        return torn.values().stream();
    }

    Optional<PrivilegeGrant> find(GrantKey grant) {
        return cache().get(new ResourceID(grant.name(), grant.namespace()));
    }

    /** Exactly this one, also if its object is gone and its access may not be. */
    Optional<PrivilegeGrant> find(String uid, GrantKey grant) {
        return (listed ? find(grant) : Optional.<PrivilegeGrant>empty())
                .filter(there -> there.getMetadata().getUid().equals(uid))
                .or(() -> Optional.ofNullable(torn.get(uid)))
                .or(() -> Optional.ofNullable(early.get(uid)).map(Packed::grant));
    }

    /** The grants of this name whose objects are gone. */
    List<PrivilegeGrant> torn(GrantKey grant) {
        return torn.values().stream()
                .filter(gone -> GrantGlance.key(gone).equals(grant))
                .toList();
    }

    boolean isTorn(PrivilegeGrant grant) {
        return torn.containsKey(grant.getMetadata().getUid());
    }

    /** Nothing of it is left. */
    void forgetTorn(PrivilegeGrant grant) {
        torn.remove(grant.getMetadata().getUid());
    }

    /** Each as it is by what the operator itself wrote last: lists and indexes follow the watch, which is behind that. */
    Stream<PrivilegeGrant> all() {
        return outlines().flatMap(listed -> find(GrantGlance.key(listed)).stream());
    }

    /** As {@link #all}, without those that have ended, which are many and cost something to read. */
    Stream<PrivilegeGrant> allOpen() {
        return outlines()
                .filter(GrantGlance::open)
                .map(listed -> find(GrantGlance.key(listed)).orElse(listed))
                .filter(GrantGlance::open);
    }

    /** Of those that have ended only their phase and their identity can be read. */
    private Stream<PrivilegeGrant> outlines() {
        IndexerResourceCache<PrivilegeGrant> connected = cache;
        return connected == null ? Stream.empty() : connected.list();
    }

    Stream<PrivilegeGrant> ofIdentity(String namespace, String name) {
        return cache().byIndex(BY_IDENTITY, namespace + "/" + name).stream()
                .map(indexed -> find(GrantGlance.key(indexed)).orElse(indexed));
    }

    /** The grants of an identity that give access, or whose access is still being taken away, the first to end first. */
    List<String> activeGrants(String namespace, String identity) {
        if (!firstPass.begun()) {
            return List.of();
        }
        return ofIdentity(namespace, identity)
                .filter(grant -> GrantGlance.phase(grant) == GrantPhase.Active
                        || GrantGlance.phase(grant) == GrantPhase.Revoking)
                .sorted(Comparator.comparing(
                        grant -> String.valueOf(grant.getStatus().expiresAt())))
                .map(grant -> grant.getMetadata().getName())
                .toList();
    }

    Crowd crowd(GrantRequest request, Crowd.Limits limits) {
        List<PrivilegeGrant> shown = cache().byIndex(LIVE, request.namespace());
        Begun.Beside beside = begun.beside(
                request,
                () -> shown.stream().map(grant -> grant.getMetadata().getUid()).toList());
        return new Crowd(
                cache().byIndex(LIVE, request.namespace() + "/" + request.identity())
                                .size()
                        + beside.ofIdentity(),
                shown.size() + beside.inNamespace(),
                limits);
    }

    /** Its end is announced: from now on it counts. */
    void begun(GrantRequest request) {
        begun.add(request);
    }

    void ended(String uid) {
        begun.forget(uid);
    }

    Map<GrantMetrics.PhaseAndType, Long> census(Function<PrivilegeGrant, Optional<IdentityFacts>> identity) {
        Map<GrantMetrics.PhaseAndType, Long> counted = new HashMap<>();
        outlines()
                .forEach(grant -> counted.merge(
                        new GrantMetrics.PhaseAndType(
                                GrantGlance.phase(grant),
                                identity.apply(grant)
                                        .map(IdentityFacts::type)
                                        .map(Enum::name)
                                        .orElse("unknown")),
                        1L,
                        Long::sum));
        return counted;
    }

    private static String role(PrivilegeGrant grant) {
        return grant.getStatus() == null || grant.getStatus().resolved() == null
                ? UNRESOLVED
                : grant.getStatus().resolved().role();
    }

    /** The grants of a role that have not ended. */
    Stream<PrivilegeGrant> ofRole(String role) {
        return byRole(role);
    }

    /** Those that have not ended, and whose role is not resolved yet. */
    Stream<PrivilegeGrant> ofNoRole() {
        return byRole(UNRESOLVED);
    }

    private Stream<PrivilegeGrant> byRole(String role) {
        return cache().byIndex(BY_ROLE, role).stream()
                .map(indexed -> find(GrantGlance.key(indexed)).orElse(indexed))
                .filter(GrantGlance::open);
    }

    private IndexerResourceCache<PrivilegeGrant> cache() {
        IndexerResourceCache<PrivilegeGrant> connected = cache;
        if (connected == null) {
            throw new IllegalStateException("the informer of PrivilegeGrants is not connected");
        }
        return connected;
    }
}
