package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A person's word that an identity may be given two duties together that nobody holds together, until a certain day. */
public record DutyWaiver(
        @Required
        @Size(min = 2, max = 2)
        @ValidationRule(
                value = "size(self) < 2 || self[0] != self[1]",
                message = "a waiver names two different duties that conflict")
        @JsonPropertyDescription("The two duties, by their names in the operator's settings, in any order.")
        List<String> duties,

        @Required
        @Size(min = 1, max = 512)
        @JsonPropertyDescription("Why both are needed, for whoever approves and for auditors.")
        String reason,

        @Required
        @JsonPropertyDescription(
                "The last instant a grant that rests on this may last until. RFC 3339, for example 2027-01-31T00:00:00Z. While it is further ahead than the setting longest-waiver (90d), the waiver does not hold yet.")
        Instant until,

        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
                value = "!self.startsWith('system:serviceaccount:')",
                message =
                        "waivedBy must be a person: others can act as a ServiceAccount, so its waiver identifies nobody")
        @JsonPropertyDescription(
                "User name of the person who waives, as the API server knows it (kubectl auth whoami). Proved at admission; must hold the verb govern on this ServiceIdentity whenever the waiver is used, and counts for nobody's own request.")
        String waivedBy,

        @Nullable
        @Size(max = 4)
        @JsonPropertyDescription(
                "Groups of waivedBy that its right to govern comes from. At most 4, proved at admission.")
        List<String> waivedByAs) {}
