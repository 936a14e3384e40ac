package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.cluster.FirstPass;
import dev.lapse.cluster.KubernetesTrigger;
import dev.lapse.grant.KubernetesPacking.Packed;
import dev.lapse.grant.PassQueue.Desk;
import dev.lapse.grant.tell.GrantMetrics;
import dev.lapse.identity.IdentityFacts;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What makes the operator look at a grant again. A grant that gives access goes to the lane first, straight from the watch;
 * whatever else there is to do waits for its turn.
 */
public final class GrantEventSources {
    /** By namespace and identity, grants that have not ended. */
    private static final String BY_IDENTITY = "identity";

    /** By namespace, and by namespace and identity, grants that may give access. */
    private static final String LIVE = "live";

    /** By kind and name of a role, grants that have not ended; {@link #UNRESOLVED} where it is not resolved yet. */
    private static final String BY_ROLE = "role";

    private static final String UNRESOLVED = "";

    private static final Duration OVERDUE_AT_START = Duration.ofSeconds(60);

    private final GrantLane lane;
    private final WakeUps<GrantKey> wakeUps;
    private final GrantPasses passes;
    private final Workers workers;
    private final FirstPass firstPass;
    private final BiConsumer<String, String> identityConcerned;
    private final Consumer<String> reviewsConcerned;
    private final Predicate<PrivilegeGrant> forged;
    private final KubernetesPacking packing;
    private final KubernetesTrigger<PrivilegeGrant> trigger;
    /** By UID, grants whose object is gone and whose access may not be: torn out by hand, or with its definition. */
    private final Map<String, PrivilegeGrant> torn = new ConcurrentHashMap<>();

    /** By UID, grants that gave access when the process began, until the informer shows them. */
    private final Map<String, Packed> early = new ConcurrentHashMap<>();

    private final Begun begun = new Begun();

    private volatile @Nullable IndexerResourceCache<PrivilegeGrant> cache;
    /** Whether the informer shows all grants. */
    private volatile boolean listed;

    private volatile boolean running;

    /** How many work at once. */
    record Workers(int lane, Map<Desk, Integer> desks) {}

    /**
     * @param identityConcerned is told namespace and name of an identity whose grants changed
     * @param reviewsConcerned is told the UID of a grant that changed
     * @param forged whether somebody else than the operator wrote a grant's status
     */
    GrantEventSources(
            GrantLane lane,
            WakeUps<GrantKey> wakeUps,
            GrantPasses passes,
            Workers workers,
            FirstPass firstPass,
            BiConsumer<String, String> identityConcerned,
            Consumer<String> reviewsConcerned,
            Predicate<PrivilegeGrant> forged,
            KubernetesPacking packing) {
        this.lane = lane;
        this.wakeUps = wakeUps;
        this.passes = passes;
        this.workers = workers;
        this.firstPass = firstPass;
        this.identityConcerned = identityConcerned;
        this.reviewsConcerned = reviewsConcerned;
        this.forged = forged;
        this.packing = packing;
        this.trigger =
                new KubernetesTrigger<>("lapse", this::beforeFirstPass, this::added, this::changed, this::deleted);
    }

    List<EventSource<?, PrivilegeGrant>> connect(IndexerResourceCache<PrivilegeGrant> grants) {
        grants.addIndexer(
                BY_IDENTITY,
                grant -> open(grant)
                        ? List.of(grant.getMetadata().getNamespace() + "/"
                                + grant.getSpec().identityRef().name())
                        : List.of());
        grants.addIndexer(
                LIVE,
                grant -> open(grant) && announced(grant)
                        ? List.of(
                                grant.getMetadata().getNamespace(),
                                grant.getMetadata().getNamespace() + "/"
                                        + grant.getSpec().identityRef().name())
                        : List.of());
        grants.addIndexer(BY_ROLE, grant -> open(grant) ? List.of(role(grant)) : List.of());
        cache = grants;
        return List.of(trigger);
    }

    /** Whether all grants are known, and what they depend on. */
    boolean running() {
        return running;
    }

    public void lookAgain(GrantKey grant) {
        if (!running) {
            return;
        }
        find(grant).ifPresentOrElse(this::look, () -> passes.add(grant, Desk.Begin));
    }

    private void look(PrivilegeGrant grant) {
        if (mayGiveAccess(grant)) {
            lane.suspect(grant.getMetadata().getUid(), key(grant));
        } else {
            passes.add(key(grant), isUnproved(grant) ? Desk.Prove : Desk.Begin);
        }
    }

