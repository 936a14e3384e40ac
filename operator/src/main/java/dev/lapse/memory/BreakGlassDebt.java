package dev.lapse.memory;

import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The review that is owed for one privilege taken without approval. Time alone never ends the debt.
 *
 * @param subject user name of the identity's account: another identity of that account owes the review too
 * @param review name of the AccessReview
 * @param spec the review as it is opened, without verdicts
 * @param revokedBy who said Revoke: from then on the record is a hold, not a debt; absent until somebody does
 */
public record BreakGlassDebt(
        String namespace,
        String subject,
        String review,
        AccessReviewSpec spec,
        @Nullable String revokedBy) implements OfIdentity {
    private static final Bound BOUND = new Bound(256, 850_000);

    @Override
    public List<String> key() {
        return List.of(grantUid());
    }

    @Override
    public Bound bound() {
        return BOUND;
    }

    /** If either record is a hold, the result is a hold. */
    @Override
    public Remembered strictest(Remembered other) {
        return owed() && other instanceof BreakGlassDebt theirs && theirs.revokedBy != null
                ? withRevokedBy(theirs.revokedBy)
                : this;
    }

    @Override
    public String identity() {
        return spec.identity();
    }

    public String grantUid() {
        return spec.requested().grantUID();
    }

    public String incident() {
        return String.valueOf(spec.requested().incident());
    }

    /** For how long the privilege was given, even if it was used for less time. */
    public Duration granted() {
        return Durations.parse(spec.requested().duration()).orElse(Duration.ZERO);
    }

    /** Nobody has said anything yet. */
    public boolean owed() {
        return revokedBy == null;
    }

    public boolean overdue(Instant now) {
        return owed() && !now.isBefore(spec.dueAt());
    }

    /** Whether both give the same role in at least one common place. */
    public boolean givesTheSameAs(BreakGlassDebt other) {
        List<String> here = spec.requested().namespaces();
        List<String> there = other.spec.requested().namespaces();
        return spec.requested().role().equals(other.spec.requested().role())
                && (here.isEmpty() || there.isEmpty() || here.stream().anyMatch(there::contains));
    }

    public BreakGlassDebt withRevokedBy(String who) {
        return new BreakGlassDebt(namespace, subject, review, spec, who);
    }
}
