package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A verdict as somebody wrote it. */
public record Decision(
        @Required
        @Size(min = 1, max = 63)
        @JsonPropertyDescription(
                "The item of status.items this decides: request of a Request, grant of a BreakGlass, otherwise the name of the entry.")
        String item,

        @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription(
                "User name of whoever decides, as the API server knows it (kubectl auth whoami). Proved at admission.")
        String by,

        @Nullable
        @Size(max = 4)
        @JsonPropertyDescription(
                "Groups of by that its right to decide, or its place among the reviewers, comes from. At most 4, proved at admission.")
        List<String> byAs,

        @Required
        @JsonPropertyDescription(
                "Approve or Deny for Request and Entitlement. For BreakGlass Keep (it was right; nothing is owed any more) or Revoke (it was not: the grant ends, and break-glass to the same is held until somebody else says Keep). For Certification Keep, or Revoke: no grant gives that role there any more, whatever the entry says, until another Certification says Keep, of somebody else.")
        Verdict verdict,

        @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription("The hash of the item that was looked at: what changed since is not approved.")
        String itemHash,

        @Nullable @Size(min = 1, max = 1024) @JsonPropertyDescription("Why, for the requester and for auditors.")
        String comment) {
    public enum Verdict {
        Approve,
        Deny,
        Keep,
        Revoke
    }
}
