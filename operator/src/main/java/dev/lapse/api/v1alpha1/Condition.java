package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.time.Instant;

/** One answer to one question about an object, in the shape every Kubernetes tool reads. */
public record Condition(
        @Required @JsonPropertyDescription("The question, in CamelCase.")
        String type,

        @Required @JsonPropertyDescription("The answer: True, False or Unknown.")
        ConditionStatus status,

        @Required @JsonPropertyDescription("Why, as one CamelCase word.")
        String reason,

        @Required @JsonPropertyDescription("Why, for a person, and what to do about it.")
        String message,

        @JsonPropertyDescription("The metadata.generation the answer is about.")
        long observedGeneration,

        @Required @JsonPropertyDescription("When the answer last changed.")
        Instant lastTransitionTime) {

    public Condition {
        message = StatusText.fit(message, StatusText.MESSAGE);
    }

    public enum ConditionStatus {
        True,
        False,
        Unknown
    }
}
