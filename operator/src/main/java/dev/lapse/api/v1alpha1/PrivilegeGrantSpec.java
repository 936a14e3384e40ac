package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked for, by whom, why and for how long. */
@ValidationRule(
        // What is no instant has a refusal of its own.
        value = "!has(self.notBefore) || !has(self.notAfter) || !self.notBefore" + Instants.MATCHES
                + " || !self.notAfter" + Instants.MATCHES
                + " || timestamp(self.notBefore) < timestamp(self.notAfter)",
        fieldPath = ".notAfter",
        message = "notAfter must be later than notBefore")
@ValidationRule(
        value = "!has(oldSelf.revoked) || has(self.revoked)",
        fieldPath = ".revoked",
        message = "revoked cannot be taken back: create a new PrivilegeGrant")
@ValidationRule(
        value = "!has(self.revoked) || has(self.revokedBy)",
        fieldPath = ".revokedBy",
        message = "revoked: true needs revokedBy: add your own user name (kubectl auth whoami)")
@ValidationRule(
        value =
                "has(self.revoked) || !(has(self.revokedBy) || has(self.revokedByAs) || has(self.revokedByVia) || has(self.revokeReason))",
        fieldPath = ".revoked",
        message = "revokedBy, revokedByAs, revokedByVia and revokeReason belong to revoked: true, which is missing")
@ValidationRule(
        value = "!has(self.requestedByVia) || has(self.notAfter)",
        fieldPath = ".notAfter",
        message =
                "a grant written by an applier (requestedByVia) needs notAfter, so that applying it again later cannot wake it")
@ValidationRule(
        value = "!has(self.breakGlass) || !has(self.requestedByVia)",
        fieldPath = ".breakGlass",
        message =
                "break-glass is never claimed: whoever needs it creates the grant themselves, with their own name in requestedBy and without requestedByVia")
@ValidationRule(
        value = "!has(self.breakGlass) || !has(self.notBefore)",
        fieldPath = ".notBefore",
        message = "break-glass begins at once: leave out notBefore, or leave out breakGlass and ask for approval")
@ValidationRule(
        value = "has(self.namespaces) == has(oldSelf.namespaces) && has(self.notBefore) == has(oldSelf.notBefore)"
                + " && has(self.notAfter) == has(oldSelf.notAfter) && has(self.ticket) == has(oldSelf.ticket)"
                + " && has(self.requestedByAs) == has(oldSelf.requestedByAs) && has(self.requestedByVia) == has(oldSelf.requestedByVia)"
                + " && has(self.breakGlass) == has(oldSelf.breakGlass)",
        message =
                "the spec of a PrivilegeGrant is immutable but for revoked, revokedBy and revokeReason: create a new PrivilegeGrant")
@ValidationRule(
        value =
                "!has(oldSelf.revoked) || (self.revokedBy == oldSelf.revokedBy && has(self.revokeReason) == has(oldSelf.revokeReason)"
                        + " && (!has(self.revokeReason) || self.revokeReason == oldSelf.revokeReason)"
                        + " && has(self.revokedByAs) == has(oldSelf.revokedByAs)"
                        + " && (!has(self.revokedByAs) || self.revokedByAs == oldSelf.revokedByAs)"
                        + " && has(self.revokedByVia) == has(oldSelf.revokedByVia)"
                        + " && (!has(self.revokedByVia) || self.revokedByVia == oldSelf.revokedByVia))",
        fieldPath = ".revokedBy",
        message = "who revoked a grant, and why, cannot be changed afterwards")
