package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Takes away what gives access, and remembers when the last of it went: the lane's one task. */
final class KubernetesAccessRemoval {
    private final Function<GrantKey, Optional<PrivilegeGrant>> grants;
    private final KubernetesGrantObserver observer;
    private final KubernetesGrantObjects objects;
    private final InstantSource clock;
    private final Map<String, Instant> goneAt;

    KubernetesAccessRemoval(
            Function<GrantKey, Optional<PrivilegeGrant>> grants,
            KubernetesGrantObserver observer,
            KubernetesGrantObjects objects,
            InstantSource clock,
            ConcurrentHashMap<String, Instant> goneAt) {
        this.grants = grants;
        this.observer = observer;
        this.objects = objects;
        this.clock = clock;
        this.goneAt = goneAt;
    }

    /** @return whether nothing gives access any more; an exception means it could not be done yet */
    boolean takeAccess(ExpiryQueue.Due due) {
        Optional<PrivilegeGrant> found = grants.apply(due.grant())
                .filter(grant -> grant.getMetadata().getUid().equals(due.uid()));
        if (found.isEmpty()) {
            return true;
        }
        GrantRequest request = GrantRequest.of(found.get());
        GrantRecord record = observer.record(found.get(), clock.instant());
        if (!record.announced()) {
            // The watch has not brought the record yet: the pass that comes next knows it.
            return true;
        }
        RuntimeException refused = null;
        for (GrantObject object : record.objects()) {
            if (object.kind().binding() && object.state() != ObjectState.Gone) {
                try {
                    remove(request, observer.look(request, record, object));
                } catch (RuntimeException failed) {
                    // One that cannot be removed keeps none of the others.
                    refused = failed;
                }
            }
        }
        if (refused != null) {
            throw refused;
        }
        goneAt.put(due.uid(), clock.instant());
        return true;
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
