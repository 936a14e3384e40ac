package dev.lapse.memory;

import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is owed for one privilege that was taken without approval: its review. It is never over by itself.
 *
 * @param subject user name of the identity's account: another identity of that account owes it too
 * @param review name of the AccessReview
 * @param spec the review as it is opened, without verdicts
 * @param revokedBy who said Revoke: from then on it is no debt but a hold; absent while nobody did
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

    /** What somebody held stays held. */
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

    /** For how long the privilege was given, whether it was used that long or not. */
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

    /** Whether another one would give, somewhere, what this one gave. */
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
