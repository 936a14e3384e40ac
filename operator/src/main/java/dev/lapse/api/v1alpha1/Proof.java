package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** Which installation of the guard proved the names in an object. */
public record Proof(
        @JsonPropertyDescription("The guard's epoch: a hash over every policy, binding and parameter that stood then.")
        String epoch,

        @JsonPropertyDescription("The metadata.generation that was looked at.")
        long generation,

        @JsonPropertyDescription("When Lapse looked.") Instant at) {}
