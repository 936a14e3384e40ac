package dev.lapse.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.condition.ConditionType;
import dev.lapse.guard.NameProof.Answer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What comes of the verdicts on a break-glass that rashid took. */
class BreakGlassReviewTest {
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");
    private static final Instant DUE = Instant.parse("2026-11-03T10:00:00Z");
    private static final String HASH = "0123456789abcdef0123456789abcdef";
    private static final ReviewerRights MAY = new ReviewerRights(Verdict.Allowed, Verdict.Denied, "");
    private static final Aliases ALIASES =
            new Aliases(List.of(List.of("olivia", "olivia-adm"), List.of("rashid", "r2")));

    private final List<String> decisions = new ArrayList<>();
    private final Map<String, ReviewerRights> rights = new HashMap<>();
    private boolean wanted = true;
    private Instant now = NOW;

    @Nullable
    private AccessReviewStatus status;

    @Test
    void itIsOpenUntilItIsDueAndOverdueFromThenOn() {
        assertThat(decide().phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decide().lookAgainAt()).contains(DUE);

        now = DUE;

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Overdue);
        assertThat(decide().phase().ended()).isFalse();
        record(decide());
        assertThat(status().conditions()).anySatisfy(condition -> {
            assertThat(condition.type()).isEqualTo(ConditionType.OnTime.name());
            assertThat(condition.reason()).isEqualTo("ReviewOverdue");
        });
    }

    @Test
    void itNeverExpiresAndALateKeepCounts() {
        now = DUE.plus(Duration.ofDays(400));
        assertThat(decide().phase()).isEqualTo(ReviewPhase.Overdue);

        says("olivia", "Keep");

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Completed);
        assertThat(decide().outcome()).contains(Outcome.Kept);
        assertThat(decide().message()).isEqualTo("kept by olivia");
    }

    @Test
    void whoTookItKeepsItUnderNoneOfTheirNames() {
        says("rashid", "Keep");
        says("r2", "Keep");

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.verdicts()).extracting(SeenVerdict::reason).containsOnly("OwnRequest");
    }

    @Test
    void theIdentityItsPrincipalAndAccountsKeepNothing() {
        says("system:serviceaccount:payments:ci", "Keep");
        says("system:serviceaccount:lapse-principals:lapse-1", "Keep");
        says("system:serviceaccount:payments:bot", "Keep");

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.verdicts())
                .extracting(SeenVerdict::reason)
                .containsExactly("OwnIdentity", "OwnIdentity", "NotAReviewer");
    }

    @Test
    void whoLacksTheVerbOrIsAnInsiderDoesNotCount() {
        says("erin", "Keep");
        says("ada", "Keep");
        rights.put("grant/erin", new ReviewerRights(Verdict.Denied, Verdict.Denied, ""));
        rights.put("grant/ada", new ReviewerRights(Verdict.Allowed, Verdict.Allowed, "ada may impersonate it"));

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.verdicts()).extracting(SeenVerdict::reason).containsExactly("NotAllowed", "Insider");
        assertThat(decided.verdicts().get(0).message()).contains("does not hold the verb review");
    }

    @Test
    void aRevokeHoldsUntilSomebodyElseSaysKeep() {
        says("olivia", "Revoke");
        record(decide());

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Held);
        assertThat(decide().outcome()).contains(Outcome.Revoked);
        says("olivia-adm", "Keep");
        record(decide());
        assertThat(decide().phase()).isEqualTo(ReviewPhase.Held);
        assertThat(decide().verdicts())
                .anySatisfy(verdict -> assertThat(verdict.reason()).isEqualTo("SamePerson"));

        says("ada", "Keep");

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Completed);
        assertThat(decide().outcome()).contains(Outcome.Kept);
        assertThat(decide().message()).isEqualTo("kept by ada, after olivia had said Revoke");
    }

    @Test
    void aKeepThatCameWithTheRevokeLiftsItOnlyAfterTheGrantCouldEnd() {
        says("olivia", "Revoke");
        says("ada", "Keep");

        ReviewDecision first = decide();

        assertThat(first.phase()).isEqualTo(ReviewPhase.Held);
        assertThat(first.lookAgainAt()).contains(NOW.plusSeconds(1));
        record(first);
        assertThat(decide().phase()).isEqualTo(ReviewPhase.Completed);
    }

    @Test
    void aKeepThatWasSaidBeforeTheRevokeLiftsNothing() {
        says("ada", "Keep");
        says("olivia", "Revoke");
        record(decide());

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Held);
        assertThat(decide().lookAgainAt()).isEmpty();
    }

    @Test
    void anInsiderMaySayRevoke() {
        says("ada", "Revoke");
        rights.put("grant/ada", new ReviewerRights(Verdict.Allowed, Verdict.Allowed, "ada may impersonate it"));

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Held);
    }

    @Test
    void whatTheOperatorDidNotOpenIsCancelled() {
        says("olivia", "Keep");
        wanted = false;

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Cancelled);
        assertThat(decide().outcome()).isEmpty();
    }

    @Test
    void itTellsWhoTookWhatAndHowToKeepIt() {
        record(decide());

        assertThat(status().items().get(0).name()).isEqualTo("grant");
        assertThat(status().items().get(0).what())
                .startsWith("rashid took without approval ClusterRole/view in payments for 10m")
                .contains("incident INC-1");
        assertThat(status().patch()).contains("\"verdict\": \"Keep\"").contains("\"item\": \"grant\"");
        assertThat(status().approvals()).isEqualTo("0/1");
    }

    /** The law: whatever people write in whatever order, it is kept by somebody else than who took it, and not by who revoked it. */
    @Test
    void inNoHistoryIsItKeptByWhoTookOrRevokedIt() {
        List<String> names = List.of("olivia", "olivia-adm", "ada", "rashid", "r2", "mallory");
        for (long seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BreakGlassReviewTest history = new BreakGlassReviewTest();
            for (int step = 0; step < 8; step++) {
                String who = names.get(random.nextInt(names.size()));
                history.decisions.removeIf(decision -> decision.contains("by: " + who + ","));
                history.says(who, random.nextInt(3) == 0 ? "Revoke" : "Keep");
                if (who.equals("mallory")) {
                    history.rights.put("grant/mallory", new ReviewerRights(Verdict.Denied, Verdict.Denied, ""));
                }
                history.now = history.now.plus(Duration.ofHours(random.nextInt(12)));
                ReviewDecision decided = history.decide();
                history.record(decided);
                List<SeenVerdict> counting =
                        decided.verdicts().stream().filter(SeenVerdict::counts).toList();
                assertThat(counting)
                        .as("seed " + seed)
                        .extracting(verdict -> ALIASES.person(verdict.by()))
                        .doesNotContain("rashid", "mallory");
                if (decided.phase() == ReviewPhase.Completed
                        && decided.message().contains("after")) {
                    assertThat(counting.stream()
                                    .map(verdict -> ALIASES.person(verdict.by()))
                                    .distinct())
                            .as("seed " + seed)
                            .hasSizeGreaterThan(1);
                }
                assertThat(decided.phase()).isNotEqualTo(ReviewPhase.Expired);
            }
        }
    }

    private void says(String by, String verdict) {
        decisions.add("{item: grant, by: \"" + by + "\", verdict: " + verdict + ", itemHash: " + HASH + "}");
        rights.putIfAbsent("grant/" + by, MAY);
    }

    private AccessReviewStatus status() {
        return Objects.requireNonNull(status, "nothing was recorded");
    }

    private void record(ReviewDecision decided) {
        status = ReviewStatusReport.of(facts(), decided, Optional.empty(), status, now);
    }

    private ReviewDecision decide() {
        ReviewDecision decided = ReviewPolicy.decide(facts(), ALIASES, now);
        assertThat(decided.ask()).isEmpty();
        return decided;
    }

    private ReviewFacts facts() {
        AccessReview review =
                Serialization.unmarshal("""
                apiVersion: lapse.dev/v1alpha1
                kind: AccessReview
                metadata:
                  name: lapse-1
                  namespace: payments
                  uid: review-uid
                  generation: 1
                  creationTimestamp: 2026-11-02T09:00:00Z
                spec:
                  type: BreakGlass
                  identityRef: {name: ci}
                  request:
                    grant: g1
                    grantUID: grant-uid
                    hash: %s
                    privilege: look
                    role: ClusterRole/view
                    namespaces: [payments]
                    principal: Dedicated
                    principalName: system:serviceaccount:lapse-principals:lapse-1
                    duration: 10m
                    risks: []
                    requestedBy: rashid
                    claimed: false
                    reason: it burns
                    incident: INC-1
                  required: 1
                  dueAt: %s
                  decisions: [%s]
                """.formatted(HASH, DUE, String.join(", ", decisions)), AccessReview.class);
        Map<String, Answer> proofs = new HashMap<>();
        review.getSpec().decisions().forEach(decision -> proofs.put(ReviewFacts.key(decision), Answer.PROVED));
        ReviewFacts facts = ReviewFacts.of(
                review, status, wanted, Optional.of("system:serviceaccount:payments:ci"), Map.of(), Map.copyOf(proofs));
        for (var decision : facts.decisions()) {
            ReviewerRights known = rights.get(ReviewFacts.key(decision));
            if (known != null) {
                facts = facts.withRights(decision, known);
            }
        }
        return facts;
    }
}
