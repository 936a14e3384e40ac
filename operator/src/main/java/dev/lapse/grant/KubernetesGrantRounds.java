package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.grant.begin.KubernetesGrantObjects;
import dev.lapse.grant.end.KubernetesOrphans;
import dev.lapse.grant.tell.GrantMetrics;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.lane.ExpiryQueue;
import java.time.InstantSource;

/** What is gone through from time to time: the grants, to be counted, and what none of them answers for. */
public final class KubernetesGrantRounds {
    private final KubernetesKnownGrants known;
    private final GrantEventSources sources;
    private final KubernetesCluster cluster;
    private final KubernetesIdentities identities;
    private final KubernetesGrantObjects objects;
    private final GrantMetrics metrics;
    private final KubernetesOwedReviews owed;
    private final InstantSource clock;

    KubernetesGrantRounds(
            KubernetesKnownGrants known,
            GrantEventSources sources,
            KubernetesCluster cluster,
            KubernetesIdentities identities,
            KubernetesGrantObjects objects,
            GrantMetrics metrics,
            KubernetesOwedReviews owed,
            InstantSource clock) {
        this.known = known;
        this.sources = sources;
        this.cluster = cluster;
        this.identities = identities;
        this.objects = objects;
        this.metrics = metrics;
        this.owed = owed;
        this.clock = clock;
    }

    /** Counts the grants for the metrics. */
    public void takeCensus() {
        if (!sources.running()) {
            return;
        }
        metrics.count(known.census(grant -> identities.find(
                grant.getMetadata().getNamespace(),
                grant.getSpec().identityRef().name())));
        metrics.owed(owed.all(), clock.instant());
    }

    /** Removes what no open grant answers for. Reads only the informers. */
    public void sweep() {
        // Before all grants are known, every object would look like nobody's.
        if (!sources.running()) {
            return;
        }
        new KubernetesOrphans(cluster, objects::delete).remove(known.allOpen());
        // Whatever an event was lost for, and above all whatever should be over by now.
        sources.lookAgainWhere(this::isOverlooked);
        cluster.tidy();
    }

    private boolean isOverlooked(PrivilegeGrant grant) {
        return grant.getStatus() == null
                || (grant.getStatus().expiresAt() != null
                        && grant.getStatus().expiresAt().plus(ExpiryQueue.HANGS).isBefore(clock.instant()));
    }
}
