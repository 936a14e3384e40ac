package dev.lapse.grant;

import dev.lapse.api.v1alpha1.BuiltByName;
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
@BuiltByName
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
        return GrantRequestBuilder.stagedBuilder()
                .namespace(grant.getMetadata().getNamespace())
                .name(grant.getMetadata().getName())
                .uid(grant.getMetadata().getUid())
                .generation(grant.getMetadata().getGeneration())
                .createdAt(Instant.parse(grant.getMetadata().getCreationTimestamp()))
                .deleting(grant.getMetadata().getDeletionTimestamp() != null)
                .held(grant.getMetadata().getFinalizers().contains(Lapse.FINALIZER))
                .identity(spec.identityRef().name())
                .privilege(spec.privilege())
                .namespaces(
                        spec.namespaces() == null
                                ? List.of()
                                : spec.namespaces().stream().sorted().distinct().toList())
                // The CRD's pattern lets nothing else through; zero is refused as too long for nothing.
                .duration(Durations.parse(spec.duration()).orElse(Duration.ZERO))
                .notBefore(Optional.ofNullable(spec.notBefore()))
                .notAfter(Optional.ofNullable(spec.notAfter()))
                .requestedBy(spec.requestedBy())
                .requestedByAs(spec.requestedByAs() == null ? List.of() : spec.requestedByAs())
                .requestedByVia(Optional.ofNullable(spec.requestedByVia()))
                .credential(spec.credentialType())
                .audiences(
                        spec.credential() == null || spec.credential().audiences() == null
                                ? List.of()
                                : spec.credential().audiences())
                .encryptTo(Optional.ofNullable(spec.credential()).map(PrivilegeGrantSpec.Credential::encryptTo))
                .reason(spec.reason())
                .ticket(Optional.ofNullable(spec.ticket()))
                .incident(Optional.ofNullable(spec.breakGlass()).map(PrivilegeGrantSpec.BreakGlass::incident))
                .revoked(Boolean.TRUE.equals(spec.revoked()))
                .revokedBy(Optional.ofNullable(spec.revokedBy()))
                .revokedByVia(Optional.ofNullable(spec.revokedByVia()))
                .revokeReason(Optional.ofNullable(spec.revokeReason()))
                .build();
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
        return GrantRequestBuilder.builder(this).deleting(true).held(false).build();
    }

    GrantRequest withHeld(boolean now) {
        return GrantRequestBuilder.builder(this).held(now).build();
    }
}
