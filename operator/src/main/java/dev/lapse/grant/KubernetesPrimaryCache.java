package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.ManagedInformerEventSource;
import org.jspecify.annotations.Nullable;

/** Puts what the API server answered to a write where the next pass will read it, before the watch brings it. */
final class KubernetesPrimaryCache {
    private volatile @Nullable ManagedInformerEventSource<PrivilegeGrant, ?, ?> source;

    /** The SDK gives its own event source as the cache; only there can a write be remembered. */
    @SuppressWarnings("unchecked")
    void connect(IndexerResourceCache<PrivilegeGrant> grants) {
        if (!(grants instanceof ManagedInformerEventSource<?, ?, ?> known)) {
            throw new IllegalStateException("the SDK's cache of PrivilegeGrants cannot remember writes any more");
        }
        source = (ManagedInformerEventSource<PrivilegeGrant, ?, ?>) known;
    }

    PrivilegeGrant wrote(PrivilegeGrant fresh, PrivilegeGrant before) {
        ManagedInformerEventSource<PrivilegeGrant, ?, ?> connected = source;
        if (connected != null) {
            connected.handleRecentResourceUpdate(ResourceID.fromResource(fresh), fresh, before);
        }
        return fresh;
    }
}
