package dev.lapse.grant;

import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import dev.lapse.credential.CredentialIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a PrivilegeGrant asks for, parsed once.
 *
 * @param held whether Lapse's finalizer is on the object
 * @param incident what the privilege is taken for without approval, if it is
 */
public record GrantRequest(
        String namespace,
        String name,
        String uid,
        long generation,
        Instant createdAt,
        boolean deleting,
        boolean held,
        String identity,
        String privilege,
        List<String> namespaces,
        Duration duration,
        Optional<Instant> notBefore,
        Optional<Instant> notAfter,
        String requestedBy,
        List<String> requestedByAs,
        Optional<String> requestedByVia,
        CredentialType credential,
        List<String> audiences,
        Optional<String> encryptTo,
        String reason,
        Optional<String> ticket,
        Optional<String> incident,
        boolean revoked,
        Optional<String> revokedBy,
        Optional<String> revokedByVia,
        Optional<String> revokeReason) {

    public static GrantRequest of(PrivilegeGrant grant) {
        PrivilegeGrantSpec spec = grant.getSpec();
        return new GrantRequest(
                grant.getMetadata().getNamespace(),
                grant.getMetadata().getName(),
                grant.getMetadata().getUid(),
                grant.getMetadata().getGeneration(),
                Instant.parse(grant.getMetadata().getCreationTimestamp()),
                grant.getMetadata().getDeletionTimestamp() != null,
                grant.getMetadata().getFinalizers().contains(Lapse.FINALIZER),
                spec.identityRef().name(),
                spec.privilege(),
                spec.namespaces() == null
                        ? List.of()
                        : spec.namespaces().stream().sorted().distinct().toList(),
                // The CRD's pattern lets nothing else through; zero is refused as too long for nothing.
                Durations.parse(spec.duration()).orElse(Duration.ZERO),
                Optional.ofNullable(spec.notBefore()),
                Optional.ofNullable(spec.notAfter()),
                spec.requestedBy(),
                spec.requestedByAs() == null ? List.of() : spec.requestedByAs(),
                Optional.ofNullable(spec.requestedByVia()),
                spec.credentialType(),
                spec.credential() == null || spec.credential().audiences() == null
                        ? List.of()
                        : spec.credential().audiences(),
                Optional.ofNullable(spec.credential()).map(PrivilegeGrantSpec.Credential::encryptTo),
                spec.reason(),
                Optional.ofNullable(spec.ticket()),
                Optional.ofNullable(spec.breakGlass()).map(PrivilegeGrantSpec.BreakGlass::incident),
                Boolean.TRUE.equals(spec.revoked()),
                Optional.ofNullable(spec.revokedBy()),
                Optional.ofNullable(spec.revokedByVia()),
                Optional.ofNullable(spec.revokeReason()));
    }

    /** What its credential type means. */
    public CredentialIssuer issuer() {
        return CredentialIssuer.of(credential);
    }

    /** Whether an applier wrote it, so that nobody knows who asks. */
    public boolean claimed() {
        return requestedByVia.isPresent();
    }

    public boolean breakGlass() {
        return incident.isPresent();
    }

    /** The object itself is gone: torn out by hand, or together with its definition. */
    GrantRequest withGone() {
        return new GrantRequest(
                namespace,
                name,
                uid,
                generation,
                createdAt,
                true,
                false,
                identity,
                privilege,
                namespaces,
                duration,
                notBefore,
                notAfter,
                requestedBy,
                requestedByAs,
                requestedByVia,
                credential,
                audiences,
                encryptTo,
                reason,
                ticket,
                incident,
                revoked,
                revokedBy,
                revokedByVia,
                revokeReason);
    }

    GrantRequest withHeld(boolean now) {
        return new GrantRequest(
                namespace,
                name,
                uid,
                generation,
                createdAt,
                deleting,
                now,
                identity,
                privilege,
                namespaces,
                duration,
                notBefore,
                notAfter,
                requestedBy,
                requestedByAs,
                requestedByVia,
                credential,
                audiences,
                encryptTo,
                reason,
                ticket,
                incident,
                revoked,
                revokedBy,
                revokedByVia,
                revokeReason);
    }
}
