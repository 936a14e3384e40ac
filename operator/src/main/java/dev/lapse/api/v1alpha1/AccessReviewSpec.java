package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import dev.lapse.api.v1alpha1.EligibleEntry.Person;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.IdentityReference;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be decided, by whom and until when. Which parts there are depends on the type: a request, or pinned entries
 * of one identity, or the scope of a campaign.
 */
@ValidationRule(
        value =
                "has(self.reviewers) == has(oldSelf.reviewers) && has(self.identityRef) == has(oldSelf.identityRef)"
                        + " && has(self.request) == has(oldSelf.request)"
                        + " && has(self.identityUID) == has(oldSelf.identityUID) && has(self.entries) == has(oldSelf.entries)"
                        + " && has(self.scope) == has(oldSelf.scope) && has(self.partOf) == has(oldSelf.partOf)"
                        + " && has(self.onMissed) == has(oldSelf.onMissed) && has(self.openedBy) == has(oldSelf.openedBy)"
                        + " && has(self.openedByAs) == has(oldSelf.openedByAs) && has(self.openedByVia) == has(oldSelf.openedByVia)",
        message = "all but decisions is immutable: what is decided, and who decides, was settled when it was opened")
@ValidationRule(
        value = "has(self.scope) ? !has(self.identityRef) : has(self.identityRef)",
        fieldPath = ".identityRef",
        message = "identityRef belongs to every review but a campaign: that has a scope instead")
@ValidationRule(
        value = "(self.type in ['Request', 'BreakGlass']) == has(self.request)",
        fieldPath = ".request",
        message = "request belongs to reviews of type Request and BreakGlass, and each of them has one")
@ValidationRule(
        value = "self.type in ['Request', 'BreakGlass'] || has(self.scope) ? !has(self.entries)"
                + " : has(self.entries) && (self.type != 'Entitlement' || size(self.entries) == 1)",
        fieldPath = ".entries",
        message =
                "entries belongs to reviews of type Entitlement, which have one, and to those of type Certification that"
                        + " are about one identity")
@ValidationRule(
        value = "has(self.identityUID) == has(self.entries)",
        fieldPath = ".identityUID",
        message = "identityUID stands beside entries: the ServiceIdentity that they are of")
@ValidationRule(
        value = "!has(self.scope) || self.type == 'Certification'",
        fieldPath = ".scope",
        message = "scope makes a campaign, and a campaign is of type Certification")
@ValidationRule(
        value = "has(self.scope) == has(self.openedBy)"
                + " && (has(self.openedBy) || !has(self.openedByAs) && !has(self.openedByVia))",
        fieldPath = ".openedBy",
        message = "openedBy belongs to a campaign, and each has one: write your own user name")
@ValidationRule(
        value = "has(self.partOf) == (self.type == 'Certification' && !has(self.scope))",
        fieldPath = ".partOf",
        message = "partOf names the campaign that a Certification of one identity belongs to")
@ValidationRule(
        value = "(self.type == 'Certification') == has(self.onMissed)",
        fieldPath = ".onMissed",
        message = "onMissed belongs to type Certification, and each has one: Report, Suspend or Revoke")
@ValidationRule(
        value = "self.type == 'Request' || self.required == 1",
        fieldPath = ".required",
        message = "required is 1 but for type Request: one person decides")
@ValidationRule(
        value = "!has(self.request) || (self.type == 'BreakGlass') == has(self.request.incident)",
        fieldPath = ".request.incident",
        message = "incident belongs to reviews of type BreakGlass, and each of them has one")
@ValidationRule(
        value = "!has(self.decisions) || self.decisions.all(d, !has(self.scope) && d.verdict in"
                + " (self.type in ['BreakGlass', 'Certification'] ? ['Keep', 'Revoke'] : ['Approve', 'Deny']))",
        fieldPath = ".decisions",
        message = "types Request and Entitlement take the verdicts Approve and Deny, BreakGlass and Certification Keep"
                + " and Revoke; a campaign takes none, the reviews that it opened do")
@ValidationRule(
        value = "!has(self.decisions) || has(self.scope) || self.decisions.all(d, has(self.entries)"
                + " ? self.entries.exists(e, e.name == d.item)"
                + " : d.item == (self.type == 'BreakGlass' ? 'grant' : 'request'))",
        fieldPath = ".decisions",
        message =
                "item names what this review decides: request of type Request, grant of type BreakGlass, otherwise the"
                        + " name of one of its entries")
