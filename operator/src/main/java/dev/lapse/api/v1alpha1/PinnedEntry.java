package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An eligible entry as it stood when a review of it was opened. */
public record PinnedEntry(
        @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Its name, and that of the item.")
        String name,

        @Required
        @Size(min = 16, max = 64)
        @JsonPropertyDescription(
                "Hash over everything that a verdict stands for: the identity, the entry, the role and its rules.")
        String hash,

        @Required
        @Size(max = 320)
        @Pattern("^(Role|ClusterRole)/.+$")
        @JsonPropertyDescription("Its role, as kind/name.")
        String role,

        @Required
        @Size(max = 16)
        @JsonPropertyDescription("The namespaces the role may be bound in. Empty: the whole cluster.")
        List<String> namespaces,

        @Required @JsonPropertyDescription("Which account receives the privilege.")
        PrincipalType principal,

        @Required @Size(max = 32) @Pattern(Durations.PATTERN) @JsonPropertyDescription("The longest grant of it.")
        String maxDuration,

        @Required @JsonPropertyDescription("Risky permissions that the role holds, by name.")
        List<String> risks,

        @Nullable
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("Who entitled to it; claimed if an applier wrote it.")
        String entitledBy,

        @Nullable @Size(min = 1, max = 253) @JsonPropertyDescription("The applier that wrote it, if one did.")
        String entitledByVia) {}
