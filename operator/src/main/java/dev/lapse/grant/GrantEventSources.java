package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.cluster.FirstPass;
import dev.lapse.cluster.KubernetesTrigger;
import dev.lapse.identity.IdentityFacts;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What makes the operator look at a grant again, and when. */
public final class GrantEventSources {
    private static final String BY_IDENTITY = "identity";
    private static final Duration OVERDUE_AT_START = Duration.ofSeconds(60);

    /**
     * Another one of the name may come while the SDK is still at the one that went, and its event is lost then: what is
     * applied again at once must not wait for ever.
     */
    private static final Duration AFTER_A_DELETION = Duration.ofSeconds(1);

    private final ExpiryLane lane;
    private final WakeUps wakeUps;
    private final int laneThreads;
    private final FirstPass firstPass;
    private final Function<PrivilegeGrant, GrantEffects> effects;
    private final BiConsumer<String, String> identityConcerned;
    private final Consumer<String> reviewsConcerned;
    private final Consumer<String> endedUid;
    private final Predicate<PrivilegeGrant> forged;
    private final KubernetesTrigger<PrivilegeGrant> trigger;
    private volatile @Nullable IndexerResourceCache<PrivilegeGrant> cache;

    /**
     * @param identityConcerned is told namespace and name of an identity whose grants changed
     * @param reviewsConcerned is told the UID of a grant that changed
     * @param endedUid is told the UID of a grant that has ended
     * @param forged whether somebody else than the operator wrote a grant's status
     */
    GrantEventSources(
            ExpiryLane lane,
            WakeUps wakeUps,
            int laneThreads,
            FirstPass firstPass,
            Function<PrivilegeGrant, GrantEffects> effects,
            BiConsumer<String, String> identityConcerned,
            Consumer<String> reviewsConcerned,
            Consumer<String> endedUid,
            Predicate<PrivilegeGrant> forged) {
        this.forged = forged;
        this.endedUid = endedUid;
        this.lane = lane;
        this.wakeUps = wakeUps;
        this.laneThreads = laneThreads;
        this.firstPass = firstPass;
        this.effects = effects;
        this.identityConcerned = identityConcerned;
        this.reviewsConcerned = reviewsConcerned;
        this.trigger = new KubernetesTrigger<>("lapse", this::beforeFirstPass, this::changed, this::deleted);
    }

    List<EventSource<?, PrivilegeGrant>> connect(IndexerResourceCache<PrivilegeGrant> grants) {
        grants.addIndexer(
                BY_IDENTITY,
                grant -> List.of(grant.getMetadata().getNamespace() + "/"
                        + grant.getSpec().identityRef().name()));
        cache = grants;
        return List.of(trigger);
    }

    boolean running() {
        return trigger.isRunning();
    }

    GrantEffects effects(PrivilegeGrant grant) {
        return effects.apply(grant);
    }

    /** The grant is at its end and not handed on yet: whatever calls for a look at it meanwhile would be in the lane's way. */
    boolean laneTakes(PrivilegeGrant grant) {
        return lane.takes(grant.getMetadata().getUid(), key(grant));
    }

    /** The end of a grant is known: from now on the lane sees to it. */
    void announced(GrantFacts facts) {
        if (facts.record().phase().ended() || facts.record().end().isPresent()) {
            return;
        }
        lane.schedule(
                facts.request().uid(),
                new GrantKey(facts.request().namespace(), facts.request().name()),
                facts.record().expiresAt().orElseThrow());
    }

    void settled(GrantFacts facts, GrantDecision decision) {
        GrantRequest request = facts.request();
        if (decision.phase().ended()) {
            lane.forget(request.uid());
            endedUid.accept(request.uid());
        }
        boolean lapses = decision.phase() == GrantPhase.Active
                && decision.lookAgainAt().equals(facts.record().expiresAt());
        GrantKey key = new GrantKey(request.namespace(), request.name());
        if (lapses) {
            wakeUps.forget(key);
        } else {
            decision.lookAgainAt().ifPresentOrElse(at -> wakeUps.at(at, key), () -> wakeUps.forget(key));
        }
    }

