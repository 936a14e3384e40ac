package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

/**
 * Connects the grants to the SDK, which watches them and keeps them. When a grant is looked at, and by whom, is decided by
 * the lane and by {@link PassQueue}: the SDK has one queue for everything, first in, first out.
 */
public final class PrivilegeGrantReconciler implements Reconciler<PrivilegeGrant> {
    private final GrantEventSources sources;
    private final KubernetesPrimaryCache cache;

    PrivilegeGrantReconciler(GrantEventSources sources, KubernetesPrimaryCache cache) {
        this.sources = sources;
        this.cache = cache;
    }

    @Override
    public List<EventSource<?, PrivilegeGrant>> prepareEventSources(EventSourceContext<PrivilegeGrant> context) {
        cache.connect(context.getPrimaryCache());
        return sources.connect(context.getPrimaryCache());
    }

    /** The watch has told the event sources already. */
    @Override
    public UpdateControl<PrivilegeGrant> reconcile(PrivilegeGrant grant, Context<PrivilegeGrant> context) {
        return UpdateControl.noUpdate();
    }
}
