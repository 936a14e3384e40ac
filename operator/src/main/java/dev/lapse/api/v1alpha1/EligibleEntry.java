package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One privilege an identity may ask for: which role, where, for how long, under whose approval. */
@ValidationRule(
        value = "(has(self.namespaces) && size(self.namespaces) > 0) != (has(self.clusterWide) && self.clusterWide)",
        message = "an eligible entry needs exactly one of namespaces (at least one) and clusterWide: true")
@ValidationRule(
        value =
                "!has(self.role) || !has(self.role.kind) || self.role.kind == 'ClusterRole' || !(has(self.clusterWide) && self.clusterWide)",
        fieldPath = ".role",
        message = "clusterWide: true needs role.kind ClusterRole: a Role lives in one namespace")
@ValidationRule(
        value = "!has(self.entitledByVia) || has(self.entitledBy)",
        message = "entitledByVia names the tool that wrote for somebody: add entitledBy with that person's user name")
@ValidationRule(
        value = "!has(self.entitledByAs) || has(self.entitledBy)",
        message = "entitledByAs lists groups of entitledBy: add entitledBy with your own user name")
public record EligibleEntry(
        @Required
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription("The entry's name: what a PrivilegeGrant asks for in spec.privilege.")
        String name,

        @Required @JsonPropertyDescription("The role that is bound while a grant is active.")
        RoleReference role,

        @Nullable
        @Size(max = 16)
        @JsonPropertyDescription(
                "The namespaces the role may be bound in, at most 16. A Role must exist in each of them.")
        List<String> namespaces,

        // No default: it would stand in an atomic list, and an unchanged kubectl apply would take it out again for
        // ever.
        @JsonPropertyDescription(
                "true: bind the ClusterRole for the whole cluster instead of in namespaces. Absent: false.")
        boolean clusterWide,

        @Nullable
        @Size(max = 32)
        @ValidationRule(value = Durations.RULE, message = Durations.REMEDY)
        @JsonPropertyDescription(
                "The longest grant of this entry, for example 1h30m. Whole numbers, units d h m s in descending order. Absent: the ceiling of the actor type's profile, which also caps it.")
        String maxDuration,

        @Nullable
        @Size(max = 16)
        @JsonPropertyDescription(
                "Who may ask for this entry, users and groups, at most 16. Absent or empty: everybody who holds the verb request on the ServiceIdentity (for break-glass, breakglass).")
        List<Person> requesters,

        @Nullable
        @JsonPropertyDescription(
                "How many people must approve a grant of this entry. Absent: the number the actor type's profile gives.")
        Approvals approvals,

        @Nullable
        @JsonPropertyDescription(
                "Which account receives the privilege. Dedicated: a fresh ServiceAccount for each grant, out of reach of the namespace's editors. Subject: the identity's own account. Absent: what the actor type's profile gives.")
        PrincipalType principal,

        @Nullable
        @JsonPropertyDescription(
                "Lets holders of the verb breakglass on the ServiceIdentity take this privilege at once, without approval; somebody else reviews each time afterwards. Absent: nobody can.")
        BreakGlass breakGlass,

        @Nullable
        @Size(max = 32)
        @JsonPropertyDescription(
                "Risks that this entry takes, each by its name and with a reason. At most 32. An entry whose role holds a risky permission it does not accept is refused.")
        List<AcceptedRisk> accepts,

        @Nullable
        @Size(min = 1, max = 253)
        @JsonPropertyDescription(
                "User name of whoever added or last changed this entry, as the API server knows it (kubectl auth whoami). Proved at admission. That person must be able to bind the role in each of its namespaces, now and at each activation.")
        String entitledBy,

        @Nullable
        @Size(max = 4)
        @JsonPropertyDescription(
                "Groups of entitledBy that its right to bind comes from. At most 4, proved at admission.")
        List<String> entitledByAs,

        @Nullable
        @Size(min = 1, max = 253)
        @JsonPropertyDescription(
                "User name of the GitOps applier that wrote the entry on behalf of entitledBy; it must be on the list of appliers, and its limits apply. The name beside it is then claimed, not proved.")
        String entitledByVia) {

    public record RoleReference(
            @Required @JsonPropertyDescription("Role or ClusterRole.")
            RoleKind kind,

            @Required
            @Size(min = 1, max = 253)
            @Pattern(PeoplesText.SCHEMA_OF_A_PATH_SEGMENT)
            @JsonPropertyDescription("Name of the role.")
            String name) {
        /** As people and statuses name it: ClusterRole/view. */
        public String text() {
            return kind + "/" + name;
        }
    }

    public enum RoleKind {
        Role,
        ClusterRole
    }

    @ValidationRule(
            value = "has(self.user) != has(self.group)",
            message = "a person needs exactly one of user and group")
    public record Person(
            @Nullable @Size(min = 1, max = 253) @JsonPropertyDescription("A user name, as the API server knows it.")
            String user,

            @Nullable
            @Size(min = 1, max = 253)
            @JsonPropertyDescription(
                    "A group name; whoever belongs to it names it beside their own name, in requestedByAs or byAs.")
            String group) {}

    public record Approvals(
            @Required
            @Min(0)
            @Max(5)
            @JsonPropertyDescription(
                    "How many distinct people must approve, 0 to 5. 0 means pre-approved: just in time, without a person.")
            int required,

            @Nullable
            @Size(max = 16)
            @JsonPropertyDescription(
                    "Who may approve, users and groups, at most 16. They also need the verb approve on the ServiceIdentity. Absent or empty: everybody who holds that verb.")
            List<Person> approvers,

            // No default of the schema, as above.
            @JsonPropertyDescription(
                    "Whether an approval counts from somebody who could act as the account that will hold the privilege, or as the ServiceAccount that asked. Absent: Refuse.")
            Insiders insiders) {
        public Approvals {
            insiders = insiders == null ? Insiders.Refuse : insiders;
        }
    }

    @ValidationRule(
            // CEL's own durations know no days, and taking one apart costs too much: of days, the smaller of the two
            // counts.
            // What is no duration has a refusal of its own.
            value =
                    "!has(self.maxTotal) || !has(self.maxDuration) || self.maxTotal.contains('d') || self.maxDuration.contains('d')"
                            + " || !self.maxTotal" + Durations.MATCHES + " || !self.maxDuration" + Durations.MATCHES
                            + " || duration(self.maxTotal) >= duration(self.maxDuration)",
            fieldPath = ".maxTotal",
            message = "maxTotal must be at least maxDuration: it is the sum of all grants of one incident")
    public record BreakGlass(
            @Required
            @Size(max = 32)
            @ValidationRule(value = Durations.RULE, message = Durations.REMEDY)
            @JsonPropertyDescription(
                    "The longest single grant that is taken like this, for example 1h. Whole numbers, units d h m s in descending order. The actor type's profile caps it.")
            String maxDuration,

            @Required
            @Size(max = 32)
            @ValidationRule(value = Durations.RULE, message = Durations.REMEDY)
            @JsonPropertyDescription(
                    "How much of it the identity can take for one incident before anybody has reviewed it, all grants added up, for example 4h.")
            String maxTotal) {}

    public enum Insiders {
        Refuse,
        Allow
    }

    public record AcceptedRisk(
            @Required
            @JsonPropertyDescription(
                    "The risk's name. SubjectReach: The identity's own account, which others of its namespace may be able to act as, receives rights in other namespaces or cluster-wide. The others are permissions of the role: whoever holds them can outlive the grant or reach further than it."
                            + " Wildcard: Everything of some kind, also what does not exist yet."
                            + " TokenCreate: Makes tokens of service accounts, which live on after the grant."
                            + " SecretsRead: Reads Secrets, and with them tokens and passwords that live on after the grant."
                            + " PodsWrite: Runs Pods as any service account of the namespace, and with whatever that account may do."
                            + " WorkloadsWrite: Changes what makes Pods, which run on after the grant as any service account of the namespace."
                            + " Exec: Enters running Pods and acts with their credentials; an open session outlives the grant."
                            + " RbacWrite: Changes roles and bindings, and so who may do what."
                            + " Bind: Binds roles whose rules the holder does not have."
                            + " Escalate: Writes into roles what the holder does not have."
                            + " Impersonate: Acts as somebody else, unseen by admission."
                            + " CertificateSigning: Obtains or approves client certificates, which nothing revokes."
                            + " AdmissionWrite: Changes what is checked or altered at admission, the guard of Lapse included."
                            + " NodesProxy: Talks through the API server to kubelets, Services and Pods, past audit and admission."
                            + " LapseWrite: Asks for privileges, decides about them, or changes what may be asked for."
                            + " ApiWrite: Changes which kinds the API server knows, and who answers for them."
                            + " NamespacesWrite: Makes, deletes or relabels namespaces, by whose labels policies say what is refused there."
                            + " NodesWrite: Changes nodes, devices and networks of the cluster, or which node a Pod runs on."
                            + " StorageWrite: Changes volumes and their classes: a volume can be a folder of any node."
                            + " PriorityWrite: Changes whose requests and Pods come first, those of Lapse included."
                            + " Unclassified: Changes what Lapse does not know, such as custom resources: what comes of that, their controllers decide.")
            Risk risk,

            @Required @Size(min = 1, max = 512) @JsonPropertyDescription("Why this risk is taken.")
            String reason) {}

    /** What an entry takes only if it says so; all but the first are permissions of the role. */
    public enum Risk {
        SubjectReach,
        Wildcard,
        TokenCreate,
        SecretsRead,
        PodsWrite,
        WorkloadsWrite,
        Exec,
        RbacWrite,
        Bind,
        Escalate,
        Impersonate,
        CertificateSigning,
        AdmissionWrite,
        NodesProxy,
        LapseWrite,
        ApiWrite,
        NamespacesWrite,
        NodesWrite,
        StorageWrite,
        PriorityWrite,
        Unclassified
    }
}
