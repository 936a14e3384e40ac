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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells a status that the operator wrote from a forged one. No pass grants because a status says so: what later passes
 * build on is sealed, and what is not sealed is worth nothing.
 */
public final class StatusSeal {
    /**
     * What a seal is over. A status keeps the shape it was sealed with until it is written again, so every shape that was
     * ever written stays here: else an upgrade would end each active grant as forged.
     */
    private enum Shape {
        /** Without the UIDs of namespaces: a status that has some is not of this shape. */
        V1("grant/1"),
        /** Without who could act as the account: a status that names some is not of this shape. */
        V2("grant/2"),
        /** Of what waits only: what is active keeps a shape that the version before believes, should somebody go back to it. */
        V3("grant/3");

        private final String text;

        Shape(String text) {
            this.text = text;
        }

        static Shape toWrite(GrantRecord record) {
            return record.insiders().isPresent() ? V3 : V2;
        }

        boolean holds(GrantRecord record) {
            boolean pinned = record.resolved()
                    .map(Resolved::namespaceUIDs)
                    .filter(uids -> !uids.isEmpty())
                    .isPresent();
            return this == V3 || (record.insiders().isEmpty() && (this == V2 || !pinned));
        }
    }

    private final Seal seal;

    StatusSeal(Seal seal) {
        this.seal = seal;
    }

    PrivilegeGrantStatus on(PrivilegeGrantStatus status, String grantUid) {
        GrantRecord record = GrantRecord.of(status);
        return status.withSeal(seal.over(parts(Shape.toWrite(record), record, grantUid)));
    }

    boolean forged(PrivilegeGrant grant) {
        PrivilegeGrantStatus status = grant.getStatus();
        return status != null
                && status.phase() != null
                && !isOn(status, grant.getMetadata().getUid());
    }

    private boolean isOn(PrivilegeGrantStatus status, String grantUid) {
        String mark = status.seal();
        GrantRecord record = GrantRecord.of(status);
        return mark != null
                && Stream.of(Shape.values())
                        .filter(shape -> shape.holds(record))
                        .anyMatch(shape -> seal.verifies(mark, parts(shape, record, grantUid)));
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
                Optional.empty(),
                List.of());
    }

    /** In a fixed order; a field that a later version adds goes in under a new shape. */
    private static String[] parts(Shape shape, GrantRecord record, String grantUid) {
        List<String> parts = new ArrayList<>(List.of(
                shape.text,
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
        if (shape != Shape.V1) {
            parts.add(record.resolved()
                    .map(Resolved::namespaceUIDs)
                    .map(uids -> String.join(",", uids))
                    .orElse(""));
        }
        if (shape == Shape.V3) {
            record.insiders().ifPresent(insiders -> addTo(parts, insiders));
        }
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
