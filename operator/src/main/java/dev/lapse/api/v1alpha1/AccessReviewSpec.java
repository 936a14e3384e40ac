package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be decided, by whom and until when. */
@ValidationRule(
        value = "has(self.reviewers) == has(oldSelf.reviewers)",
        fieldPath = ".reviewers",
        message = "reviewers is immutable: who decides was settled when the review was opened")
public record AccessReviewSpec(
        @Required
        @JsonPropertyDescription(
                "Request: may a PrivilegeGrant begin? Opened by Lapse when a grant needs approval. Immutable.")
        ReviewType type,

        @Required
        @ValidationRule(value = "self == oldSelf", message = "identityRef is immutable")
        @JsonPropertyDescription(
                "The ServiceIdentity of the same namespace that this is about. Verdicts take the verb approve on it. Immutable.")
        PrivilegeGrantSpec.IdentityReference identityRef,

        @Required
        @ValidationRule(value = "self == oldSelf", message = "request is immutable: another request has another review")
        @JsonPropertyDescription("What is asked for, as it stood when the review was opened. Immutable.")
        Request request,

        @Nullable
        @Size(max = 16)
        @ValidationRule(
                value = "self == oldSelf",
                message = "reviewers is immutable: who decides was settled when the review was opened")
        @JsonPropertyDescription(
                "Whose verdict counts, users and groups, at most 16, if they also hold the verb approve. Absent: everybody who holds it. Immutable.")
        List<EligibleEntry.Person> reviewers,

        @Required
        @Min(1)
        @Max(6)
        @ValidationRule(value = "self == oldSelf", message = "required is immutable")
        @JsonPropertyDescription("How many distinct people must approve. Immutable.")
        int required,

        @Default("\"Refuse\"")
        @ValidationRule(value = "self == oldSelf", message = "insiders is immutable")
        @JsonPropertyDescription(
                "Whether an approval counts from somebody who could act as the account that will hold the privilege, or as the ServiceAccount that asked. Immutable.")
        EligibleEntry.Insiders insiders,

        @Required
        @ValidationRule(value = "self == oldSelf", message = "dueAt is immutable: a verdict after it does not count")
        @JsonPropertyDescription("A verdict after this instant does not count, and silence is a no. Immutable.")
        Instant dueAt,

        @Default("[]")
        @Size(max = 64)
        @JsonPropertyDescription(
                "The verdicts. Each is written by whoever gives it, and by nobody else; with plain kubectl: kubectl patch ar NAME --type=json -p '[{\"op\": \"add\", \"path\": \"/spec/decisions/-\", \"value\": {…}}]'. status.patch has the whole line.")
        List<Decision> decisions) {

    public enum ReviewType {
        Request
    }

    /** The one item of a review of type Request has this name. */
    public static final String REQUEST_ITEM = "request";

    public record Request(
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
            String ticket) {}

    public record Decision(
            @Required
            @Size(min = 1, max = 63)
            @JsonPropertyDescription("The item of status.items this decides; a request has one, named request.")
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

            @Required @JsonPropertyDescription("Approve or Deny.")
            Verdict verdict,

            @Required
            @Size(min = 1, max = 64)
            @JsonPropertyDescription("The hash of the item that was looked at: what changed since is not approved.")
            String itemHash,

            @Nullable @Size(min = 1, max = 1024) @JsonPropertyDescription("Why, for the requester and for auditors.")
            String comment) {}

    public enum Verdict {
        Approve,
        Deny
    }
}
