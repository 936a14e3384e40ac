package dev.lapse.review.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus.CampaignCount;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.condition.Reason;
import dev.lapse.guard.NameProof.Answer;
import dev.lapse.review.ReviewItems;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a campaign is opened, and when it is over. */
class CampaignPolicyTest {
    private static final Instant CREATED = Instant.parse("2026-11-02T10:00:00Z");
    private static final Instant DUE = CREATED.plus(Duration.ofHours(24));

    @ParameterizedTest
    @CsvSource({
        "PROVED, Allowed, '', Open, CampaignRuns, true",
        "UNPROVED, Allowed, '', Cancelled, NameUnproved, false",
        "UNKNOWN, Allowed, '', Open, GuardNotReady, false",
        "PROVED, Denied, '', Cancelled, CampaignNotAllowed, false",
        "PROVED, Unknown, '', Open, LookupFailed, false",
        "PROVED, Allowed, it is gone, Open, MemoryUnreadable, false"
    })
    void itIsOpenedOnceItsAuthorIsKnownAndMay(
            Answer proof, Verdict right, String memory, ReviewPhase phase, Reason reason, boolean open) {
        CampaignPolicy.Decided decided =
                decide(facts(DUE, Optional.empty(), 0, proof, memory, right), CREATED.plusSeconds(2));

        assertThat(decided.phase()).isEqualTo(phase);
        assertThat(decided.reason()).isEqualTo(reason);
        assertThat(decided.open()).isEqualTo(open);
    }

    @Test
    void whoeverMayNotIsTold() {
        assertThat(decide(facts(DUE, Optional.empty(), 0, Answer.PROVED, "", Verdict.Denied), CREATED.plusSeconds(2))
                        .message())
                .isEqualTo("gina does not hold the verb campaign on the ServiceIdentities of namespace payments;"
                        + " whose right comes from a group names that group in openedByAs");
    }

    @Test
    void whoeverOpenedItThroughGitIsNamedAsClaimed() {
        AccessReview claimed = Serialization.clone(campaign(DUE, false));
        claimed = Serialization.unmarshal(
                Serialization.asYaml(claimed).replace("openedBy: \"gina\"", "openedBy: gina\n  openedByVia: argo"),
                AccessReview.class);

        assertThat(claimed.getSpec().openedByVia()).isEqualTo("argo");
        assertThat(ReviewItems.sentence(claimed.getSpec())).startsWith("gina (claimed) asks whether");
        assertThat(CampaignPolicy.decide(
                                facts(claimed, Optional.empty(), 0, Answer.PROVED, "", Verdict.Denied),
                                Duration.ofHours(24),
                                CREATED.plusSeconds(2))
                        .message())
                .startsWith("gina (claimed) does not hold the verb campaign");
    }

    @Test
    void itGivesPeopleTime() {
        CampaignPolicy.Decided decided =
                decide(facts(DUE.minusSeconds(1), Optional.empty(), 0, Answer.PROVED, "", Verdict.Allowed), CREATED);

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Cancelled);
        assertThat(decided.reason()).isEqualTo(Reason.DueTooSoon);
        assertThat(decided.message()).contains("sooner than 1d");
    }

    @ParameterizedTest
    @CsvSource({
        "3, 3, 0, Open, '0 of its 3 reviews are decided'",
        "3, 1, 0, Open, '2 of its 3 reviews are decided'",
        "3, 1, 90000, Overdue, '2 of its 3 reviews are decided'",
        "3, 0, 0, Completed, 'each of its 3 reviews is decided'",
        "0, 0, 0, Completed, no identity of its scope"
    })
    void itIsOverWhenEachReviewIsDecided(int reviews, int undecided, int seconds, ReviewPhase phase, String told) {
        CampaignPolicy.Decided decided = decide(
                facts(DUE, Optional.of(new CampaignCount(reviews, 0)), undecided, Answer.PROVED, "", Verdict.Denied),
                CREATED.plusSeconds(seconds));

        assertThat(decided.phase()).isEqualTo(phase);
        assertThat(decided.message()).contains(told);
        assertThat(decided.open()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"payments, true, false", "lapse-system, true, true", "lapse-system, false, false"})
    void onlyFromLapsesOwnNamespaceItReachesEverywhere(String namespace, boolean all, boolean everywhere) {
        AccessReview campaign = campaign(DUE, all);

        assertThat(CampaignPolicy.everywhere(campaign.getSpec(), namespace)).isEqualTo(everywhere);
    }

    private static CampaignPolicy.Decided decide(CampaignPolicy.Facts facts, Instant now) {
        return CampaignPolicy.decide(facts, Duration.ofHours(24), now);
    }

    private static CampaignPolicy.Facts facts(
            Instant due, Optional<CampaignCount> opened, int undecided, Answer proof, String memory, Verdict right) {
        return facts(campaign(due, false), opened, undecided, proof, memory, right);
    }

    private static CampaignPolicy.Facts facts(
            AccessReview campaign,
            Optional<CampaignCount> opened,
            int undecided,
            Answer proof,
            String memory,
            Verdict right) {
        return new CampaignPolicy.Facts(
                campaign.getSpec(),
                "payments",
                CREATED,
                opened,
                undecided,
                proof,
                memory,
                Optional.of(new AccessOracle.Answer(right, "because")));
    }

    private static AccessReview campaign(Instant due, boolean all) {
        return Serialization.unmarshal("""
                apiVersion: lapse.dev/v1alpha1
                kind: AccessReview
                metadata: {name: spring, namespace: payments}
                spec:
                  type: Certification
                  openedBy: gina
                  scope: {allNamespaces: %s}
                  required: 1
                  onMissed: Report
                  dueAt: %s
                """.formatted(all, due), AccessReview.class);
    }
}
