package dev.lapse.grant;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.grant.ExpiryQueue.Due;
import dev.lapse.grant.ExpiryQueue.Looked;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The lane's one task: looks whether a grant is over, from what the informers show and without a request, and if it is,
 * takes away what gives access and remembers why, since when, and when the last of it went.
 */
final class KubernetesAccessRemoval {
    private final Function<Due, Optional<PrivilegeGrant>> grants;
    private final Predicate<PrivilegeGrant> gone;
    private final BooleanSupplier everythingKnown;
    private final KubernetesGrantObserver observer;
    private final KubernetesGrantObjects objects;
    private final InstantSource clock;
    private final EndingNotes notes;

    /**
     * @param grants the grant of a UID, also one whose object is gone while it still gave access
     * @param gone whether the object is gone
     * @param everythingKnown whether the informers show all that a grant depends on; until then only what the grant itself
     *     says ends it: what is not listed yet must not be taken for gone
     */
    KubernetesAccessRemoval(
            Function<Due, Optional<PrivilegeGrant>> grants,
            Predicate<PrivilegeGrant> gone,
            BooleanSupplier everythingKnown,
            KubernetesGrantObserver observer,
            KubernetesGrantObjects objects,
            InstantSource clock,
            EndingNotes notes) {
        this.grants = grants;
        this.gone = gone;
        this.everythingKnown = everythingKnown;
        this.observer = observer;
        this.objects = objects;
        this.clock = clock;
        this.notes = notes;
    }

    /** An exception means that the access of a grant that is over could not be taken away yet. */
    Looked look(Due due) {
        Optional<PrivilegeGrant> found = grants.apply(due);
        if (found.isEmpty()) {
            return Looked.GONE;
        }
        PrivilegeGrant grant = found.get();
        Instant now = clock.instant();
        GrantRequest request = observer.request(grant, gone.test(grant));
        GrantRecord record = observer.record(grant, now);
        if (record.phase().ended()) {
            return Looked.goesOn(Optional.empty());
        }
        Optional<Ending> ending = Endings.ofItself(request, record, observer.guard(), now);
        Optional<Instant> atTheLatest = record.expiresAt();
        if (ending.isEmpty() && everythingKnown.getAsBoolean()) {
            GrantFacts facts = observer.observe(grant, gone.test(grant), now);
            ending = Endings.first(facts, now);
            atTheLatest = Endings.atTheLatest(facts, now);
        }
        boolean access = record.announced()
                || ending.filter(cause -> cause.cause() == EndCause.StatusForged)
                        .isPresent();
        if (ending.isEmpty() || !access) {
            return Looked.goesOn(atTheLatest);
        }
        notes.ends(due.uid(), ending.get().dueSince(now, due.end()));
        if (takeAway(request, record)) {
            notes.bindingsGone(due.uid(), clock.instant());
        }
        return Looked.GONE;
    }

    /** @return whether there was anything to take, that is not gone since an earlier look */
    private boolean takeAway(GrantRequest request, GrantRecord record) {
        boolean taken = notes.bindingsGoneAt(request.uid()).isPresent();
        boolean any = !taken;
        RuntimeException refused = null;
        for (GrantObject object : record.objects()) {
            if (object.kind().binding() && object.state() != ObjectState.Gone) {
                try {
                    ObservedObject observed = observer.look(request, record, object);
                    // The watch may tell of our own deletion before its answer is here, so that the lane looks again.
                    if (!taken || observed.sight() != ObservedObject.Sight.Absent) {
                        any = true;
                        remove(request, observed);
                    }
                } catch (RuntimeException failed) {
                    // One that cannot be removed keeps none of the others.
                    refused = failed;
                }
            }
        }
        if (refused != null) {
            throw refused;
        }
        return any;
    }

    private void remove(GrantRequest request, ObservedObject binding) {
        boolean foreign = binding.sight() == ObservedObject.Sight.Foreign
                && binding.object().uid() == null;
        // The informer may be behind: what it does not show is removed all the same, by UID or, without one, as found.
        if (!foreign) {
            objects.remove(request, binding.object(), binding.ownUid());
        }
    }
}