    public void lookAgain(GrantKey grant) {
        if (trigger.isRunning()) {
            find(grant).ifPresentOrElse(trigger::lookAgain, () -> trigger.lookAgain(grant.namespace(), grant.name()));
        }
    }

    /** For another one of the name, which may have come meanwhile. */
    void lookAgainAfterDeletion(PrivilegeGrant gone) {
        wakeUps.after(AFTER_A_DELETION, key(gone));
    }

    /** An identity changed: so may its grants. */
    public void identityChanged(String namespace, String name) {
        if (!trigger.isRunning()) {
            return;
        }
        ofIdentity(namespace, name).filter(GrantEventSources::open).forEach(grant -> lookAgain(key(grant)));
    }

    /** Looks again at every grant that has not ended and fits. */
    void lookAgainWhere(Predicate<PrivilegeGrant> fits) {
        // Before that every grant is looked at anyway.
        if (trigger.isRunning()) {
            all().filter(GrantEventSources::open).filter(fits).forEach(grant -> lookAgain(key(grant)));
        }
    }

    public Optional<PrivilegeGrant> find(GrantKey grant) {
        return cache().get(new ResourceID(grant.name(), grant.namespace()));
    }

    /** Whether the object itself is gone, and not another one of its name there already. */
    boolean gone(PrivilegeGrant grant) {
        return find(key(grant))
                .filter(there ->
                        there.getMetadata().getUid().equals(grant.getMetadata().getUid()))
                .isEmpty();
    }

    /** Each as it is by what the operator itself wrote last: lists and indexes follow the watch, which is behind that. */
    Stream<PrivilegeGrant> all() {
        IndexerResourceCache<PrivilegeGrant> connected = cache;
        return connected == null
                ? Stream.empty()
                : connected.list().map(listed -> find(key(listed)).orElse(listed));
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

    Map<GrantMetrics.PhaseAndType, Long> census(Function<PrivilegeGrant, Optional<IdentityFacts>> identity) {
        Map<GrantMetrics.PhaseAndType, Long> counted = new HashMap<>();
        all().forEach(grant -> counted.merge(
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

    static boolean open(PrivilegeGrant grant) {
        return !phase(grant).ended();
    }

    static GrantKey key(PrivilegeGrant grant) {
        return new GrantKey(
                grant.getMetadata().getNamespace(), grant.getMetadata().getName());
    }

    /** What is overdue goes before anything is given: this runs when all grants are known and no pass has begun. */
    private void beforeFirstPass() {
        lane.scheduleAll(all().filter(GrantEventSources::open)
                .filter(grant -> grant.getStatus() != null && grant.getStatus().expiresAt() != null)
                .map(grant -> ExpiryQueue.Due.of(
                        grant.getStatus().expiresAt(), grant.getMetadata().getUid(), key(grant)))
                .toList());
        lane.start(laneThreads, OVERDUE_AT_START);
        wakeUps.start();
        firstPass.ready();
    }

    private void changed(PrivilegeGrant grant) {
        // A change of status alone leads to no pass, as nearly all of them are the operator's own.
        if (forged.test(grant)) {
            lookAgain(key(grant));
        }
        identityConcerned.accept(
                grant.getMetadata().getNamespace(),
                grant.getSpec().identityRef().name());
        reviewsConcerned.accept(grant.getMetadata().getUid());
    }

    private void deleted(PrivilegeGrant grant) {
        lane.forget(grant.getMetadata().getUid());
        lookAgainAfterDeletion(grant);
        changed(grant);
    }

    private IndexerResourceCache<PrivilegeGrant> cache() {
        IndexerResourceCache<PrivilegeGrant> connected = cache;
        if (connected == null) {
            throw new IllegalStateException("the informer of PrivilegeGrants is not connected");
        }
        return connected;
    }
}
