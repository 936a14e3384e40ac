package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.time.Instant;

/** Which installation of the guard proved the names in an object. */
public record Proof(
        @Required
        @JsonPropertyDescription("The guard's epoch: a hash over every policy, binding and parameter that stood then.")
        String epoch,

        @Required @JsonPropertyDescription("The metadata.generation that was looked at.")
        long generation,

        @Required @JsonPropertyDescription("When Lapse looked.")
        Instant at) {}
