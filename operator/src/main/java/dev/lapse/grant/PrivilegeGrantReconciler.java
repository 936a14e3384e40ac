package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.List;
import java.util.function.Consumer;

/**
 * Connects the grants to the SDK, which watches them and keeps them. When a grant is looked at, and by whom, is decided by
 * the lane and by {@link PassQueue}: the SDK has one queue for everything, first in, first out.
 */
public final class PrivilegeGrantReconciler implements Reconciler<PrivilegeGrant> {
    private final GrantEventSources sources;
    private final Consumer<IndexerResourceCache<PrivilegeGrant>> writer;

    /** @param writer is told where what it writes is to be remembered */
    PrivilegeGrantReconciler(GrantEventSources sources, Consumer<IndexerResourceCache<PrivilegeGrant>> writer) {
        this.sources = sources;
        this.writer = writer;
    }

    @Override
    public List<EventSource<?, PrivilegeGrant>> prepareEventSources(EventSourceContext<PrivilegeGrant> context) {
        writer.accept(context.getPrimaryCache());
        return sources.connect(context.getPrimaryCache());
    }

    /** The watch has told the event sources already. */
    @Override
    public UpdateControl<PrivilegeGrant> reconcile(PrivilegeGrant grant, Context<PrivilegeGrant> context) {
        return UpdateControl.noUpdate();
    }
}