@BuiltByName
public record AccessReviewSpec(
        @Required
        @ValidationRule(value = "self == oldSelf", message = "type is immutable")
        @JsonPropertyDescription(
                "Request: may a PrivilegeGrant begin? Opened by Lapse when a grant needs approval. BreakGlass: was it right to take a privilege without approval? Opened by Lapse when somebody did. Entitlement: may an entry stand that an applier wrote beyond its limits? Opened by Lapse. Certification: is what an identity may ask for still right? With scope a campaign, which whoever holds the verb campaign applies; Lapse opens a review for each identity. Immutable.")
        ReviewType type,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "identityRef is immutable")
        @JsonPropertyDescription(
                "The ServiceIdentity of the same namespace that this is about. Verdicts take the verb approve on it; of type BreakGlass and Certification the verb review. Absent of a campaign. Immutable.")
        IdentityReference identityRef,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "request is immutable: another request has another review")
        @JsonPropertyDescription(
                "Of type Request and BreakGlass: what is asked for, or was taken, as it stood when the review was opened. Immutable.")
        ReviewedRequest request,

        @Nullable
        @Size(min = 1, max = 64)
        @ValidationRule(value = "self == oldSelf", message = "identityUID is immutable")
        @JsonPropertyDescription(
                "Beside entries: UID of the ServiceIdentity that they are of. One of the same name created later is another. Immutable.")
        String identityUID,

        @Nullable
        @Size(min = 1, max = 64)
        @ValidationRule(
                value = "self == oldSelf",
                message = "entries is immutable: an entry that changes has another review")
        @JsonPropertyDescription(
                "Of type Entitlement and Certification: the eligible entries that are decided, as they stood when the review was opened. Each is an item, named as the entry. Immutable.")
        List<PinnedEntry> entries,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "scope is immutable: open another campaign")
        @JsonPropertyDescription("Makes this a campaign: the identities that it is about. Immutable.")
        CampaignScope scope,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "partOf is immutable")
        @JsonPropertyDescription("The campaign that Lapse opened this for. Immutable.")
        Campaign partOf,

        @Nullable
        @Size(min = 1, max = 253)
        @ValidationRule(value = "self == oldSelf", message = "openedBy is immutable")
        @JsonPropertyDescription(
                "Of a campaign: user name of whoever opens it, as the API server knows it (kubectl auth whoami), who must hold the verb campaign. Proved at admission. Immutable.")
        String openedBy,

        @Nullable
        @Size(max = 4)
        @ValidationRule(value = "self == oldSelf", message = "openedByAs is immutable")
        @JsonPropertyDescription(
                "Groups of openedBy that its right to open campaigns comes from. At most 4, proved at admission. Immutable.")
        List<String> openedByAs,

        @Nullable
        @Size(min = 1, max = 253)
        @ValidationRule(value = "self == oldSelf", message = "openedByVia is immutable")
        @JsonPropertyDescription(
                "User name of the GitOps applier that wrote this on behalf of openedBy; it must be on the list of appliers, and hold the verb campaign as openedBy must. The opener is then claimed, not proved. Immutable.")
        String openedByVia,

        @Nullable
        @Size(max = 16)
        @ValidationRule(
                value = "self == oldSelf",
                message = "reviewers is immutable: who decides was settled when the review was opened")
        @JsonPropertyDescription(
                "Whose verdict counts, users and groups, at most 16, if they also hold the verb. Absent: everybody who holds it; of a Certification also from dueAt on. Immutable.")
        List<Person> reviewers,

        @Default("1")
        @Min(1)
        @Max(6)
        @ValidationRule(value = "self == oldSelf", message = "required is immutable")
        @JsonPropertyDescription(
                "How many distinct people must approve; 1 of every other type than Request. Immutable.")
        int required,

        @Default("\"Refuse\"")
        @ValidationRule(value = "self == oldSelf", message = "insiders is immutable")
        @JsonPropertyDescription(
                "Whether Approve, or Keep, counts from somebody who could act as the account that holds the privilege (of a Certification, the identity's own), or as the ServiceAccount that asked. Immutable.")
        Insiders insiders,

        @Required
        @ValidationRule(value = "self == oldSelf", message = "dueAt is immutable")
        @JsonPropertyDescription(
                "Request and Entitlement: a verdict after this instant does not count, and silence is a no. BreakGlass and Certification: from then on it is overdue; it never expires, and a late verdict counts. Immutable.")
        Instant dueAt,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "onMissed is immutable")
        @JsonPropertyDescription(
                "Of type Certification: what silence until dueAt does. Report: Events and metrics. Suspend: the identity is held, nothing is granted to it and what is active ends, until everything is decided. Revoke: each entry that nobody decided is revoked, as by a verdict. Immutable.")
        OnMissed onMissed,

        @Default("[]")
        @Size(max = 128)
        @JsonPropertyDescription(
                "The verdicts. Each is written by whoever gives it, and by nobody else; with plain kubectl: kubectl patch accessreview NAME --type=json -p '[{\"op\": \"add\", \"path\": \"/spec/decisions/-\", \"value\": {…}}]'. status.patch has the whole line.")
        List<Decision> decisions) {

    public enum ReviewType {
        Request,
        BreakGlass,
        Entitlement,
        Certification;

        /** Whether it is decided after the fact, with Keep or Revoke, however late. */
        public boolean afterwards() {
            return switch (this) {
                case BreakGlass, Certification -> true;
                case Request, Entitlement -> false;
            };
        }

        /** Name of the one item, where it is about what is asked for, or was taken. */
        private String requestItem() {
            return switch (this) {
                case BreakGlass -> GRANT_ITEM;
                case Request, Entitlement, Certification -> REQUEST_ITEM;
            };
        }
    }

    public enum OnMissed {
        Report,
        Suspend,
        Revoke
    }

    /** The one item of a review of type Request has this name. */
    public static final String REQUEST_ITEM = "request";

    /** The one item of a review of type BreakGlass has this name. */
    public static final String GRANT_ITEM = "grant";

    /** What is asked for, or was taken. */
    public ReviewedRequest requested() {
        return Objects.requireNonNull(request, "only reviews of type Request and BreakGlass have a request");
    }

    /** Name of the identity that this is about. */
    public String identity() {
        return Objects.requireNonNull(identityRef, "a campaign is about many identities")
                .name();
    }

    /** What is decided one by one: the name of each item, and the hash that a verdict names; none of a campaign. */
    public Map<String, String> itemHashes() {
        Map<String, String> hashes = new LinkedHashMap<>();
        if (request != null) {
            hashes.put(type.requestItem(), request.hash());
        }
        pinned().forEach(entry -> hashes.put(entry.name(), entry.hash()));
        return hashes;
    }

    /** The entries that are decided; none of other types. */
    public List<PinnedEntry> pinned() {
        return entries == null ? List.of() : entries;
    }

    public List<Person> listedReviewers() {
        return reviewers == null ? List.of() : reviewers;
    }

    /** Who opened a campaign, for people. */
    public AssuredName opener() {
        return AssuredName.of(Objects.requireNonNull(openedBy, "every campaign says so"), openedByVia, true);
    }

    /** Whether it stands for many reviews, and is not decided itself. */
    public boolean campaign() {
        return scope != null;
    }

    /** A review of what somebody asks for, or took. */
    public static AccessReviewSpec of(
            ReviewType type,
            IdentityReference identityRef,
            ReviewedRequest request,
            @Nullable List<Person> reviewers,
            int required,
            Insiders insiders,
            Instant dueAt) {
        return AccessReviewSpecBuilder.stagedBuilder()
                .type(type)
                .identityRef(identityRef)
                .request(request)
                .identityUID(null)
                .entries(null)
                .scope(null)
                .partOf(null)
                .openedBy(null)
                .openedByAs(null)
                .openedByVia(null)
                .reviewers(reviewers)
                .required(required)
                .insiders(insiders)
                .dueAt(dueAt)
                .onMissed(null)
                .decisions(List.of())
                .build();
    }

    /** A review of an entry that an applier wrote beyond its limits. */
    public static AccessReviewSpec ofEntry(
            IdentityReference identityRef, String identityUID, PinnedEntry entry, Instant dueAt) {
        return AccessReviewSpecBuilder.stagedBuilder()
                .type(ReviewType.Entitlement)
                .identityRef(identityRef)
                .request(null)
                .identityUID(identityUID)
                .entries(List.of(entry))
                .scope(null)
                .partOf(null)
                .openedBy(null)
                .openedByAs(null)
                .openedByVia(null)
                .reviewers(null)
                .required(1)
                // Whoever can bind the role there can give it to any account.
                .insiders(Insiders.Allow)
                .dueAt(dueAt)
                .onMissed(null)
                .decisions(List.of())
                .build();
    }

    /**
     * A review of what an identity may ask for.
     *
     * @param partOf the campaign that asks; absent if nobody but the operator does
     */
    public static AccessReviewSpec ofIdentity(
            IdentityReference identityRef,
            String identityUID,
            List<PinnedEntry> entries,
            @Nullable Campaign partOf,
            @Nullable List<Person> reviewers,
            Insiders insiders,
            Instant dueAt,
            OnMissed onMissed) {
        return AccessReviewSpecBuilder.stagedBuilder()
                .type(ReviewType.Certification)
                .identityRef(identityRef)
                .request(null)
                .identityUID(identityUID)
                .entries(entries)
                .scope(null)
                .partOf(partOf)
                .openedBy(null)
                .openedByAs(null)
                .openedByVia(null)
                .reviewers(reviewers)
                .required(1)
                .insiders(insiders)
                .dueAt(dueAt)
                .onMissed(onMissed)
                .decisions(List.of())
                .build();
    }

    /** The same with other verdicts, due at another time. */
    public AccessReviewSpec with(Instant due, List<Decision> written) {
        return AccessReviewSpecBuilder.builder(this)
                .dueAt(due)
                .decisions(written)
                .build();
    }

    /** The same without verdicts: what the operator opened. */
    public AccessReviewSpec asOpened() {
        return with(dueAt, List.of());
    }

    /** The campaign that a review belongs to. */
    public record Campaign(
            @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Its namespace.")
            String namespace,

            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Its name.")
            String name,

            @Required @Size(min = 1, max = 64) @JsonPropertyDescription("Its UID.")
            String uid) {}
}
