package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of a review: which verdicts count, and what was decided. */
@BuiltByName
public record AccessReviewStatus(
        @JsonPropertyDescription("The metadata.generation this status is about.")
        long observedGeneration,

        @JsonPropertyDescription("A summary for people. Tools read the conditions.")
        ReviewPhase phase,

        @Nullable @JsonPropertyDescription("Which installation of the guard proved the names in the spec.")
        Proof proof,

        @Nullable @JsonPropertyDescription("What was decided; absent while it is open.")
        Outcome outcome,

        @Nullable @JsonPropertyDescription("When it was decided, as Lapse saw it.")
        Instant decidedAt,

        @JsonPropertyDescription(
                "The approvals (or Keeps) that count beside those that are needed, for example 1/2. Of a Certification the items, of a campaign the reviews, that are decided beside all.")
        String approvals,

        @Nullable @JsonPropertyDescription("Of a campaign, once its reviews are opened: how many there are.")
        CampaignCount campaign,

        @JsonPropertyDescription("What is decided, each with the hash that a verdict names.")
        List<Item> items,

        @Size(max = 128) @JsonPropertyDescription("Every verdict that was found, whether it counts, and if not, why.")
        List<SeenVerdict> verdicts,

        @Nullable
        @Size(max = 2048)
        @JsonPropertyDescription("The command that approves (or keeps), to be completed with the own user name.")
        String patch,

        @Nullable
        @JsonPropertyDescription(
                "Proves to the operator that it wrote what it builds on itself: phase, proof, outcome, verdicts.")
        String seal,

        @JsonPropertyDescription("Ready, Complete, OnTime.") List<Condition> conditions) {

    public AccessReviewStatus withSeal(String mark) {
        return AccessReviewStatusBuilder.builder(this).seal(mark).build();
    }

    public AccessReviewStatus withConditions(List<Condition> others) {
        return AccessReviewStatusBuilder.builder(this).conditions(others).build();
    }

    /** The same, open again. */
    public AccessReviewStatus open() {
        return AccessReviewStatusBuilder.builder(this)
                .phase(ReviewPhase.Open)
                .outcome(null)
                .decidedAt(null)
                .seal(null)
                .build();
    }

    public enum ReviewPhase {
        /** People may decide. */
        Open,
        /** Of what is decided after the fact: nobody decided in time. It stays owed, and a verdict counts. */
        Overdue,
        /** Of a break-glass: somebody said Revoke. Break-glass to the same is held until somebody else says Keep. */
        Held,
        /** It was decided. */
        Completed,
        /** Nobody decided in time. */
        Expired,
        /** What it was about is gone or has changed. One of an Entitlement is open again if that is back in time. */
        Cancelled;

        public boolean ended() {
            return this == Completed || this == Expired || this == Cancelled;
        }
    }

    public enum Outcome {
        Approved,
        Denied,
        /** A break-glass was right, or the hold after it is lifted. Of a certification: everything stays. */
        Kept,
        /** A break-glass was not right. Of a certification: something does not stay. */
        Revoked
    }

    public record CampaignCount(
            @JsonPropertyDescription("Reviews that it opened, one for each identity.")
            int reviews,

            @JsonPropertyDescription("Those of them in which everything is decided.")
            int decided) {}

    public record Item(
            @Required @Size(max = 63) @JsonPropertyDescription("Its name, as decisions use it.")
            String name,

            @Required @Size(max = 1024) @JsonPropertyDescription("What it is, in a sentence.")
            String what,

            @Required @Size(max = 64) @JsonPropertyDescription("UID of the object that it is about.")
            String uid,

            @Required @Size(max = 64) @JsonPropertyDescription("The hash that a verdict on it names.")
            String hash,

            @Nullable @JsonPropertyDescription("The verdict that counts; absent while nobody decided it.")
            Verdict verdict,

            @Nullable
            @JsonPropertyDescription(
                    "When the role was last seen to allow something else than before. Whoever approved until then approved something else.")
            Instant roleChangedAt) {}

    @BuiltByName
    public record SeenVerdict(
            @Required @Size(max = 63) @JsonPropertyDescription("The item.")
            String item,

            @Required @JsonPropertyDescription("Whose verdict.")
            String by,

            @Required @Size(max = 4) @JsonPropertyDescription("Groups stated beside the name.")
            List<String> byAs,

            @Required @JsonPropertyDescription("Approve, Deny, Keep or Revoke.")
            Verdict verdict,

            @Required @JsonPropertyDescription("When Lapse first saw it: that is a verdict's time.")
            Instant seenAt,

            @Required @Size(max = 64) @JsonPropertyDescription("Hash over the decision as it was written.")
            String hash,

            @Required @JsonPropertyDescription("Whether the guard proved the name.")
            boolean nameProved,

            @Required @JsonPropertyDescription("Whether it counts.")
            boolean counts,

            @Required @Size(max = 63) @JsonPropertyDescription("Why, in a word.")
            String reason,

            @Required @JsonPropertyDescription("Why, for a person.")
            String message) {}
}
