package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.guard.GuardState;
import dev.lapse.review.campaign.KubernetesCampaigns;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One pass over a campaign, of which few run at once. */
final class KubernetesCampaignPass {
    private static final Duration UNTIL_ANOTHER_CAMPAIGN_IS_DONE = Duration.ofSeconds(1);

    /** A campaign opens a review for each identity, which takes long: of the threads that judge verdicts it gets these. */
    private static final int CAMPAIGNS_AT_ONCE = 3;

    private final KubernetesCampaigns campaigns;
    private final KubernetesReviews reviews;
    private final ReviewJournal journal;
    private final Supplier<GuardState> guard;
    private final BiPredicate<AccessReview, AccessReviewStatus> write;
    private final Semaphore atOnce = new Semaphore(CAMPAIGNS_AT_ONCE);

    /** @param write writes a status, and says whether it was a new one */
    KubernetesCampaignPass(
            KubernetesCampaigns campaigns,
            KubernetesReviews reviews,
            ReviewJournal journal,
            Supplier<GuardState> guard,
            BiPredicate<AccessReview, AccessReviewStatus> write) {
        this.campaigns = campaigns;
        this.reviews = reviews;
        this.journal = journal;
        this.guard = guard;
        this.write = write;
    }

    UpdateControl<AccessReview> over(AccessReview campaign, Instant now) {
        AccessReviewStatus before = reviews.trusted(campaign);
        if (campaign.getMetadata().getDeletionTimestamp() != null
                || (before != null && before.phase().ended())) {
            return UpdateControl.noUpdate();
        }
        if (!atOnce.tryAcquire()) {
            return UpdateControl.<AccessReview>noUpdate().rescheduleAfter(UNTIL_ANOTHER_CAMPAIGN_IS_DONE);
        }
        try {
            return look(campaign, before, now);
        } finally {
            atOnce.release();
        }
    }

    private UpdateControl<AccessReview> look(AccessReview campaign, @Nullable AccessReviewStatus before, Instant now) {
        KubernetesCampaigns.Pass pass = campaigns.look(campaign, before, guard.get(), now);
        if (write.test(campaign, pass.status())) {
            journal.wrote(campaign, before, pass.decided());
        }
        return AccessReviewReconciler.again(pass.lookAgainAt(), now);
    }
}
