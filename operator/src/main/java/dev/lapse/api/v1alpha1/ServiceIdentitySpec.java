package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who an identity is, who answers for it, and what it may ask for. */
@JsonPropertyOrder({"actorType", "subject", "owner", "purpose"})
@ValidationRule(
        value = "!has(self.changedByVia) || has(self.changedBy)",
        fieldPath = ".changedByVia",
        message = "changedByVia names the tool that wrote for somebody: add changedBy with that person's user name")
@ValidationRule(
        value = "!has(self.changedByAs) || has(self.changedBy)",
        fieldPath = ".changedByAs",
        message = "changedByAs lists groups of changedBy: add changedBy with your own user name")
public record ServiceIdentitySpec(
        @Required
        @JsonPropertyDescription(
                "What kind of actor this is. Its profile, in the operator's settings, gives defaults and ceilings: longest grant, approvals, principal, and whether validUntil is required.")
        ActorType actorType,

        @Required
        @ValidationRule(
                value = "self == oldSelf",
                message = "subject is immutable: create a new ServiceIdentity for another account")
        @JsonPropertyDescription("The account the identity acts as. Immutable.")
        Subject subject,

        @Nullable
        @JsonPropertyDescription("Who answers for the identity. Without an owner it exists, but nothing is granted.")
        Owner owner,

        @Nullable
        @Size(max = 1024)
        @JsonPropertyDescription("What the identity is for, in a sentence a reviewer understands.")
        String purpose,

        @Nullable
        @Size(max = 32)
        @JsonPropertyDescription("The systems the identity belongs to or talks to, for inventory and reviews.")
        List<String> systems,

        @Nullable
        @Size(max = 63)
        @JsonPropertyDescription("Where it runs, for example production or staging, for inventory and reviews.")
        String environment,

        @Nullable
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(x, !has(x.name) || self.exists_one(y, has(y.name) && y.name == x.name))",
                message = "eligible names must be unique: rename one of the entries")
        @JsonPropertyDescription(
                "The privileges the identity may ask for, each under a name of its own. At most 32. An atomic list: an apply replaces it whole.")
        List<EligibleEntry> eligible,

        @Nullable
        @Size(max = 16)
        @JsonPropertyDescription(
                "Conflicts of duties that this identity may be granted in spite of, each on a person's word. At most 16. An atomic list: an apply replaces it whole. Appliers cannot add one: leave the field out of Git and write it with kubectl.")
        List<DutyWaiver> waivers,

        @Nullable
        @JsonPropertyDescription(
                "From this instant on nothing is granted and active grants end. RFC 3339, for example 2027-01-31T00:00:00Z. Profiles may require it (Agent and Vendor do by default).")
        Instant validUntil,

        @Default("Active")
        @JsonPropertyDescription(
                "Active; Suspended ends active grants and refuses new ones until it is Active again; Retired does the same and deletes the account that Lapse created for the identity.")
        IdentityState state,

        @Nullable
        @Size(min = 1, max = 253)
        @JsonPropertyDescription(
                "User name of the person who last changed owner, actorType, validUntil or state, as the API server knows it (kubectl auth whoami). Proved at admission.")
        String changedBy,

        @Nullable
        @Size(max = 4)
        @JsonPropertyDescription(
                "Groups of changedBy that its right to do this comes from. At most 4, proved at admission.")
        List<String> changedByAs,

        @Nullable
        @Size(min = 1, max = 253)
        @JsonPropertyDescription(
                "User name of the GitOps applier that wrote this on behalf of changedBy; it must be on the list of appliers. The name beside it is then claimed, not proved.")
        String changedByVia) {

    @ValidationRule(
            value = "has(self.serviceAccount) != has(self.user)",
            message = "subject needs exactly one of serviceAccount and user")
    public record Subject(
            @Nullable @JsonPropertyDescription("A ServiceAccount of the identity's own namespace.")
            ServiceAccountSubject serviceAccount,

            @Nullable
            @Size(min = 1, max = 253)
            @ValidationRule(
                    value = "!self.startsWith('system:')",
                    message =
                            "subject.user must not start with system: — name a ServiceAccount with subject.serviceAccount instead")
            @JsonPropertyDescription(
                    "A user name as the API server knows it (X.509 common name or OIDC claim). Only names that the operator's settings allow for this namespace; never system:.")
            String user) {}

    public record ServiceAccountSubject(
            @Required
            @Size(min = 1, max = 253)
            @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
            @ValidationRule(
                    value = "!self.startsWith('lapse-')",
                    message =
                            "subject.serviceAccount.name must not start with lapse-: such names belong to the operator")
            @JsonPropertyDescription("Name of the ServiceAccount.")
            String name,

            @Default("false")
            @JsonPropertyDescription(
                    "Create the ServiceAccount if it does not exist. One that exists already does not become Lapse's.")
            boolean create) {}

    @ValidationRule(
            value = "has(self.user) || has(self.team)",
            message = "owner needs user or team: name the person or the group that answers for this identity")
    public record Owner(
            @Nullable @Size(min = 1, max = 253) @JsonPropertyDescription("User name of the accountable person.")
            String user,

            @Nullable
            @Size(min = 1, max = 253)
            @JsonPropertyDescription("User name of the person who takes over when the owner is away or has left.")
            String deputy,

            @Nullable @Size(min = 1, max = 253) @JsonPropertyDescription("Group that answers when no person does.")
            String team) {}
}
