package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.guard.Seal;
import dev.lapse.guard.VersionedSeal;
import java.util.ArrayList;
import java.util.List;

/** Tells proofs that the operator recorded in an identity's status from forged ones. */
public final class StatusSeal {
    private final VersionedSeal<ServiceIdentityStatus> seal;

    StatusSeal(Seal seal) {
        this.seal = new VersionedSeal<>(
                seal, List.of(), List.of(new VersionedSeal.Shape<>("identity/1", StatusSeal::parts)));
    }

    ServiceIdentityStatus on(ServiceIdentityStatus status, String uid) {
        return status.withSeal(seal.over(status, uid));
    }

    boolean isOn(ServiceIdentityStatus status, String uid) {
        return seal.verifies(status.seal(), status, uid);
    }

    private static List<String> parts(ServiceIdentityStatus status) {
        List<String> parts = new ArrayList<>(VersionedSeal.of(status.proof()));
        if (status.entries() != null) {
            status.entries()
                    .forEach(entry ->
                            parts.addAll(List.of(entry.name(), entry.hash(), Boolean.toString(entry.nameProved()))));
        }
        if (status.waivers() != null && !status.waivers().isEmpty()) {
            // No entry has this name, so the following parts are never taken for an entry.
            parts.add("/waivers");
            status.waivers()
                    .forEach(waiver -> parts.addAll(List.of(waiver.hash(), Boolean.toString(waiver.nameProved()))));
        }
        return parts;
    }
}
