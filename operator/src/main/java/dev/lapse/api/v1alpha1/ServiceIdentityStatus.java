package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Lapse observed and decided about an identity. */
@BuiltByName
public record ServiceIdentityStatus(
        @JsonPropertyDescription("The metadata.generation this status is about.")
        long observedGeneration,

        @JsonPropertyDescription("A summary for people. Tools read the conditions.")
        IdentityPhase phase,

        @Nullable
        @JsonPropertyDescription("UID of the subject's ServiceAccount. Absent for a user, and while there is none.")
        String subjectUID,

        @Nullable @JsonPropertyDescription("UID of the ServiceAccount that Lapse created for this identity, if it did.")
        String createdSubjectUID,

        @Nullable @JsonPropertyDescription("Who answers for the identity at present.")
        ResolvedOwner owner,

        @JsonPropertyDescription("Each eligible entry: whether it can be granted, or why not.")
        List<EntryStatus> entries,

        @Nullable
        @JsonPropertyDescription("How many of the entries can be granted, of how many there are, for example 1/2.")
        String entriesEligible,

        @Nullable
        @Size(max = 16)
        @JsonPropertyDescription("Each waiver of a conflict of duties: whether it holds, or why not.")
        List<WaiverStatus> waivers,

        @Nullable
        @Size(max = 50)
        @JsonPropertyDescription(
                "What verdicts in reviews, or their absence, hold back, whatever the spec says. Lifted by verdicts only.")
        List<Hold> holds,

        @JsonPropertyDescription("How many grants of this identity are active.")
        int activeGrantCount,

        @JsonPropertyDescription("Names of the active grants, the first to end first, at most 50.")
        List<String> activeGrants,

        @Nullable @JsonPropertyDescription("Which installation of the guard the names in the spec were proved by.")
        Proof proof,

        @Nullable @JsonPropertyDescription("Proves to the operator that it wrote proof, entries and waivers itself.")
        String seal,

        @JsonPropertyDescription("Ready, Owned, SubjectBound.")
        List<Condition> conditions) {

    public ServiceIdentityStatus withSeal(String mark) {
        return ServiceIdentityStatusBuilder.builder(this).seal(mark).build();
    }

    public ServiceIdentityStatus withConditions(List<Condition> others) {
        return ServiceIdentityStatusBuilder.builder(this).conditions(others).build();
    }

    public enum IdentityPhase {
        /** Its entries can be granted, as far as each of them says so. */
        Ready,
        /** Nothing can be granted; the condition Ready says why. */
        NotReady,
        /** spec.state is Suspended, or a missed review holds it. */
        Suspended,
        /** spec.state is Retired, and something is still to end. */
        Retiring,
        /** spec.state is Retired, and nothing is left. */
        Retired
    }

    public record Hold(
            @Required
            @JsonPropertyDescription(
                    "ReviewMissed: nothing is granted. ReviewRevoked: what the message names is not given.")
            String reason,

            @Required @JsonPropertyDescription("The AccessReview, in the identity's namespace, that it comes from.")
            String review,

            @Required @JsonPropertyDescription("What is held, since when, and what lifts it.")
            String message) {}

    public record ResolvedOwner(
            @Required @JsonPropertyDescription("A user or group name.")
            String name,

            @Required @JsonPropertyDescription("Which field of spec.owner it comes from: User, Deputy or Team.")
            OwnerSource source) {}

    public enum OwnerSource {
        User,
        Deputy,
        Team
    }

    public record EntryStatus(
            @Required @JsonPropertyDescription("The entry's name.")
            String name,

            @Required @JsonPropertyDescription("Hash over the entry's content, so that a change is seen.")
            String hash,

            @Required
            @JsonPropertyDescription(
                    "Whether the guard stood when this content was written, so that the name in entitledBy is proved.")
            boolean nameProved,

            @Required @JsonPropertyDescription("Eligible, Refused, or Unknown while it could not be found out.")
            EntryState state,

            @Required @JsonPropertyDescription("Why, as one CamelCase word.")
            String reason,

            @Required @JsonPropertyDescription("Why, for a person, and what to do about it.")
            String message,

            @Nullable @JsonPropertyDescription("Hash over the rules of its role, so that a change is seen.")
            String rulesHash,

            @Nullable
            @JsonPropertyDescription(
                    "When its role was last seen to allow something else than before. Who approved until then approved something else.")
            Instant roleChangedAt) {

        public EntryStatus {
            message = StatusText.fit(message, StatusText.MESSAGE);
        }

        public EntryStatus withRules(@Nullable String hashNow, @Nullable Instant changedAt) {
            return new EntryStatus(name, hash, nameProved, state, reason, message, hashNow, changedAt);
        }
    }

    public enum EntryState {
        /** It can be granted. */
        Eligible,
        /** It cannot be granted as it is written. */
        Refused,
        /** It could not be found out; it is asked again every 30 s. */
        Unknown
    }

    public record WaiverStatus(
            @Required @Size(max = 2) @JsonPropertyDescription("The two duties.")
            List<String> duties,

            @Required @JsonPropertyDescription("Hash over the waiver's content, so that a change is seen.")
            String hash,

            @Required
            @JsonPropertyDescription(
                    "Whether the guard stood when this content was written, so that the name in waivedBy is proved.")
            boolean nameProved,

            @Required @JsonPropertyDescription("Valid, Refused, or Unknown while it could not be found out.")
            WaiverState state,

            @Required @JsonPropertyDescription("Why, as one CamelCase word.")
            String reason,

            @Required @JsonPropertyDescription("Why, for a person, and what to do about it.")
            String message) {

        public WaiverStatus {
            message = StatusText.fit(message, StatusText.MESSAGE);
        }
    }

    public enum WaiverState {
        /** It holds now, for whoever has not written it themselves. */
        Valid,
        /** It does not hold as it is written, or not any more. */
        Refused,
        /** It could not be found out; it is asked again every 30 s. */
        Unknown
    }
}
