package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.BuiltByName;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.guard.NameProof;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything a decision about a review is made from.
 *
 * @param phase, outcome, proof, recorded what the operator wrote itself before
 * @param wanted whether what the review is about still asks for it
 * @param subjectName user name of the identity's own account; absent if the identity is gone
 * @param revokedBefore by item, who said Revoke to the same in an earlier review
 * @param proofs whether the name beside each verdict is proved, by {@link #key}
 * @param appliers who writes for others, and so decides nothing
 * @param roleChangedAt by entry, when its role was last seen to allow something else than before
 * @param whenAsked who could act as the accounts of a request when it was asked; absent if nobody wrote it down
 * @param rights what the API server says of those whose verdicts were looked at in this pass, by {@link #key}
 */
@BuiltByName
public record ReviewFacts(
        String namespace,
        String name,
        String uid,
        long generation,
        Instant createdAt,
        AccessReviewSpec spec,
        ReviewPhase phase,
        Optional<Outcome> outcome,
        Optional<Instant> decidedAt,
        Optional<Proof> proof,
        List<SeenVerdict> recorded,
        boolean wanted,
        Optional<String> subjectName,
        Map<String, List<String>> revokedBefore,
        Map<String, NameProof.Answer> proofs,
        Set<String> appliers,
        Map<String, ReviewerRights> rights,
        Map<String, Instant> roleChangedAt,
        Optional<InsidersWhenAsked> whenAsked) {

    /** @param status the review's status, if the operator wrote it */
    public static ReviewFacts of(
            AccessReview review,
            @Nullable AccessReviewStatus status,
            boolean wanted,
            Optional<String> subjectName,
            Map<String, List<String>> revokedBefore,
            Map<String, NameProof.Answer> proofs) {
        return ReviewFactsBuilder.stagedBuilder()
                .namespace(review.getMetadata().getNamespace())
                .name(review.getMetadata().getName())
                .uid(review.getMetadata().getUid())
                .generation(review.getMetadata().getGeneration())
                .createdAt(Instant.parse(review.getMetadata().getCreationTimestamp()))
                .spec(review.getSpec())
                .phase(status == null ? ReviewPhase.Open : status.phase())
                .outcome(status == null ? Optional.empty() : Optional.ofNullable(status.outcome()))
                .decidedAt(status == null ? Optional.empty() : Optional.ofNullable(status.decidedAt()))
                .proof(status == null ? Optional.empty() : Optional.ofNullable(status.proof()))
                .recorded(status == null || status.verdicts() == null ? List.of() : status.verdicts())
                .wanted(wanted)
                .subjectName(subjectName)
                .revokedBefore(revokedBefore)
                .proofs(proofs)
                .appliers(Set.of())
                .rights(Map.of())
                .roleChangedAt(Map.of())
                .whenAsked(Optional.empty())
                .build();
    }

    /** How a review of this type is judged. */
    public ReviewTerms terms() {
        return ReviewTerms.of(spec.type());
    }

    List<Decision> decisions() {
        return spec.decisions() == null ? List.of() : spec.decisions();
    }

    /** What was recorded of this very verdict, as it is written now. */
    Optional<SeenVerdict> recorded(Decision decision) {
        return recorded.stream()
                .filter(seen -> seen.item().equals(decision.item())
                        && seen.by().equals(decision.by())
                        && seen.hash().equals(DecisionHash.of(decision)))
                .findFirst();
    }

    public ReviewFacts withRights(Decision decision, ReviewerRights known) {
        Map<String, ReviewerRights> now = new TreeMap<>(rights);
        now.put(key(decision), known);
        return copy().rights(Map.copyOf(now)).build();
    }

    public ReviewFacts withAppliers(Set<String> names) {
        return copy().appliers(Set.copyOf(names)).build();
    }

    ReviewFacts withRoleChanges(Map<String, Instant> byEntry) {
        return copy().roleChangedAt(Map.copyOf(byEntry)).build();
    }

    ReviewFacts withWhenAsked(Optional<InsidersWhenAsked> known) {
        return copy().whenAsked(known).build();
    }

    private ReviewFactsBuilder copy() {
        return ReviewFactsBuilder.builder(this);
    }

    public static String key(Decision decision) {
        return key(decision.item(), decision.by());
    }

    public static String key(String item, String by) {
        return item + "/" + by;
    }

    /** What names were proved by then. */
    static NameProof.Recorded proofsIn(@Nullable AccessReviewStatus before) {
        if (before == null) {
            return NameProof.Recorded.NOTHING;
        }
        Map<String, NameProof.RecordedEntry> entries = new HashMap<>();
        before.verdicts()
                .forEach(seen -> entries.put(
                        key(seen.item(), seen.by()), new NameProof.RecordedEntry(seen.hash(), seen.nameProved())));
        return new NameProof.Recorded(Optional.ofNullable(before.proof()), Map.copyOf(entries));
    }
}
