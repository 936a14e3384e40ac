package dev.lapse.memory;

import dev.lapse.api.v1alpha1.AccessReviewSpec.Campaign;
import dev.lapse.api.v1alpha1.AccessReviewSpec.OnMissed;
import dev.lapse.api.v1alpha1.BuiltByName;
import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import dev.lapse.api.v1alpha1.EligibleEntry.Person;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * People owe an answer whether an identity may still ask for what its entries say. Time alone never ends this. If the
 * review is missed and onMissed says Suspend, the identity is held until every item is decided.
 *
 * @param subject user name of the identity's account: another identity of that account owes the review too
 * @param review name of the AccessReview
 * @param campaign that asked; absent if the review stands on its own
 * @param reviewers whose verdict counts; absent if everybody who holds the verb may decide
 * @param entriesHash over the entries that the review pins
 * @param missedAt when silence took effect; absent until then
 * @param held whether the identity is held because a Revoke could not be remembered for lack of room
 */
@BuiltByName
public record OwedCertification(
        String namespace,
        String identity,
        String subject,
        String review,
        @Nullable Campaign campaign,
        @Nullable List<Person> reviewers,
        Insiders insiders,
        Instant dueAt,
        OnMissed onMissed,
        String entriesHash,
        @Nullable Instant missedAt,
        boolean held)
        implements OfIdentity {
    /** One namespace's campaigns may fill a ConfigMap, which other namespaces share, only up to this bound. */
    private static final Bound BOUND = new Bound(256, 500_000);

    @Override
    public List<String> key() {
        return List.of(review);
    }

    @Override
    public Bound bound() {
        return BOUND;
    }

    @Override
    public Remembered strictest(Remembered other) {
        return other instanceof OwedCertification theirs
                ? OwedCertificationBuilder.builder(this)
                        .missedAt(missedAt == null ? theirs.missedAt : missedAt)
                        .held(held || theirs.held)
                        .build()
                : this;
    }

    /** Whether this campaign asked. */
    public boolean isOf(String campaignUid) {
        return campaign != null && campaign.uid().equals(campaignUid);
    }

    /** Whether nothing may be granted until it is decided. */
    public boolean suspends() {
        return held || (missedAt != null && onMissed == OnMissed.Suspend);
    }

    public boolean overdue(Instant now) {
        return !now.isBefore(dueAt);
    }

    public OwedCertification withMissed(Instant at) {
        return OwedCertificationBuilder.builder(this)
                .missedAt(Optional.ofNullable(missedAt).orElse(at))
                .build();
    }

    public OwedCertification withHeld(boolean now) {
        return OwedCertificationBuilder.builder(this).held(now).build();
    }
}
