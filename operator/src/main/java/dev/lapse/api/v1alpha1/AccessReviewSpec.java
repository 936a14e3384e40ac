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
@ValidationRule(
        value = "(self.type == 'BreakGlass') == has(self.request.incident)",
        fieldPath = ".request.incident",
        message = "incident belongs to reviews of type BreakGlass, and each of them has one")
@ValidationRule(
        value = "!has(self.decisions) || self.decisions.all(d,"
                + " d.verdict in (self.type == 'BreakGlass' ? ['Keep', 'Revoke'] : ['Approve', 'Deny']))",
        fieldPath = ".decisions",
        message =
                "a review of type Request takes the verdicts Approve and Deny, one of type BreakGlass Keep and Revoke")
public record AccessReviewSpec(
        @Required
        @ValidationRule(value = "self == oldSelf", message = "type is immutable")
        @JsonPropertyDescription(
                "Request: may a PrivilegeGrant begin? Opened by Lapse when a grant needs approval. BreakGlass: was it right to take a privilege without approval? Opened by Lapse when somebody did. Immutable.")
        ReviewType type,

        @Required
        @ValidationRule(value = "self == oldSelf", message = "identityRef is immutable")
        @JsonPropertyDescription(
                "The ServiceIdentity of the same namespace that this is about. Verdicts take the verb approve on it, on a review of type BreakGlass the verb review. Immutable.")
        PrivilegeGrantSpec.IdentityReference identityRef,

        @Required
        @ValidationRule(value = "self == oldSelf", message = "request is immutable: another request has another review")
        @JsonPropertyDescription("What is asked for, or was taken, as it stood when the review was opened. Immutable.")
        Request request,

        @Nullable
        @Size(max = 16)
        @ValidationRule(
                value = "self == oldSelf",
                message = "reviewers is immutable: who decides was settled when the review was opened")
        @JsonPropertyDescription(
                "Whose verdict counts, users and groups, at most 16, if they also hold the verb. Absent: everybody who holds it. Immutable.")
        List<EligibleEntry.Person> reviewers,

        @Required
        @Min(1)
        @Max(6)
        @ValidationRule(value = "self == oldSelf", message = "required is immutable")
        @JsonPropertyDescription(
                "How many distinct people must approve; for BreakGlass, how many must say Keep. Immutable.")
        int required,

        @Default("\"Refuse\"")
        @ValidationRule(value = "self == oldSelf", message = "insiders is immutable")
        @JsonPropertyDescription(
                "Whether an approval, or Keep, counts from somebody who could act as the account that holds the privilege, or as the ServiceAccount that asked. Immutable.")
        EligibleEntry.Insiders insiders,

        @Required
        @ValidationRule(value = "self == oldSelf", message = "dueAt is immutable")
        @JsonPropertyDescription(
                "Request: a verdict after this instant does not count, and silence is a no. BreakGlass: from then on it is overdue; it never expires, and a late verdict counts. Immutable.")
        Instant dueAt,

        @Default("[]")
        @Size(max = 64)
        @JsonPropertyDescription(
                "The verdicts. Each is written by whoever gives it, and by nobody else; with plain kubectl: kubectl patch ar NAME --type=json -p '[{\"op\": \"add\", \"path\": \"/spec/decisions/-\", \"value\": {…}}]'. status.patch has the whole line.")
        List<Decision> decisions) {

    public enum ReviewType {
        Request,
        BreakGlass
    }

    /** The one item of a review of type Request has this name. */
    public static final String REQUEST_ITEM = "request";

    /** The one item of a review of type BreakGlass has this name. */
    public static final String GRANT_ITEM = "grant";

    /** The name of the one item. */
    public String itemName() {
        return type == ReviewType.BreakGlass ? GRANT_ITEM : REQUEST_ITEM;
    }

    /** The same without verdicts: what the operator opened. */
    public AccessReviewSpec asOpened() {
        return new AccessReviewSpec(type, identityRef, request, reviewers, required, insiders, dueAt, List.of());
    }

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
            String ticket,

            @Nullable
            @Size(min = 1, max = 128)
            @JsonPropertyDescription("Of type BreakGlass: the incident it was taken for.")
            String incident) {}

    public record Decision(
            @Required
            @Size(min = 1, max = 63)
            @JsonPropertyDescription(
                    "The item of status.items this decides; a request has one, named request, a break-glass one, named grant.")
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
                    "Approve or Deny for a Request. For BreakGlass Keep (it was right; nothing is owed any more) or Revoke (it was not: the grant ends, and break-glass to the same is held until somebody else says Keep).")
            Verdict verdict,

            @Required
            @Size(min = 1, max = 64)
            @JsonPropertyDescription("The hash of the item that was looked at: what changed since is not approved.")
            String itemHash,

            @Nullable @Size(min = 1, max = 1024) @JsonPropertyDescription("Why, for the requester and for auditors.")
            String comment) {}

    public enum Verdict {
        Approve,
        Deny,
        Keep,
        Revoke
    }
}
