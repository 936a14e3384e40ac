package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.cluster.KubernetesEvents;
import dev.lapse.condition.Reason;
import org.jspecify.annotations.Nullable;

/** The Events of an identity: what its new status says that the one before did not. */
final class IdentityJournal {
    private final KubernetesEvents events;

    IdentityJournal(KubernetesEvents events) {
        this.events = events;
    }

    void wrote(ServiceIdentity identity, @Nullable ServiceIdentityStatus before, ServiceIdentityStatus after) {
        if (before == null || before.phase() != after.phase()) {
            tell(identity, after);
        }
        RoleChanges.news(before, after).forEach(entry -> tellOfRole(identity, entry));
    }

    private void tell(ServiceIdentity identity, ServiceIdentityStatus after) {
        String reason = after.conditions().get(0).reason();
        events.tell(
                about(identity),
                after.phase() == IdentityPhase.NotReady || reason.equals(Reason.ReviewMissed.name())
                        ? KubernetesEvents.Kind.Warning
                        : KubernetesEvents.Kind.Normal,
                reason,
                after.conditions().get(0).message());
    }

    private void tellOfRole(ServiceIdentity identity, EntryStatus entry) {
        events.tell(
                about(identity),
                KubernetesEvents.Kind.Warning,
                Reason.RoleChanged.name(),
                "entry " + entry.name() + ": its role allows something else than before; who approves the next request"
                        + " is told so");
    }

    private static KubernetesEvents.About about(ServiceIdentity identity) {
        return new KubernetesEvents.About(
                "ServiceIdentity",
                identity.getMetadata().getNamespace(),
                identity.getMetadata().getName(),
                identity.getMetadata().getUid());
    }
}
