package dev.lapse.grant;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Resolved;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.guard.Seal;
import dev.lapse.guard.VersionedSeal;
import dev.lapse.guard.VersionedSeal.Shape;
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
public final class StatusSeal {
    private final VersionedSeal<GrantRecord> seal;

    StatusSeal(Seal seal) {
        this.seal = new VersionedSeal<>(
                seal,
                // Without the UIDs of namespaces.
                List.of(new Shape<>(
                        "grant/1", record -> record.insiders().isEmpty() && !pinned(record), StatusSeal::first)),
                List.of(
                        // Without who could act as the account. What is active keeps it, so that the version before
                        // believes the status, should somebody go back to it.
                        new Shape<>("grant/2", record -> record.insiders().isEmpty(), StatusSeal::second),
                        new Shape<>("grant/3", StatusSeal::third)));
    }

    private static boolean pinned(GrantRecord record) {
        return record.resolved()
                .map(Resolved::namespaceUIDs)
                .filter(uids -> !uids.isEmpty())
                .isPresent();
    }

    PrivilegeGrantStatus on(PrivilegeGrantStatus status, String grantUid) {
        return status.withSeal(seal.over(GrantRecord.of(status), grantUid));
    }

    boolean forged(PrivilegeGrant grant) {
        PrivilegeGrantStatus status = grant.getStatus();
        return status != null
                && status.phase() != null
                && !isOn(status, grant.getMetadata().getUid());
    }

    private boolean isOn(PrivilegeGrantStatus status, String grantUid) {
        return seal.verifies(status.seal(), GrantRecord.of(status), grantUid);
    }

    /** What of the status may be relied on. */
    public GrantRecord read(@Nullable PrivilegeGrantStatus status, String grantUid, Instant now) {
        if (status == null || status.phase() == null) {
            return GrantRecord.of(null);
        }
        if (isOn(status, grantUid)) {
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
        return GrantRecordBuilder.stagedBuilder()
                .phase(GrantPhase.Revoking)
                .proof(Optional.empty())
                .resolved(announced ? claimed.resolved() : Optional.empty())
                .activatedAt(claimed.activatedAt())
                .expiresAt(announced ? claimed.expiresAt() : Optional.empty())
                .objects(claimed.objects())
                .credentials(claimed.credentials())
                .dies(claimed.dies())
                .end(Optional.of(end))
                .review(claimed.review())
                .insiders(Optional.empty())
                .waivers(List.of())
                .build();
    }

    private static List<String> first(GrantRecord record) {
        List<String> parts = whatItIs(record);
        parts.addAll(whatItMade(record));
        return parts;
    }

    private static List<String> second(GrantRecord record) {
        List<String> parts = whatItIs(record);
        parts.add(namespaceUids(record));
        parts.addAll(whatItMade(record));
        return parts;
    }

    private static List<String> third(GrantRecord record) {
        List<String> parts = whatItIs(record);
        parts.add(namespaceUids(record));
        record.insiders().ifPresent(insiders -> addTo(parts, insiders));
        parts.addAll(whatItMade(record));
        return parts;
    }

    private static List<String> whatItIs(GrantRecord record) {
        List<String> parts = new ArrayList<>(List.of(
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
        return parts;
    }

    private static String namespaceUids(GrantRecord record) {
        return record.resolved()
                .map(Resolved::namespaceUIDs)
                .map(uids -> String.join(",", uids))
                .orElse("");
    }

    private static List<String> whatItMade(GrantRecord record) {
        List<String> parts = new ArrayList<>();
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
        return parts;
    }

    private static void addTo(List<String> parts, InsidersWhenAsked insiders) {
        parts.addAll(List.of(
                "insiders",
                insiders.at().toString(),
                String.join(",", insiders.accounts()),
                String.valueOf(insiders.complete())));
        insiders.insiders()
                .forEach(insider -> parts.addAll(List.of(
                        insider.kind().name(),
                        insider.name(),
                        insider.account(),
                        String.join(",", insider.bindings()))));
    }

    private static String text(Optional<Instant> instant) {
        return instant.map(Instant::toString).orElse("");
    }
}
