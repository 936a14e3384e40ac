package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** One pass over one grant: observe, then decide and carry out until the facts are settled, then report. */
public final class PrivilegeGrantReconciler implements Reconciler<PrivilegeGrant> {
    /** More steps than the largest grant has; a policy that never settles must not turn forever. */
    private static final int MOST_STEPS = 200;

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
        boolean gone = context.isPrimaryResourceDeleted();
        Instant now = clock.instant();
        GrantFacts facts = observer.observe(grant, gone, now);
        GrantEffects effects = sources.effects(grant);
        boolean endedBefore = facts.record().phase().ended();
        GrantDecision decision = GrantPolicy.decide(facts, now);
        for (int step = 0; decision.next().isPresent(); step++) {
            if (step == MOST_STEPS) {
                throw new IllegalStateException("no settled state after " + MOST_STEPS + " steps, at " + decision);
            }
            try {
                facts = decision.next().get().carryOut(effects, facts, decision, now);
            } catch (KubernetesClientException failed) {
                tellOf(failed, effects, facts, decision, now);
                throw failed;
            }
            if (facts.record().expiresAt().isPresent()) {
                sources.announced(facts);
            }
            now = clock.instant();
            decision = GrantPolicy.decide(facts, now);
        }
        if (!endedBefore && !facts.record().phase().ended()) {
            effects.writeStatus(facts, decision, now);
        }
        sources.settled(facts, decision);
        return UpdateControl.noUpdate();
    }

    /** A step that fails is tried again without end; meanwhile status says what fails. */
    private static String reason(KubernetesClientException failed) {
        return failed.getStatus() == null || failed.getStatus().getMessage() == null
                ? "the API server did not answer (" + failed.getCode() + ")"
                : failed.getStatus().getMessage();
    }

    private static void tellOf(
            KubernetesClientException failed,
            GrantEffects effects,
            GrantFacts facts,
            GrantDecision decision,
            Instant now) {
        boolean outdated = failed.getCode() == 409;
        if (outdated || facts.record().phase().ended() || decision.phase().ended()) {
            return;
        }
        // The record still says what is certain: a step that failed may or may not have happened.
        try {
            effects.writeStatus(facts, decision.failing(reason(failed)), now);
        } catch (KubernetesClientException again) {
            failed.addSuppressed(again);
        }
    }
}
