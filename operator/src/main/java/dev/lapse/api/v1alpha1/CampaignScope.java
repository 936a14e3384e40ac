package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which identities a campaign is about: those that were there when it was opened, and fit everything that is said. */
public record CampaignScope(
        @Nullable @Size(max = 5) @JsonPropertyDescription("Only identities of these types. Absent: of every type.")
        List<ActorType> actorTypes,

        @Nullable @JsonPropertyDescription("Only identities that fit. Absent: all.")
        Selector selector,

        @Default("false")
        @JsonPropertyDescription(
                "true: identities of every namespace, in a campaign of namespace lapse-system only. Otherwise those of its own namespace.")
        boolean allNamespaces) {
    public record Selector(
            @Required
            @Size(min = 1, max = 16)
            @ValidationRule(
                    value = "self.all(key, size(key) < 318 && key.matches('^[a-zA-Z0-9._/-]+$'))",
                    message = "matchLabels names labels, as they stand in an identity's metadata")
            @JsonPropertyDescription("Labels that an identity carries, all of them.")
            Map<String, String> matchLabels) {}
}
