package dev.lapse.identity;

import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.guard.Seal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells proofs that the operator recorded in an identity's status from forged ones. */
public final class StatusSeal {
    private static final String SHAPE = "identity/1";

    private final Seal seal;

    StatusSeal(Seal seal) {
        this.seal = seal;
    }

    ServiceIdentityStatus on(ServiceIdentityStatus status, String uid) {
        return status.withSeal(seal.over(parts(status, uid)));
    }

    boolean isOn(ServiceIdentityStatus status, String uid) {
        return status.seal() != null && seal.verifies(status.seal(), parts(status, uid));
    }

    private static String[] parts(ServiceIdentityStatus status, String uid) {
        Optional<Proof> proof = Optional.ofNullable(status.proof());
        List<String> parts = new ArrayList<>(List.of(
                SHAPE,
                uid,
                proof.map(Proof::epoch).orElse(""),
                proof.map(Proof::generation).map(String::valueOf).orElse(""),
                proof.map(known -> known.at().toString()).orElse("")));
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
        return parts.toArray(String[]::new);
    }
}
