package dev.lapse.review.kind;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The reviews of requests, of which the grants know all.
 *
 * @param asked whether the grant still asks for it
 * @param insiders who could act as the accounts of a request when it was asked
 */
public record RequestReviews(
        Predicate<AccessReview> asked, Function<AccessReview, Optional<InsidersWhenAsked>> insiders)
        implements ReviewKind {
    @Override
    public boolean wanted(AccessReview review, @Nullable AccessReviewStatus before, Instant now) {
        return asked.test(review);
    }

    @Override
    public Optional<InsidersWhenAsked> whenAsked(AccessReview review) {
        return insiders.apply(review);
    }
}
