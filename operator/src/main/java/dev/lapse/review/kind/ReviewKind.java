package dev.lapse.review.kind;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewerRights;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What reviews of one type mean beside what people say in them: what they are owed for, and what a verdict does. */
public interface ReviewKind {
    /** Whether what it is about is known: until then nothing is said of it. */
    default boolean ready(AccessReview review) {
        return true;
    }

    /**
     * Whether the operator opened this review as it is, and what it is about still asks for it.
     *
     * @param before the status, if the operator wrote it
     */
    boolean wanted(AccessReview review, @Nullable AccessReviewStatus before, Instant now);

    /** The status that counts: what was closed may be open again. */
    default @Nullable AccessReviewStatus reopened(
            AccessReview review, @Nullable AccessReviewStatus before, Instant now) {
        return before;
    }

    /** Who could act as the accounts of a request when it was asked. */
    default Optional<InsidersWhenAsked> whenAsked(AccessReview review) {
        return Optional.empty();
    }

    /** What else a verdict takes beside the verb, of somebody who gave one. */
    default ReviewerRights with(ReviewerRights rights, ReviewFacts facts, Decision decision) {
        return rights;
    }

    /** Whether what it asks is owed until it is decided: if it is lost, it is opened again. */
    default boolean owedByIdentity() {
        return false;
    }

    /** User name of the identity's account, of an identity that is gone. */
    default Optional<String> subject(AccessReview review, Instant now) {
        return Optional.empty();
    }

    /** By item, who said Revoke to the same in an earlier review; that person cannot say Keep to it. */
    default Map<String, List<String>> revokedBefore(AccessReview review, Instant now) {
        return Map.of();
    }

    /** Before the status says so: what takes away comes first. */
    default void deciding(AccessReview review, ReviewFacts facts, ReviewDecision decision, Instant now) {}

    /**
     * After the status says so, and again whenever it is looked at: what frees comes last.
     *
     * @return whether anything is remembered otherwise now
     */
    default boolean settled(AccessReview review, @Nullable AccessReviewStatus status, Instant now) {
        return false;
    }
}
