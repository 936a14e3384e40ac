package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.cluster.Asked;
import dev.lapse.cluster.FirstPass;
import dev.lapse.cluster.KubernetesTrigger;
import dev.lapse.grant.PassQueue.Desk;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What makes the operator look at a grant again. A grant that gives access goes to the lane first, straight from the watch;
 * whatever else there is to do waits for its turn.
 */
public final class GrantEventSources {
    private static final Duration OVERDUE_AT_START = Duration.ofSeconds(60);

    private final KubernetesKnownGrants known;
    private final GrantLane lane;
    private final WakeUps<GrantKey> wakeUps;
    private final GrantPasses passes;
    private final Workers workers;
    private final FirstPass firstPass;
    private final BiConsumer<String, String> identityConcerned;
    private final Consumer<String> reviewsConcerned;
    private final Predicate<PrivilegeGrant> forged;
    private final KubernetesTrigger<PrivilegeGrant> trigger;
    private volatile boolean running;

    /** How many work at once. */
    record Workers(int lane, Map<Desk, Integer> desks) {}

    /**
     * @param identityConcerned is told namespace and name of an identity whose grants changed
     * @param reviewsConcerned is told the UID of a grant that changed
     * @param forged whether somebody else than the operator wrote a grant's status
     */
    GrantEventSources(
            KubernetesKnownGrants known,
            GrantLane lane,
            WakeUps<GrantKey> wakeUps,
            GrantPasses passes,
            Workers workers,
            FirstPass firstPass,
            BiConsumer<String, String> identityConcerned,
            Consumer<String> reviewsConcerned,
            Predicate<PrivilegeGrant> forged) {
        this.known = known;
        this.lane = lane;
        this.wakeUps = wakeUps;
        this.passes = passes;
        this.workers = workers;
        this.firstPass = firstPass;
        this.identityConcerned = identityConcerned;
        this.reviewsConcerned = reviewsConcerned;
        this.forged = forged;
        this.trigger =
                new KubernetesTrigger<>("lapse", this::beforeFirstPass, this::added, this::changed, this::deleted);
    }

    List<EventSource<?, PrivilegeGrant>> connect(IndexerResourceCache<PrivilegeGrant> grants) {
        known.connect(grants);
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
        known.find(grant).ifPresentOrElse(this::look, () -> passes.add(grant, Desk.Begin));
    }

    private void look(PrivilegeGrant grant) {
        if (mayGiveAccess(grant)) {
            suspect(grant);
        } else {
            passes.add(GrantGlance.key(grant), GrantGlance.isUnproved(grant) ? Desk.Prove : Desk.Begin);
        }
    }

    private boolean mayGiveAccess(PrivilegeGrant grant) {
        return (GrantGlance.open(grant) && GrantGlance.announced(grant)) || forged.test(grant);
    }

    /** An identity changed: so may its grants. */
    public void identityChanged(String namespace, String name) {
        if (running) {
            known.ofIdentity(namespace, name).filter(GrantGlance::open).forEach(this::look);
        }
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
            Stream.concat(known.ofRole(role), known.ofNoRole().filter(asksFor)).forEach(this::look);
        }
    }

    /** Looks again at every grant that has not ended and fits. */
    void lookAgainWhere(Predicate<PrivilegeGrant> fits) {
        // Before that every grant is looked at anyway.
        if (running) {
            known.allOpen().filter(fits).forEach(this::look);
        }
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
        listed.filter(GrantGlance::open).filter(GrantGlance::announced).forEach(grant -> {
            String uid = grant.getMetadata().getUid();
            there.add(uid);
            if (!over.test(uid)) {
                known.keepUntilShown(grant);
                lane.scheduleAll(GrantGlance.due(grant).toList());
                if (Boolean.TRUE.equals(grant.getSpec().revoked())
                        || grant.getMetadata().getDeletionTimestamp() != null) {
                    suspect(grant);
                }
            }
        });
        known.tornSince(there).forEach(this::suspect);
        known.torn().filter(grant -> !over.test(grant.getMetadata().getUid())).forEach(this::suspect);
    }

    private void suspect(PrivilegeGrant grant) {
        lane.suspect(grant.getMetadata().getUid(), GrantGlance.key(grant));
    }

    /**
     * What is overdue goes before anything is given: this runs when all grants are known and no pass has begun. Once
     * everything else is known too, the lane looks at each grant that gives access: its cause to end may have come while
     * nobody looked.
     */
    private void beforeFirstPass() {
        known.allAreShown();
        lane.scheduleAll(known.allOpen().flatMap(GrantGlance::due).toList());
        lane.start(workers.lane());
        lane.awaitNothingDue(OVERDUE_AT_START);
        wakeUps.start();
        firstPass.ready();
        running = true;
        known.forgetUnshown();
        passes.start(workers.desks());
        known.all().forEach(this::look);
    }

    private void added(PrivilegeGrant grant) {
        if (running) {
            look(grant);
        }
        tellOthers(grant);
    }

    /** Of the operator's own changes, which are nearly all, none leads to another look. */
    private void changed(PrivilegeGrant before, PrivilegeGrant after) {
        if (running && (Asked.forSomethingElse(before, after) || forged.test(after))) {
            look(after);
        }
        if (GrantGlance.meansSomethingElse(before, after)) {
            tellOthers(after);
        }
    }

    private void deleted(PrivilegeGrant grant) {
        if (GrantGlance.open(grant)) {
            known.tearOut(grant);
            if (running) {
                look(grant);
            }
        } else {
            lane.forget(grant.getMetadata().getUid());
        }
        tellOthers(grant);
    }

    private void tellOthers(PrivilegeGrant grant) {
        identityConcerned.accept(
                grant.getMetadata().getNamespace(),
                grant.getSpec().identityRef().name());
        reviewsConcerned.accept(grant.getMetadata().getUid());
    }
}
