package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request as it stood when a review of it was opened, or what was taken without one. */
@BuiltByName
public record ReviewedRequest(
        @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("Name of the PrivilegeGrant, in the review's namespace.")
        String grant,

        @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription("UID of the PrivilegeGrant: one of the same name created later is another.")
        String grantUID,

        @Required
        @Size(min = 16, max = 64)
        @JsonPropertyDescription(
                "Hash over everything that an approval stands for: the grant, the identity, its entry, the role and its rules.")
        String hash,

        @Required @Size(min = 1, max = 63) @JsonPropertyDescription("The eligible entry that is asked for.")
        String privilege,

        @Required
        @Size(max = 320)
        @Pattern("^(Role|ClusterRole)/.+$")
        @JsonPropertyDescription("Its role, as kind/name.")
        String role,

        @Required
        @Size(max = 16)
        @JsonPropertyDescription("The namespaces the role would be bound in. Empty: the whole cluster.")
        List<String> namespaces,

        @Required @JsonPropertyDescription("Which account would receive the privilege.")
        PrincipalType principal,

        @Required @Size(min = 1, max = 512) @JsonPropertyDescription("User name of that account.")
        String principalName,

        @Required @Size(max = 32) @Pattern(Durations.PATTERN) @JsonPropertyDescription("For how long.")
        String duration,

        @Required @JsonPropertyDescription("Risky permissions that the role holds, by name.")
        List<String> risks,

        @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Who asked.")
        String requestedBy,

        @Required
        @JsonPropertyDescription(
                "true: an applier wrote requestedBy, so nobody knows who asked, and one approval more is needed.")
        boolean claimed,

        @Required @Size(min = 1, max = 1024) @JsonPropertyDescription("Why, in the words of whoever asked.")
        String reason,

        @Nullable @Size(min = 1, max = 253) @JsonPropertyDescription("The change or incident it belongs to.")
        String ticket,

        @Nullable
        @Size(min = 1, max = 128)
        @JsonPropertyDescription("Of type BreakGlass: the incident it was taken for.")
        String incident,

        @Nullable
        @Size(max = 16)
        @JsonPropertyDescription(
                "Waivers of conflicts with the duties that the role gives, each with who waived it, until when and why: what is asked for may rest on them.")
        List<Waiver> waivers,

        @Nullable
        @JsonPropertyDescription(
                "Of type Request: how the privilege would be used. Mint: whoever asked makes tokens of the account themselves, as many as they like while the grant lasts.")
        CredentialType credential,

        @Nullable @JsonPropertyDescription("Of type Request: it would not begin before this instant.")
        Instant notBefore,

        @Nullable @JsonPropertyDescription("Of type Request: it would end by this instant, whatever the duration says.")
        Instant notAfter) {
    /** The account that will hold the privilege, and the one that asked, if that is no person. */
    public Set<String> accounts() {
        Set<String> accounts = new LinkedHashSet<>();
        accounts.add(principalName);
        if (AccountName.isOne(requestedBy)) {
            accounts.add(requestedBy);
        }
        return accounts;
    }

    /** For people: how it is used and when it begins, as far as that is not what everybody expects. */
    public List<String> unusual() {
        List<String> told = new ArrayList<>();
        if (credential != null) {
            credential.unusual().ifPresent(told::add);
        }
        if (notBefore != null) {
            told.add("begins at " + notBefore + " at the earliest");
        }
        if (notAfter != null) {
            told.add("ends by " + notAfter);
        }
        return List.copyOf(told);
    }

    public record Waiver(
            @Required @Size(min = 2, max = 2) @JsonPropertyDescription("The two duties.")
            List<String> duties,

            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("User name of the person who waived.")
            String waivedBy,

            @Required @JsonPropertyDescription("Until when.")
            Instant until,

            @Required @Size(min = 1, max = 512) @JsonPropertyDescription("Why, in that person's words.")
            String reason) {

        /** For people. */
        public String describe() {
            return "duties " + duties.get(0) + " and " + duties.get(1) + " waived by " + waivedBy + " until " + until
                    + " because " + reason;
        }
    }
}
