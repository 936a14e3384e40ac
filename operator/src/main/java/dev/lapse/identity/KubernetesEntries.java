package dev.lapse.identity;

import dev.lapse.access.OperatorReach;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesEvents;
import dev.lapse.condition.Reason;
import dev.lapse.guard.GuardParameters;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import dev.lapse.memory.Holds;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Judges each entry of an identity, and opens a review where only people can decide. */
final class KubernetesEntries {
    private final KubernetesCluster cluster;
    private final KubernetesEvents events;
    private final KubernetesEntitlements entitlements;
    private final Vouchers vouchers;
    private final Supplier<GuardParameters> parameters;

    KubernetesEntries(ServiceIdentityReconciler.Tools tools) {
        this.cluster = tools.shared().cluster();
        this.events = tools.shared().events();
        this.entitlements = new KubernetesEntitlements(
                tools.shared().oracle(),
                new OperatorReach(
                        () -> OperatorPlace.bounds(tools.shared().parameters().get()),
                        tools.shared().oracle()));
        this.vouchers = tools.vouchers();
        this.parameters = tools.shared().parameters();
    }

    /** An activation got another answer, so the kept answers for this identity are dropped. */
    void forget(String identityUid) {
        entitlements.forget(identityUid);
    }

    /** The judgement of each entry. */
    List<EntryStatus> judged(IdentityFacts facts, Holds holds, GuardState guardNow, Instant now) {
        Map<String, NameProof.Answer> proofs = EntryProofs.of(facts, guardNow, now);
        return facts.entries().stream()
                .map(entry -> {
                    RoleFacts role = KubernetesRoles.find(cluster, entry.role(), entry.namespaces());
                    EntryPolicy.Facts known = new EntryPolicy.Facts(
                            entry,
                            facts.namespace(),
                            proofs.getOrDefault(entry.name(), NameProof.Answer.UNKNOWN),
                            role,
                            holds,
                            entry.via().map(applier -> parameters.get().reachOf(applier)),
                            Vouching.UNASKED,
                            guardNow.ready(),
                            Optional.empty());
                    return known.beyondLimit() ? beyondLimit(known, facts, now) : judged(known, facts);
                })
                .toList();
    }

    private EntryStatus judged(EntryPolicy.Facts known, IdentityFacts facts) {
        return EntryPolicy.judge(known)
                .orElseGet(() -> EntryPolicy.judge(asked(known, facts)).orElseThrow());
    }

    /** Somebody who could bind the role there is asked, as soon as nothing else speaks against the entry. */
    private EntryStatus beyondLimit(EntryPolicy.Facts found, IdentityFacts facts, Instant now) {
        EntryPolicy.Facts known = found.withVouching(vouchers.of(facts, found.entry(), found.role(), now));
        EntryStatus judged = judged(known, facts);
        if (!EntryPolicy.waitsForSomebodyToBeAsked(known, judged)) {
            return judged;
        }
        try {
            Vouching.Asked open = vouchers.ask(facts, known.entry(), known.role(), now);
            events.tell(
                    new KubernetesEvents.About("ServiceIdentity", facts.namespace(), facts.name(), facts.uid()),
                    KubernetesEvents.Kind.Warning,
                    Reason.BeyondApplierLimits.name(),
                    "entry " + known.entry().name() + ": " + open.waits(known.entry()));
            return judged(known.withVouching(open), facts);
        } catch (KubernetesClientException failed) {
            // This happens for example because of a quota. The rest of the identity's status must be reported all the
            // same.
            return EntryPolicy.notOpened(known, String.valueOf(failed.getMessage()));
        }
    }

    private EntryPolicy.Facts asked(EntryPolicy.Facts known, IdentityFacts facts) {
        return known.withEntitlement(entitlements.of(
                facts,
                known.entry(),
                known.role(),
                known.beyondLimit() ? Optional.of(known.vouching()) : Optional.empty()));
    }
}
