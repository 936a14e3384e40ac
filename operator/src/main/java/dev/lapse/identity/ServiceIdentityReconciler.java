package dev.lapse.identity;

import dev.lapse.access.SeparationOfDuties;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentitySpec;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverStatus;
import dev.lapse.cluster.FirstPass;
import dev.lapse.cluster.KubernetesFailure;
import dev.lapse.cluster.KubernetesStatusWriter;
import dev.lapse.cluster.KubernetesTrigger;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import dev.lapse.memory.Holds;
import dev.lapse.memory.KubernetesMemory;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** One pass over one identity: its subject, its owner, its entries, and what its status says of them. */
public final class ServiceIdentityReconciler implements Reconciler<ServiceIdentity> {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(30);
    private final KubernetesSubjects subjects;
    private final IdentityJournal journal;
    private final KubernetesIdentities identities;
    private final KubernetesStatusWriter<ServiceIdentity, ServiceIdentitySpec, ServiceIdentityStatus> status;
    private final KubernetesEntries entries;
    private final KubernetesWaivers waivers;
    private final KubernetesMemory memory;
    private final Supplier<GuardState> guard;
    private final BiFunction<String, String, List<String>> activeGrants;
    private final KubernetesTrigger<ServiceIdentity> trigger;
    private final InstantSource clock;

    /** What the reconciler works with. */
    public record Tools(KubernetesTools shared, SeparationOfDuties duties, Duration longestWaiver, Vouchers vouchers) {}

    /**
     * @param activeGrants the active grants, by namespace and name of an identity
     * @param firstPass waited for before the first pass
     * @param changed gets every change of an identity before any pass over it
     */
    public ServiceIdentityReconciler(
            Tools tools,
            FirstPass firstPass,
            BiFunction<String, String, List<String>> activeGrants,
            BiConsumer<String, String> changed) {
        this.subjects = new KubernetesSubjects(
                tools.shared().client(),
                tools.shared().cluster(),
                tools.shared().writes());
        this.journal = new IdentityJournal(tools.shared().events());
        this.identities = tools.shared().identities();
        this.status = new KubernetesStatusWriter<>(tools.shared().client(), ServiceIdentity::new, identities::sealed);
        this.entries = new KubernetesEntries(tools);
        this.waivers = new KubernetesWaivers(tools.shared().oracle(), tools.duties(), tools.longestWaiver());
        this.memory = tools.shared().memory();
        this.guard = tools.shared().guard();
        this.clock = tools.shared().clock();
        this.activeGrants = activeGrants;
        this.trigger = new KubernetesTrigger<>(
                "lapse",
                firstPass::ready,
                identity -> tell(changed, identity),
                (before, after) -> {
                    if (IdentityNews.isFor(before, after)) {
                        tell(changed, after);
                    }
                },
                identity -> gone(identity, changed));
    }

    private static void tell(BiConsumer<String, String> changed, ServiceIdentity identity) {
        changed.accept(
                identity.getMetadata().getNamespace(), identity.getMetadata().getName());
    }

    /**
     * At an activation the API server said that an author may not bind the role, or not any more. The status must say
     * the same.
     */
    public void authorRefused(String identityUid) {
        entries.forget(identityUid);
    }

    /** Looks at an identity again. */
    public void lookAgain(String namespace, String name) {
        trigger.lookAgain(namespace, name);
    }

    /**
     * Looks again at every identity that fits. Before the first pass this does nothing, because each identity is
     * looked at anyway.
     */
    public void lookAgainWhere(Predicate<ServiceIdentity> fits) {
        if (running()) {
            identities
                    .all()
                    .filter(fits)
                    .forEach(identity -> lookAgain(
                            identity.getMetadata().getNamespace(),
                            identity.getMetadata().getName()));
        }
    }

    /** Whether all objects are known. */
    public boolean running() {
        return trigger.isRunning();
    }

    @Override
    public List<EventSource<?, ServiceIdentity>> prepareEventSources(EventSourceContext<ServiceIdentity> context) {
        identities.connect(context.getPrimaryCache());
        status.connect(context.getPrimaryCache());
        return List.of(trigger);
    }

    @Override
    public UpdateControl<ServiceIdentity> reconcile(ServiceIdentity identity, Context<ServiceIdentity> context) {
        if (identity.getMetadata().getDeletionTimestamp() != null) {
            return UpdateControl.noUpdate();
        }
        Instant now = clock.instant();
        IdentityFacts facts = identities.facts(identity);
        List<String> active = activeGrants.apply(facts.namespace(), facts.name());
        if (subjects.settle(facts, active)) {
            facts = identities.facts(identity);
        }
        GuardState guardNow = guard.get();
        Holds holds = Holds.on(
                memory.of(facts.namespace()), facts.name(), facts.subject().userName(), now);
        List<EntryStatus> judged =
                RoleChanges.noted(facts.recordedEntries(), entries.judged(facts, holds, guardNow, now), now);
        List<WaiverStatus> waived = waivers.judge(facts, guardNow, now);
        Optional<Proof> proof = NameProof.next(guardNow, facts.recordedProof(), facts.generation(), now);
        write(
                identity,
                IdentityStatusReport.of(facts, judged, waived, holds, active, proof, identity.getStatus(), now));
        boolean unknown = judged.stream().anyMatch(entry -> entry.state() == EntryState.Unknown)
                || waived.stream().anyMatch(waiver -> waiver.state() == WaiverState.Unknown);
        return unknown ? UpdateControl.<ServiceIdentity>noUpdate().rescheduleAfter(ASK_AGAIN) : again(facts, now);
    }

    /** The SDK repeats the pass; until then the status says that it failed, and does not go on telling an old state. */
    @Override
    public ErrorStatusUpdateControl<ServiceIdentity> updateErrorStatus(
            ServiceIdentity identity, Context<ServiceIdentity> context, Exception failed) {
        if (KubernetesFailure.worthTelling(failed)) {
            status.writeFailure(
                    identity,
                    IdentityStatusReport.failed(
                            identity, KubernetesFailure.explain(failed).orElse(""), clock.instant()));
        }
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    /** Asks for another pass at the moment when time alone changes the status. */
    private UpdateControl<ServiceIdentity> again(IdentityFacts facts, Instant now) {
        return Stream.of(facts.validUntil().filter(now::isBefore), waivers.changeAt(facts, now))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .map(then -> UpdateControl.<ServiceIdentity>noUpdate()
                        .rescheduleAfter(Duration.between(now, then).plusMillis(1)))
                .orElseGet(UpdateControl::noUpdate);
    }

    /** It is written over the version that was read: a proof may only be recorded for the newest content. */
    private void write(ServiceIdentity identity, ServiceIdentityStatus after) {
        ServiceIdentityStatus before = identity.getStatus();
        if (status.write(identity, after).isEmpty()) {
            return;
        }
        journal.wrote(identity, before, after);
    }

    /** Another identity that named the same subject may have it now. */
    private void gone(ServiceIdentity identity, BiConsumer<String, String> changed) {
        changed.accept(
                identity.getMetadata().getNamespace(), identity.getMetadata().getName());
        identities
                .rivals(identity)
                .forEach(rival -> lookAgain(
                        rival.getMetadata().getNamespace(), rival.getMetadata().getName()));
    }
}