    private boolean mayGiveAccess(PrivilegeGrant grant) {
        return (open(grant) && announced(grant)) || forged.test(grant);
    }

    private static boolean announced(PrivilegeGrant grant) {
        return grant.getStatus() != null && grant.getStatus().expiresAt() != null;
    }

    private static boolean isUnproved(PrivilegeGrant grant) {
        return !open(grant)
                && announced(grant)
                && grant.getStatus().end() != null
                && grant.getStatus().end().verifiedAt() == null;
    }

    /** An identity changed: so may its grants. */
    public void identityChanged(String namespace, String name) {
        if (running) {
            ofIdentity(namespace, name).filter(GrantEventSources::open).forEach(this::look);
        }
    }

    private static String role(PrivilegeGrant grant) {
        return grant.getStatus() == null || grant.getStatus().resolved() == null
                ? UNRESOLVED
                : grant.getStatus().resolved().role();
    }

    /**
     * A role changed: so may the grants of it. What waits may ask for the role without having resolved it: if somebody
     * approved it, they approved something else.
     *
     * @param role its kind and its name
     * @param asksFor whether a grant that has not resolved its role asks for this one
     */
    void roleChanged(String role, Predicate<PrivilegeGrant> asksFor) {
        if (running) {
            Stream.concat(byRole(role), byRole(UNRESOLVED).filter(asksFor)).forEach(this::look);
        }
    }

    private Stream<PrivilegeGrant> byRole(String role) {
        return cache().byIndex(BY_ROLE, role).stream()
                .map(indexed -> find(key(indexed)).orElse(indexed))
                .filter(GrantEventSources::open);
    }

    /** Looks again at every grant that has not ended and fits. */
    void lookAgainWhere(Predicate<PrivilegeGrant> fits) {
        // Before that every grant is looked at anyway.
        if (running) {
            allOpen().filter(fits).forEach(this::look);
        }
    }

    public Optional<PrivilegeGrant> find(GrantKey grant) {
        return cache().get(new ResourceID(grant.name(), grant.namespace()));
    }

    /** Exactly this one, also if its object is gone and its access may not be. */
    Optional<PrivilegeGrant> find(String uid, GrantKey grant) {
        return (listed ? find(grant) : Optional.<PrivilegeGrant>empty())
                .filter(there -> there.getMetadata().getUid().equals(uid))
                .or(() -> Optional.ofNullable(torn.get(uid)))
                .or(() -> Optional.ofNullable(early.get(uid)).map(Packed::grant));
    }

    /**
     * What is over ends at once, before anything else is known, and also if nothing else can be known: for that a grant's
     * own status is enough. Where nothing else can be known for long, this is repeated.
     *
     * @param listed all grants
     * @param over whether the access of a UID was taken away already
     */
    void begin(Stream<PrivilegeGrant> listed, Predicate<String> over) {
        lane.start(workers.lane());
        Set<String> there = new HashSet<>();
        listed.filter(GrantEventSources::open)
                .filter(GrantEventSources::announced)
                .forEach(grant -> {
                    String uid = grant.getMetadata().getUid();
                    there.add(uid);
                    if (!over.test(uid)) {
                        early.put(uid, packing.pack(grant));
                        lane.scheduleAll(due(grant).toList());
                        if (Boolean.TRUE.equals(grant.getSpec().revoked())
                                || grant.getMetadata().getDeletionTimestamp() != null) {
                            lane.suspect(uid, key(grant));
                        }
                    }
                });
        early.keySet().stream().filter(uid -> !there.contains(uid)).toList().forEach(this::tornEarly);
        torn.forEach((uid, grant) -> {
            if (!over.test(uid)) {
                lane.suspect(uid, key(grant));
            }
        });
    }

    private void tornEarly(String uid) {
        Optional.ofNullable(early.remove(uid)).map(Packed::grant).ifPresent(grant -> {
            torn.put(uid, grant);
            lane.suspect(uid, key(grant));
        });
    }

    /** The grants of this name whose objects are gone. */
    List<PrivilegeGrant> torn(GrantKey grant) {
        return torn.values().stream().filter(gone -> key(gone).equals(grant)).toList();
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
        return outlines().flatMap(listed -> find(key(listed)).stream());
    }

    /** As {@link #all}, without those that have ended, which are many and cost something to read. */
    Stream<PrivilegeGrant> allOpen() {
        return outlines()
                .filter(GrantEventSources::open)
                .map(listed -> find(key(listed)).orElse(listed))
                .filter(GrantEventSources::open);
    }

