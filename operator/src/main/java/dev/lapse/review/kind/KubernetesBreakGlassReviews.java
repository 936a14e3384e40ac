package dev.lapse.review.kind;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesIdentities;
import dev.lapse.identity.SubjectFacts;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.memory.KubernetesMemory;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps what is remembered of break-glass and what its reviews say in step: what takes away first, what frees last. */
public final class KubernetesBreakGlassReviews implements ReviewKind {
    private final KubernetesMemory memory;
    private final KubernetesIdentities identities;

    public KubernetesBreakGlassReviews(KubernetesMemory memory, KubernetesIdentities identities) {
        this.memory = memory;
        this.identities = identities;
    }

    /**
     * Whether the operator opened this review as it is. What it has sealed is its own, even if it was lost from its memory.
     *
     * @param before the status, if the operator wrote it
     */
    @Override
    public boolean wanted(AccessReview review, @Nullable AccessReviewStatus before, Instant now) {
        return debt(review, now)
                .map(owed -> owed.spec().equals(review.getSpec().asOpened()))
                .orElse(before != null);
    }

    @Override
    public boolean ready(AccessReview review) {
        return memory.of(review.getMetadata().getNamespace()).readable();
    }

    @Override
    public Optional<String> subject(AccessReview review, Instant now) {
        return debt(review, now).map(BreakGlassDebt::subject);
    }

    /**
     * Before the verdicts are judged for good: who says Revoke takes away, and that is remembered first. Memory that was
     * lost learns of it again from a review that is still open.
     */
    @Override
    public void deciding(AccessReview review, ReviewFacts facts, ReviewDecision decision, Instant now) {
        if (decision.phase().ended()) {
            return;
        }
        BreakGlassDebt before = debt(review, now).orElseGet(() -> rebuilt(review));
        BreakGlassDebt after = BreakGlassVerdicts.revokedBy(decision.verdicts())
                .map(before::withRevokedBy)
                .orElse(before);
        if (debt(review, now).filter(after::equals).isEmpty()) {
            memory.remember(after, now);
        }
    }

    /** After the status says so: what is kept is owed no more. */
    @Override
    public boolean settled(AccessReview review, @Nullable AccessReviewStatus status, Instant now) {
        Optional<BreakGlassDebt> paid = status != null
                        && status.outcome() == Outcome.Kept
                        && status.phase().ended()
                ? debt(review, now)
                : Optional.empty();
        paid.ifPresent(debt -> memory.forget(debt, now));
        return paid.isPresent();
    }

    private Optional<BreakGlassDebt> debt(AccessReview review, Instant now) {
        return memory.of(review.getMetadata().getNamespace()).all(BreakGlassDebt.class, now).stream()
                .filter(debt -> debt.review().equals(review.getMetadata().getName()))
                .findFirst();
    }

    private BreakGlassDebt rebuilt(AccessReview review) {
        return new BreakGlassDebt(
                review.getMetadata().getNamespace(),
                identities
                        .find(
                                review.getMetadata().getNamespace(),
                                review.getSpec().identity())
                        .map(IdentityFacts::subject)
                        .map(SubjectFacts::userName)
                        .orElse(""),
                review.getMetadata().getName(),
                review.getSpec().asOpened(),
                null);
    }
}
