package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import org.jspecify.annotations.Nullable;

/** Puts what the API server answered to a write where the next pass will read it, before the watch brings it. */
final class KubernetesPrimaryCache {
    private volatile @Nullable Context<PrivilegeGrant> context;

    void connect(Context<PrivilegeGrant> any) {
        if (context == null) {
            context = any;
        }
    }

    PrivilegeGrant wrote(PrivilegeGrant fresh, PrivilegeGrant before) {
        Context<PrivilegeGrant> connected = context;
        if (connected != null) {
            connected
                    .eventSourceRetriever()
                    .getControllerEventSource()
                    .handleRecentResourceUpdate(ResourceID.fromResource(fresh), fresh, before);
        }
        return fresh;
    }
}