    /** Of those that have ended only their phase and their identity can be read. */
    private Stream<PrivilegeGrant> outlines() {
        IndexerResourceCache<PrivilegeGrant> connected = cache;
        return connected == null ? Stream.empty() : connected.list();
    }

    private Stream<PrivilegeGrant> ofIdentity(String namespace, String name) {
        return cache().byIndex(BY_IDENTITY, namespace + "/" + name).stream()
                .map(indexed -> find(key(indexed)).orElse(indexed));
    }

    /** The grants of an identity that give access, or whose access is still being taken away, the first to end first. */
    public List<String> activeGrants(String namespace, String identity) {
        if (!firstPass.begun()) {
            return List.of();
        }
        return ofIdentity(namespace, identity)
                .filter(grant -> phase(grant) == GrantPhase.Active || phase(grant) == GrantPhase.Revoking)
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
                                phase(grant),
                                identity.apply(grant)
                                        .map(IdentityFacts::type)
                                        .map(Enum::name)
                                        .orElse("unknown")),
                        1L,
                        Long::sum));
        return counted;
    }

    static GrantPhase phase(PrivilegeGrant grant) {
        PrivilegeGrantStatus status = grant.getStatus();
        return status == null || status.phase() == null ? GrantPhase.Pending : status.phase();
    }

    public static boolean open(PrivilegeGrant grant) {
        return !phase(grant).ended();
    }

    static GrantKey key(PrivilegeGrant grant) {
        return new GrantKey(
                grant.getMetadata().getNamespace(), grant.getMetadata().getName());
    }

    /**
     * What is overdue goes before anything is given: this runs when all grants are known and no pass has begun. Once
     * everything else is known too, the lane looks at each grant that gives access: its cause to end may have come while
     * nobody looked.
     */
    private void beforeFirstPass() {
        listed = true;
        lane.scheduleAll(allOpen().flatMap(GrantEventSources::due).toList());
        lane.start(workers.lane());
        lane.awaitNothingDue(OVERDUE_AT_START);
        wakeUps.start();
        firstPass.ready();
        running = true;
        early.clear();
        passes.start(workers.desks());
        all().forEach(this::look);
    }

    private static Stream<GrantDue> due(PrivilegeGrant grant) {
        return Optional.ofNullable(grant.getStatus()).map(PrivilegeGrantStatus::expiresAt).stream()
                .map(end -> GrantDue.of(end, grant.getMetadata().getUid(), key(grant)));
    }

    private void added(PrivilegeGrant grant) {
        if (running) {
            look(grant);
        }
        tellOthers(grant);
    }

    /** Of the operator's own changes, which are nearly all, none leads to another look. */
    private void changed(PrivilegeGrant before, PrivilegeGrant after) {
        if (running && (asksForSomethingElse(before, after) || forged.test(after))) {
            look(after);
        }
        if (meansSomethingElse(before, after)) {
            tellOthers(after);
        }
    }

    private void deleted(PrivilegeGrant grant) {
        if (open(grant)) {
            torn.put(grant.getMetadata().getUid(), grant);
            if (running) {
                look(grant);
            }
        } else {
            lane.forget(grant.getMetadata().getUid());
        }
        tellOthers(grant);
    }

    private static boolean asksForSomethingElse(PrivilegeGrant before, PrivilegeGrant after) {
        return !Objects.equals(
                        before.getMetadata().getUid(), after.getMetadata().getUid())
                || !Objects.equals(
                        before.getMetadata().getGeneration(),
                        after.getMetadata().getGeneration())
                || !Objects.equals(
                        before.getMetadata().getDeletionTimestamp(),
                        after.getMetadata().getDeletionTimestamp());
    }

    private static boolean meansSomethingElse(PrivilegeGrant before, PrivilegeGrant after) {
        return asksForSomethingElse(before, after)
                || phase(before) != phase(after)
                || !Objects.equals(review(before), review(after));
    }

    private static @Nullable String review(PrivilegeGrant grant) {
        return grant.getStatus() == null ? null : grant.getStatus().review();
    }

    private void tellOthers(PrivilegeGrant grant) {
        identityConcerned.accept(
                grant.getMetadata().getNamespace(),
                grant.getSpec().identityRef().name());
        reviewsConcerned.accept(grant.getMetadata().getUid());
    }

    private IndexerResourceCache<PrivilegeGrant> cache() {
        IndexerResourceCache<PrivilegeGrant> connected = cache;
        if (connected == null) {
            throw new IllegalStateException("the informer of PrivilegeGrants is not connected");
        }
        return connected;
    }
}
