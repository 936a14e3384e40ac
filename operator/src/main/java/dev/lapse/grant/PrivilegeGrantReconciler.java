package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Observes a grant and passes over it, whenever something about it may have changed. */
public final class PrivilegeGrantReconciler implements Reconciler<PrivilegeGrant> {
    private final KubernetesGrantObserver observer;
    private final GrantEventSources sources;
    private final KubernetesPrimaryCache cache;
    private final InstantSource clock;

    PrivilegeGrantReconciler(
            KubernetesGrantObserver observer,
            GrantEventSources sources,
            KubernetesPrimaryCache cache,
            InstantSource clock) {
        this.observer = observer;
        this.sources = sources;
        this.cache = cache;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, PrivilegeGrant>> prepareEventSources(EventSourceContext<PrivilegeGrant> context) {
        return sources.connect(context.getPrimaryCache());
    }

    @Override
    public UpdateControl<PrivilegeGrant> reconcile(PrivilegeGrant grant, Context<PrivilegeGrant> context) {
        cache.connect(context);
        boolean gone = context.isPrimaryResourceDeleted() && sources.gone(grant);
        if (!gone && sources.laneTakes(grant)) {
            return UpdateControl.noUpdate();
        }
        Instant now = clock.instant();
        GrantPass pass = new GrantPass(sources.effects(grant), clock, sources::announced);
        GrantPass.Settled settled = pass.over(observer.observe(grant, gone, now), now);
        sources.settled(settled.facts(), settled.decision());
        if (context.isPrimaryResourceDeleted()) {
            sources.lookAgainAfterDeletion(grant);
        }
        return UpdateControl.noUpdate();
    }
}
