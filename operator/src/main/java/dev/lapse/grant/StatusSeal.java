package dev.lapse.grant;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.guard.Seal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells a status that the operator wrote from a forged one. No pass grants because a status says so: what later passes
 * build on is sealed, and what is not sealed is worth nothing.
 */
final class StatusSeal {
    private static final String SHAPE = "grant/1";

    private final Seal seal;

    StatusSeal(Seal seal) {
        this.seal = seal;
    }

    PrivilegeGrantStatus on(PrivilegeGrantStatus status, String grantUid) {
        return status.withSeal(seal.over(parts(status, grantUid)));
    }

    boolean forged(PrivilegeGrant grant) {
        PrivilegeGrantStatus status = grant.getStatus();
        return status != null
                && status.phase() != null
                && !(status.seal() != null
                        && seal.verifies(
                                status.seal(), parts(status, grant.getMetadata().getUid())));
    }

    /** What of the status may be relied on. */
    GrantRecord read(@Nullable PrivilegeGrantStatus status, String grantUid, Instant now) {
        if (status == null || status.phase() == null) {
            return GrantRecord.of(null);
        }
        if (status.seal() != null && seal.verifies(status.seal(), parts(status, grantUid))) {
            return GrantRecord.of(status);
        }
        boolean decisive = status.phase().ended() || status.expiresAt() != null || status.resolved() != null;
        return decisive ? forged(status, now) : GrantRecord.of(null);
    }

    /** Whatever it claims, it ends, and what it may have been used to give goes. */
    private static GrantRecord forged(PrivilegeGrantStatus status, Instant now) {
        End end = End.begun(
                EndCause.StatusForged,
                null,
                "somebody else than the operator wrote the status: whatever the grant gave is taken away",
                now.truncatedTo(ChronoUnit.SECONDS));
        GrantRecord claimed = GrantRecord.of(status);
        boolean announced =
                claimed.resolved().isPresent() && claimed.expiresAt().isPresent();
        return new GrantRecord(
                GrantPhase.Revoking,
                Optional.empty(),
                announced ? claimed.resolved() : Optional.empty(),
                claimed.activatedAt(),
                announced ? claimed.expiresAt() : Optional.empty(),
                claimed.objects(),
                claimed.credentials(),
                claimed.dies(),
                Optional.of(end),
                claimed.review(),
                List.of());
    }

    /** In a fixed order; a field that a later version adds goes behind, under a new shape. */
    private static String[] parts(PrivilegeGrantStatus status, String grantUid) {
        GrantRecord record = GrantRecord.of(status);
        List<String> parts = new ArrayList<>(List.of(
                SHAPE,
                grantUid,
                record.phase().name(),
                record.proof().map(Proof::epoch).orElse(""),
                record.proof().map(proof -> String.valueOf(proof.generation())).orElse(""),
                text(record.expiresAt()),
                text(record.activatedAt()),
                record.end().map(end -> end.cause().name()).orElse("")));
        record.resolved()
                .ifPresent(resolved -> parts.addAll(List.of(
                        resolved.identityUID(),
                        String.valueOf(resolved.subjectUID()),
                        resolved.role(),
                        String.join(",", resolved.roleUIDs()),
                        resolved.rulesHash(),
                        String.join(",", resolved.risks()),
                        String.join(",", resolved.namespaces()),
                        resolved.principal().name(),
                        resolved.principalName(),
                        resolved.entryHash(),
                        resolved.duration())));
        record.objects()
                .forEach(object -> parts.addAll(List.of(
                        object.kind().name(),
                        String.valueOf(object.namespace()),
                        object.name(),
                        String.valueOf(object.uid()),
                        object.state().name())));
        record.credentials()
                .forEach(issued -> parts.addAll(List.of(
                        issued.id(),
                        issued.issuedAt().toString(),
                        issued.expiresAt().toString())));
        return parts.toArray(String[]::new);
    }

    private static String text(Optional<Instant> instant) {
        return instant.map(Instant::toString).orElse("");
    }
}
