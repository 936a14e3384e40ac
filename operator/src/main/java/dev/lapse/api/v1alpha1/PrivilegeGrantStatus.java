package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Lapse did for a grant and what it found, from request to proof of the end. */
@BuiltByName
public record PrivilegeGrantStatus(
        @JsonPropertyDescription("The metadata.generation this status is about.")
        long observedGeneration,

        @JsonPropertyDescription("A summary for people. Tools read the conditions.")
        GrantPhase phase,

        @Nullable @JsonPropertyDescription("Which installation of the guard proved the names in the spec.")
        Proof proof,

        @Nullable
        @JsonPropertyDescription(
                "The AccessReview of the same namespace in which people decide this request. Absent: nobody has to.")
        String review,

        @Nullable
        @JsonPropertyDescription(
                "While people decide: who could act as the accounts that the request is about when it was asked. They do not approve it, even if the right was taken away from them since.")
        InsidersWhenAsked insidersWhenAsked,

        @Nullable @JsonPropertyDescription("What the request was found to mean when it was activated. Written once.")
        Resolved resolved,

        @Nullable @JsonPropertyDescription("When the privilege was complete.")
        Instant activatedAt,

        @Nullable
        @JsonPropertyDescription(
                "When the privilege ends. Written before anything that gives access; never moved later.")
        Instant expiresAt,

        @JsonPropertyDescription("Everything made for this grant, at most 40 objects.")
        List<GrantObject> objects,

        @JsonPropertyDescription("The credentials issued, the newest last, at most 16. Never the secret itself.")
        List<IssuedCredential> credentials,

        @Nullable
        @Size(max = 16)
        @JsonPropertyDescription("The waivers of conflicts of duties that it could not have begun without.")
        List<UsedWaiver> waivers,

        @Nullable
        @JsonPropertyDescription(
                "ByItself: the credential expires by the end even if the operator is down. ByOperator: it does not, the operator must take it away.")
        Dies dies,

        @Nullable @JsonPropertyDescription("How and when it ended, and the proof.")
        End end,

        @JsonPropertyDescription("The phases it went through, the newest last, at most 16.")
        List<Transition> history,

        @Nullable
        @JsonPropertyDescription(
                "Proves to the operator that it wrote what it builds on itself: phase, proof, insidersWhenAsked, resolved, expiresAt, objects, credentials.")
        String seal,

        @JsonPropertyDescription(
                "Ready, Active, AccessRemoved, Stalled; RoleAsGranted while the role of an active grant is not what was approved.")
        List<Condition> conditions) {

    public PrivilegeGrantStatus withSeal(String mark) {
        return PrivilegeGrantStatusBuilder.builder(this).seal(mark).build();
    }

    @BuiltByName
    public record Resolved(
            @Required @JsonPropertyDescription("UID of the ServiceIdentity.")
            String identityUID,

            @Nullable @JsonPropertyDescription("UID of the subject's ServiceAccount; absent for a user.")
            String subjectUID,

            @Required
            @Size(max = 320)
            @Pattern("^(Role|ClusterRole)/.+$")
            @JsonPropertyDescription("The role, as kind/name.")
            String role,

            @Required
            @JsonPropertyDescription("UIDs of the role, one for a ClusterRole, otherwise one for each namespace.")
            List<String> roleUIDs,

            @Required @JsonPropertyDescription("Hash over the role's rules.")
            String rulesHash,

            @Required @JsonPropertyDescription("Risky permissions the role held then.")
            List<String> risks,

            @Required @JsonPropertyDescription("The namespaces the role is bound in. Empty: the whole cluster.")
            List<String> namespaces,

            @Nullable
            @Size(max = 16)
            @JsonPropertyDescription(
                    "UIDs of these namespaces, in their order: one that was deleted and created again is another one. Absent of grants that began before Lapse recorded them.")
            List<String> namespaceUIDs,

            @Required @JsonPropertyDescription("Which account receives the privilege.")
            PrincipalType principal,

            @Required @Size(max = 512) @JsonPropertyDescription("User name of that account.")
            String principalName,

            @Required @JsonPropertyDescription("Hash over the eligible entry.")
            String entryHash,

            @Required @JsonPropertyDescription("How long the privilege lasts.")
            String duration,

            @Required @JsonPropertyDescription("One hash over all of this.")
            String hash) {}

    public record GrantObject(
            @Required @JsonPropertyDescription("ServiceAccount, Secret, Role, RoleBinding or ClusterRoleBinding.")
            ObjectKind kind,

            @Nullable @JsonPropertyDescription("Absent for a ClusterRoleBinding.")
            String namespace,

            @Required
            @JsonPropertyDescription(
                    "lapse- and the UID of the grant; what lets its requester create tokens has -mint behind it.")
            String name,

            @Nullable @JsonPropertyDescription("Absent until it is known to exist.")
            String uid,

            @Required
            @JsonPropertyDescription(
                    "Creating: announced, and perhaps there. Present. Gone: its absence was confirmed by UID.")
            ObjectState state) {

        public GrantObject with(@Nullable String uidNow, ObjectState stateNow) {
            return new GrantObject(kind, namespace, name, uidNow, stateNow);
        }
    }

    public enum ObjectKind {
        ServiceAccount,
        Secret,
        Role,
        RoleBinding,
        ClusterRoleBinding;

        /** Whether an object of this kind is what gives access, rather than what proves who one is. */
        public boolean binding() {
            return this == RoleBinding || this == ClusterRoleBinding;
        }
    }

    public enum ObjectState {
        Creating,
        Present,
        Gone
    }

    public record IssuedCredential(
            @Required
            @JsonPropertyDescription(
                    "The token's jti, as audit events name it: authentication.kubernetes.io/credential-id is JTI=<id>.")
            String id,

            @Required @JsonPropertyDescription("When it was issued.")
            Instant issuedAt,

            @Required @JsonPropertyDescription("What the API server really gave, which may be less than was asked.")
            Instant expiresAt) {}

    public record UsedWaiver(
            @Required
            @Size(max = 2)
            @JsonPropertyDescription("The two duties that it holds, or holds one of, in spite of their conflict.")
            List<String> duties,

            @Required @JsonPropertyDescription("User name of the person who waived the conflict.")
            String waivedBy,

            @Required @JsonPropertyDescription("Until when.")
            Instant until,

            @Required @Size(max = 512) @JsonPropertyDescription("Why, in that person's words.")
            String reason,

            @Required
            @Size(max = StatusText.MESSAGE)
            @JsonPropertyDescription("What would have spoken against the grant.")
            String conflict) {

        public UsedWaiver {
            conflict = StatusText.fit(conflict, StatusText.MESSAGE);
        }
    }

    public enum Dies {
        ByItself,
        ByOperator
    }

    public record End(
            @Required @JsonPropertyDescription("Why it ended.")
            EndCause cause,

            @Nullable @JsonPropertyDescription("User name of whoever ended it, where a person did.")
            String by,

            @Required @JsonPropertyDescription("Why, for a person.")
            String message,

            @Required @JsonPropertyDescription("When it had to end.")
            Instant dueAt,

            @Nullable
            @JsonPropertyDescription("When the last binding was confirmed gone: from then on the API server says no.")
            Instant effectiveAt,

            @Nullable
            @JsonPropertyDescription(
                    "When everything made for the grant was gone and the API server was asked about the access that is left.")
            Instant verifiedAt,

            @Nullable
            @JsonPropertyDescription(
                    "Inferred: the account or Secret the token hangs on is gone by UID. Verified: a probe with the token was refused.")
            TokenDead tokenDead,

            @Nullable
            @JsonPropertyDescription(
                    "By when the last API server forgets the token: 10 s after its account or Secret was gone.")
            Instant tokenDeadAt,

            @Required
            @JsonPropertyDescription(
                    "Access that is left, by the binding that gives it, at most 16. Not from this grant.")
            List<String> residual) {

        public End {
            message = StatusText.fit(message, StatusText.MESSAGE);
            residual = residual.stream()
                    .map(each -> StatusText.fit(each, StatusText.WORD))
                    .toList();
        }

        /** An end that has begun. */
        public static End begun(EndCause cause, @Nullable String by, String message, Instant dueAt) {
            return new End(cause, by, message, dueAt, null, null, null, null, List.of());
        }

        public End withEffectiveAt(Instant at) {
            return new End(cause, by, message, dueAt, at, verifiedAt, tokenDead, tokenDeadAt, residual);
        }

        public End withProof(
                @Nullable Instant verified, @Nullable TokenDead token, @Nullable Instant tokenAt, List<String> left) {
            return new End(cause, by, message, dueAt, effectiveAt, verified, token, tokenAt, left);
        }
    }

    public enum TokenDead {
        Inferred,
        Verified
    }

    public record Transition(
            @Required @JsonPropertyDescription("The phase that began.")
            GrantPhase phase,

            @Required @JsonPropertyDescription("When it began.")
            Instant at,

            @Required @JsonPropertyDescription("Why, as one CamelCase word.")
            String reason) {}
}