public record PrivilegeGrantSpec(
        @Required
        @ValidationRule(value = "self == oldSelf", message = "identityRef is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription("The ServiceIdentity of the same namespace that asks. Immutable.")
        IdentityReference identityRef,

        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @ValidationRule(value = "self == oldSelf", message = "privilege is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription("Name of the eligible entry of that identity. Immutable.")
        String privilege,

        @Nullable
        @Size(min = 1, max = 16)
        @ValidationRule(value = "self == oldSelf", message = "namespaces is immutable: create a new PrivilegeGrant")
        @ValidationRule(
                value = "self.all(x, self.exists_one(y, y == x))",
                message = "namespaces must not name a namespace twice")
        @JsonPropertyDescription("Only these of the entry's namespaces. Absent: all of them. Immutable.")
        List<String> namespaces,

        @Required
        @Size(max = 32)
        @ValidationRule(value = Durations.RULE, message = Durations.REMEDY)
        @ValidationRule(
                value = "self == oldSelf",
                message = "duration is immutable: a longer need is a new PrivilegeGrant")
        @JsonPropertyDescription(
                "How long the privilege lasts once it is active, for example 30m or 1h30m. Whole numbers, units d h m s in descending order, at least 1s. Immutable.")
        String duration,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "notBefore is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription(
                "Not active before this instant, which is at most 90 days after the grant's creation. RFC 3339, for example 2026-12-01T08:00:00Z. Immutable.")
        Instant notBefore,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "notAfter is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription("Not active from this instant on, whatever the duration says. RFC 3339. Immutable.")
        Instant notAfter,

        @Required
        @Size(min = 1, max = 1024)
        @ValidationRule(
                value = "self.matches('[^[:space:]]')",
                message = "reason is blank: say why the privilege is needed")
        @ValidationRule(value = "self == oldSelf", message = "reason is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription("Why the privilege is needed, for approvers and auditors. Immutable.")
        String reason,

        @Nullable
        @Size(min = 1, max = 253)
        @ValidationRule(value = "self == oldSelf", message = "ticket is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription("The change or incident this belongs to. Immutable.")
        String ticket,

        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(value = "self == oldSelf", message = "requestedBy is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription(
                "User name of whoever asks, as the API server knows it (kubectl auth whoami). Proved at admission. Immutable.")
        String requestedBy,

        @Nullable
        @Size(max = 4)
        @ValidationRule(value = "self == oldSelf", message = "requestedByAs is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription(
                "Groups of requestedBy that its right to ask comes from. At most 4, proved at admission. Immutable.")
        List<String> requestedByAs,

        @Nullable
        @Size(min = 1, max = 253)
        @ValidationRule(value = "self == oldSelf", message = "requestedByVia is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription(
                "User name of the GitOps applier that wrote this on behalf of requestedBy; it must be on the list of appliers. The request is then claimed, not proved, and never active without approval. Immutable.")
        String requestedByVia,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "breakGlass is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription(
                "Take the privilege at once, without approval, because something is on fire. The entry must allow it, the verb breakglass on the ServiceIdentity is needed instead of request, and somebody else reviews it within 24 h: until then it is owed, and stands in the way of the identity's next one. Immutable.")
        BreakGlass breakGlass,

        @Default("{\"type\": \"Token\"}")
        @ValidationRule(value = "self == oldSelf", message = "credential is immutable: create a new PrivilegeGrant")
        @JsonPropertyDescription("How the privilege is used. Immutable.")
        Credential credential,

        @Nullable
        @JsonPropertyDescription("true ends the grant now, for good. It has no other value.")
        @ValidationRule(value = "self", message = "revoked has one value, true: leave it out to let the grant run")
        Boolean revoked,

        @Nullable
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("User name of whoever revoked the grant. Proved at admission.")
        String revokedBy,

        @Nullable
        @Size(max = 4)
        @JsonPropertyDescription(
                "Groups of revokedBy that its right to revoke comes from. At most 4, proved at admission.")
        List<String> revokedByAs,

        @Nullable
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("User name of the GitOps applier that wrote the revocation on behalf of revokedBy.")
        String revokedByVia,

        @Nullable @Size(min = 1, max = 1024) @JsonPropertyDescription("Why the grant was revoked.")
        String revokeReason) {

    public record IdentityReference(
            @Required
            @Size(min = 1, max = 253)
            @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
            @JsonPropertyDescription("Name of the ServiceIdentity.")
            String name) {}

    public record BreakGlass(
            @Required
            @Size(min = 1, max = 128)
            @ValidationRule(
                    value = "self.matches('[^[:space:]]')",
                    message = "incident is blank: name the incident this is taken for")
            @JsonPropertyDescription(
                    "The incident this is taken for, for example its number. Before anybody has reviewed it, the identity can take more for the same incident only, up to the entry's breakGlass.maxTotal.")
            String incident) {}

    @ValidationRule(
            value = "self.type == 'Token' || !(has(self.audiences) || has(self.encryptTo))",
            message = "audiences and encryptTo belong to credential type Token")
    public record Credential(
            @Default("Token")
            @JsonPropertyDescription(
                    "Token: a short-lived ServiceAccount token, delivered in a Secret of this namespace. Mint: nothing is delivered; while the grant lasts, requestedBy and nobody else may create tokens of its dedicated account, each of ten minutes. None: only the binding, for an account that has a credential already.")
            CredentialType type,

            @Nullable
            @Size(min = 1, max = 8)
            @JsonPropertyDescription(
                    "Who accepts the token, if not the API server, for example the URL of a vault. Such tokens live ten minutes and are renewed while the grant lasts, because nobody can take them back.")
            List<String> audiences,

            @Nullable
            @Size(min = 1, max = 16384)
            @Pattern("^-----BEGIN CERTIFICATE-----\\s[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s*$")
            @JsonPropertyDescription(
                    "A certificate (PEM, RSA or elliptic curve). The token is delivered as a CMS envelope that only its private key opens: whoever may merely read the Secret cannot use it.")
            String encryptTo) {}

    public enum CredentialType {
        Token,
        Mint,
        None;

        /** For whoever decides: how the privilege is used, unless that is what everybody expects. */
        Optional<String> unusual() {
            return switch (this) {
                case Token -> Optional.empty();
                case Mint -> Optional.of("whoever asked mints tokens themselves (Mint)");
                case None -> Optional.of("no credential is delivered (None)");
            };
        }
    }

    /** How the privilege is used, also if the spec does not say so. */
    public CredentialType credentialType() {
        return credential == null || credential.type() == null ? CredentialType.Token : credential.type();
    }
}
