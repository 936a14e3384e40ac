package dev.lapse.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.InsidersWhenAsked;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Insider;
import dev.lapse.api.v1alpha1.InsidersWhenAsked.Kind;
import dev.lapse.guard.NameProof.Answer;
import dev.lapse.review.verdict.WhenAsked;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReviewPolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");
    private static final Instant DUE = Instant.parse("2026-11-03T10:00:00Z");
    private static final String HASH = "0123456789abcdef0123456789abcdef";
    private static final String ACCOUNT = "system:serviceaccount:lapse-principals:lapse-1";
    private static final ReviewerRights MAY = new ReviewerRights(Verdict.Allowed, Verdict.Denied, "");
    private static final Aliases ALIASES =
            new Aliases(List.of(List.of("olivia", "olivia-adm"), List.of("rashid", "r2")));

    private int required = 1;
    private String reviewers = "";
    private String reason = "a test";
    private final List<String> decisions = new ArrayList<>();
    private final Map<String, Answer> proofs = new HashMap<>();
    private final Map<String, ReviewerRights> rights = new HashMap<>();
    private Optional<InsidersWhenAsked> whenAsked = Optional.of(insiders(true));
    private boolean wanted = true;
    private Instant now = NOW;

    @Nullable
    private AccessReviewStatus status;

    @Test
    void oneApprovalOfSomebodyWhoMayIsEnoughWhereOneIsNeeded() {
        says("olivia", "Approve");

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Completed);
        assertThat(decided.outcome()).contains(Outcome.Approved);
        assertThat(decided.message()).isEqualTo("approved by olivia");
    }

    @Test
    void withoutVerdictsItIsOpenUntilItIsDue() {
        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.lookAgainAt()).contains(DUE);
    }

    @Test
    void silenceIsANo() {
        now = DUE;

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Expired);
        assertThat(decide().outcome()).isEmpty();
    }

    @Test
    void oneDenialIsEnoughWhateverOthersSaid() {
        required = 2;
        says("olivia", "Approve");
        says("ada", "Deny");

        assertThat(decide().outcome()).contains(Outcome.Denied);
        assertThat(decide().message()).isEqualTo("denied by ada");
    }

    @Test
    void aQuorumIsOfDistinctPeople() {
        required = 2;
        says("olivia", "Approve");
        says("olivia-adm", "Approve");

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.approvals()).isEqualTo(1);
        assertThat(reason(decided, "olivia-adm")).isEqualTo("SamePerson");

        says("ada", "Approve");

        assertThat(decide().outcome()).contains(Outcome.Approved);
    }

    @Test
    void nobodyApprovesTheirOwnRequestUnderAnyName() {
        says("rashid", "Approve");
        says("r2", "Approve");

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(reason(decided, "rashid")).isEqualTo("OwnRequest");
        assertThat(reason(decided, "r2")).isEqualTo("OwnRequest");
    }

    @Test
    void anIdentityDecidesNothing() {
        says("system:serviceaccount:payments:ci", "Approve");
        says("system:serviceaccount:lapse-principals:lapse-1", "Approve");

        ReviewDecision decided = decide();

        assertThat(decided.approvals()).isZero();
        assertThat(decided.verdicts()).extracting(SeenVerdict::reason).containsOnly("OwnIdentity");
    }

    @Test
    void onlyReviewersCountWhereSomeAreNamed() {
        reviewers = "reviewers: [{user: olivia}, {group: platform}]";
        required = 2;
        says("olivia", "Approve");
        says("erin", "Approve");
        says("ada", "Approve", HASH, "platform");

        ReviewDecision decided = decide();

        assertThat(decided.outcome()).contains(Outcome.Approved);
        assertThat(reason(decided, "erin")).isEqualTo("NotAReviewer");
    }

    @Test
    void anAccountApprovesOnlyWhereItIsNamedAndDeniesAnywhere() {
        String bot = "system:serviceaccount:payments:bot";
        says(bot, "Approve");

        assertThat(reason(decide(), bot)).isEqualTo("NotAReviewer");
        reviewers = "reviewers: [{user: olivia}]";
        assertThat(decide().approvals()).isZero();
        reviewers = "reviewers: [{user: \"" + bot + "\"}]";
        assertThat(reason(decide(), bot)).isEqualTo("Insider");
        assertThat(decide().approvals()).isZero();
        reviewers += "\n  insiders: Allow";
        assertThat(decide().outcome()).contains(Outcome.Approved);

        decisions.clear();
        reviewers = "";
        says(bot, "Deny");

        assertThat(decide().outcome()).contains(Outcome.Denied);
    }

    @Test
    void whoLacksTheVerbOrIsAnInsiderDoesNotCount() {
        says("erin", "Approve");
        says("ada", "Approve");
        rights.put("request/erin", new ReviewerRights(Verdict.Denied, Verdict.Denied, ""));
        rights.put("request/ada", new ReviewerRights(Verdict.Allowed, Verdict.Allowed, "ada may impersonate it"));

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(reason(decided, "erin")).isEqualTo("NotAllowed");
        assertThat(reason(decided, "ada")).isEqualTo("Insider");
    }

    /** What the API server says of them today is as good as it can be. */
    @Test
    void whoCouldActAsTheAccountWhenItWasAskedDoesNotApproveWhateverTheyMayNow() {
        Insider byName = insider(Kind.User, "ada");
        Insider underAnotherName = insider(Kind.User, "olivia-adm");
        Insider stated = insider(Kind.Group, "owners");
        whenAsked = Optional.of(insiders(true, byName, underAnotherName, stated));
        says("ada", "Approve");
        says("olivia", "Approve");
        says("erin", "Approve", HASH, "owners");

        ReviewDecision decided = decide();

        assertThat(decided.approvals()).isZero();
        assertThat(decided.verdicts()).extracting(SeenVerdict::reason).containsOnly("InsiderWhenAsked");
        assertThat(decided.verdicts().get(0).message())
                .isEqualTo(
                        "ada could act as " + ACCOUNT + " when this was asked (create pods, by RoleBinding payments/b),"
                                + " and taking that away since does not help: somebody else must approve, or a new PrivilegeGrant"
                                + " must ask anew, or the entry may say insiders: Allow");
        assertThat(decided.verdicts().get(1).message()).contains("as user olivia-adm (create pods");
        assertThat(decided.verdicts().get(2).message()).contains("as group owners (create pods");
    }

    /** The guard knows all groups of whoever writes, but asks what they may at that moment. */
    @Test
    void ofAGroupThatNobodyStatesItCountsOnlyWhetherItsRightIsTheVerySame() {
        Insider group = insider(Kind.Group, "owners");
        whenAsked = Optional.of(insiders(true, group));
        says("erin", "Approve");

        assertThat(decide().outcome()).contains(Outcome.Approved);

        rights.put("request/erin", MAY.withChanged(Set.of(group)));
        assertThat(reason(decide(), "erin")).isEqualTo("NotKnownWhenAsked");
        assertThat(decide().verdicts().get(0).message()).contains("group owners could act as", "must ask anew");
    }

    @Test
    void whereEverybodyCouldActAsTheAccountNobodyApproves() {
        whenAsked = Optional.of(insiders(true, insider(Kind.Group, "system:authenticated")));
        says("erin", "Approve");

        assertThat(reason(decide(), "erin")).isEqualTo("InsiderWhenAsked");
    }

    @Test
    void whatWasNotWrittenDownNeverCounts() {
        says("erin", "Approve");

        whenAsked = Optional.empty();
        assertThat(reason(decide(), "erin")).isEqualTo("NotKnownWhenAsked");

        whenAsked = Optional.of(insiders(false));
        assertThat(reason(decide(), "erin")).isEqualTo("NotKnownWhenAsked");

        whenAsked = Optional.of(new InsidersWhenAsked(NOW, List.of("system:serviceaccount:a:b"), true, List.of()));
        assertThat(reason(decide(), "erin")).isEqualTo("NotKnownWhenAsked");
    }

    @Test
    void whoCouldActAsTheAccountWhenItWasAskedMaySayNoAndApprovesWhereTheEntryLetsThem() {
        whenAsked = Optional.of(insiders(true, insider(Kind.User, "ada")));
        says("ada", "Deny");
        assertThat(decide().outcome()).contains(Outcome.Denied);

        decisions.clear();
        says("ada", "Approve");
        reviewers = "insiders: Allow";
        whenAsked = Optional.empty();
        assertThat(decide().outcome()).contains(Outcome.Approved);
    }

    @Test
    void anInsiderMaySayNo() {
        says("ada", "Deny");
        rights.put("request/ada", new ReviewerRights(Verdict.Allowed, Verdict.Allowed, "ada may impersonate it"));

        assertThat(decide().outcome()).contains(Outcome.Denied);
    }

    @Test
    void aVerdictOnAnotherHashOrItemDoesNotCount() {
        says("olivia", "Approve", "ffffffffffffffffffffffffffffffff", null);
        decisions.add("{item: other, by: ada, verdict: Approve, itemHash: " + HASH + "}");

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(reason(decided, "olivia")).isEqualTo("OtherHash");
        assertThat(reason(decided, "ada")).isEqualTo("NoSuchItem");
    }

    @Test
    void aLateVerdictDoesNotCountEvenIfNobodyLookedEarlier() {
        says("olivia", "Approve");
        now = DUE;

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Expired);
        assertThat(reason(decided, "olivia")).isEqualTo("Late");
    }

    @Test
    void anUnprovedNameDoesNotCountAndAnUnknownOneWaits() {
        says("olivia", "Approve");
        says("ada", "Approve");
        proofs.put("request/olivia", Answer.UNPROVED);
        proofs.put("request/ada", Answer.UNKNOWN);

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.verdicts()).extracting(SeenVerdict::by).containsExactly("olivia");
        assertThat(reason(decided, "olivia")).isEqualTo("NameUnproved");
        assertThat(decided.lookAgainAt()).contains(NOW.plusSeconds(10));
    }

    @Test
    void aFailedLookUpWaitsAndIsNoApproval() {
        says("olivia", "Approve");
        rights.put("request/olivia", new ReviewerRights(Verdict.Unknown, Verdict.Denied, "it is away"));

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.verdicts()).isEmpty();
        assertThat(decided.lookAgainAt()).contains(NOW.plusSeconds(10));
    }

    /** Else an approver sees no trace of their yes, and whoever asked waits for nothing until it is due. */
    @Test
    void whatCannotBeJudgedYetIsToldWithItsReason() {
        required = 2;
        says("olivia", "Approve");
        says("ada", "Approve");
        says("erin", "Approve");
        rights.put("request/ada", new ReviewerRights(Verdict.Allowed, Verdict.Unknown, "it is away"));
        rights.put("request/erin", new ReviewerRights(Verdict.Unknown, Verdict.Denied, "it is away, too"));

        ReviewDecision decided = decide();

        assertThat(decided.message())
                .isEqualTo(
                        "waits for 1 more of 2 approvals until 2026-11-03T10:00:00Z; not judged yet, and looked at again"
                                + " every 10 s: Approve by ada (it is away), Approve by erin (it is away, too)");
        assertThat(decided.verdicts()).extracting(SeenVerdict::by).containsExactly("olivia");
        record(decided);
        assertThat(Objects.requireNonNull(status).conditions())
                .filteredOn(condition -> condition.type().equals("Complete"))
                .extracting(Condition::message)
                .containsExactly(decided.message());
    }

    @Test
    void whatTheBindingsDoNotTellAnyMoreIsToldWithWhatToDo() {
        assertThat(WhenAsked.notKnownNow(insider(Kind.Group, "owners")))
                .isEqualTo("whether group owners, which could act as " + ACCOUNT
                        + " when this was asked, holds what it held then is not known: there are more bindings or roles"
                        + " than Lapse reads, or one is too large to judge: take such away, or the entry may say"
                        + " insiders: Allow");
    }

    @Test
    void onceItIsOverWhatWasNotJudgedIsNotToldAsIfItWouldBe() {
        says("ada", "Approve");
        rights.put("request/ada", new ReviewerRights(Verdict.Allowed, Verdict.Unknown, "it is away"));
        record(decide());
        now = DUE;

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Expired);
        assertThat(decide().message()).doesNotContain("looked at again");
    }

    @Test
    void nobodyIsAskedAboutWhoseVerdictDoesNotCountAnyway() {
        rights.clear();
        decisions.add("{item: request, by: rashid, verdict: Approve, itemHash: " + HASH + "}");
        proofs.put("request/rashid", Answer.PROVED);

        assertThat(ReviewPolicy.decide(facts(), ALIASES, now).ask()).isEmpty();
    }

    @Test
    void whatCountedStaysWhateverItsAuthorWritesLater() {
        required = 2;
        says("olivia", "Approve");
        record(decide());
        decisions.clear();
        says("olivia", "Deny");

        ReviewDecision decided = decide();

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.approvals()).isEqualTo(1);
    }

    @Test
    void whatDidNotCountIsJudgedAgainOnlyWhenItIsWrittenAgain() {
        says("olivia", "Approve", "ffffffffffffffffffffffffffffffff", null);
        record(decide());
        Instant seen = decide().verdicts().get(0).seenAt();
        now = now.plusSeconds(60);

        assertThat(decide().verdicts().get(0).seenAt()).isEqualTo(seen);

        decisions.clear();
        says("olivia", "Approve");

        assertThat(decide().outcome()).contains(Outcome.Approved);
    }

    @Test
    void whatWasDecidedStaysDecided() {
        says("olivia", "Approve");
        record(decide());
        says("ada", "Deny");
        now = DUE.plus(Duration.ofDays(1));

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Completed);
        assertThat(decide().outcome()).contains(Outcome.Approved);
    }

    @Test
    void whatNobodyAsksForAnyMoreIsCancelledAndNeverApproved() {
        says("olivia", "Approve");
        wanted = false;

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Cancelled);
        assertThat(decide().outcome()).isEmpty();
    }

    /** The law: whatever people write in whatever order, approval takes enough distinct people who may. */
    @Test
    void inNoHistoryIsAnythingApprovedWithoutEnoughPeopleWhoMay() {
        List<String> names = List.of("olivia", "olivia-adm", "ada", "erin", "rashid", "r2", "mallory");
        for (long seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ReviewPolicyTest history = new ReviewPolicyTest();
            history.required = 1 + random.nextInt(3);
            for (int step = 0; step < 8; step++) {
                String who = names.get(random.nextInt(names.size()));
                history.decisions.removeIf(decision -> decision.contains("by: " + who + ","));
                history.says(
                        who,
                        random.nextInt(5) == 0 ? "Deny" : "Approve",
                        random.nextInt(4) == 0 ? "ffffffffffffffffffffffffffffffff" : HASH,
                        null);
                if (who.equals("mallory")) {
                    history.rights.put("request/mallory", new ReviewerRights(Verdict.Denied, Verdict.Denied, ""));
                }
                if (random.nextInt(6) == 0) {
                    history.proofs.put("request/" + who, Answer.UNPROVED);
                }
                history.now = history.now.plus(Duration.ofHours(random.nextInt(6)));
                ReviewDecision decided = history.decide();
                history.record(decided);
                if (decided.outcome().equals(Optional.of(Outcome.Approved))) {
                    assertThat(decided.verdicts().stream()
                                    .filter(SeenVerdict::counts)
                                    .map(verdict -> ALIASES.person(verdict.by()))
                                    .distinct())
                            .as("approvers in the history of seed " + seed)
                            .doesNotContain("rashid", "mallory")
                            .hasSizeGreaterThanOrEqualTo(history.required);
                    assertThat(decided.verdicts().stream().filter(SeenVerdict::counts))
                            .allMatch(SeenVerdict::nameProved);
                    assertThat(decided.decidedAt().orElseThrow()).isBefore(DUE);
                }
            }
        }
    }

    @Test
    void whoeverAsksAddsNoLinesToWhatAnApproverReads() {
        reason = "\"ok\\nrisks: none\\u202e\"";

        assertThat(ReviewItems.sentence(facts().spec())).endsWith("; because: ok risks: none ");
    }

    @Test
    void whoApprovesIsToldWhenItWouldBeginAndThatTokensAreMinted() {
        reason = "ok\n    credential: Mint\n    notBefore: 2026-12-24T00:00:00Z";

        assertThat(ReviewItems.sentence(facts().spec()))
                .contains(
                        "; whoever asked mints tokens themselves (Mint); begins at 2026-12-24T00:00:00Z at the earliest");
    }

    private void says(String by, String verdict) {
        says(by, verdict, HASH, null);
    }

    private void says(String by, String verdict, String hash, @Nullable String group) {
        decisions.add("{item: request, by: " + (by.contains(":") ? "\"" + by + "\"" : by) + ", verdict: " + verdict
                + ", itemHash: " + hash + (group == null ? "" : ", byAs: [" + group + "]") + "}");
        proofs.put("request/" + by, Answer.PROVED);
        rights.putIfAbsent("request/" + by, MAY);
    }

    private void record(ReviewDecision decided) {
        status = ReviewStatusReport.of(facts(), decided, Optional.empty(), status, now);
    }

    private static String reason(ReviewDecision decided, String by) {
        return decided.verdicts().stream()
                .filter(verdict -> verdict.by().equals(by))
                .findFirst()
                .orElseThrow()
                .reason();
    }

    private ReviewDecision decide() {
        ReviewDecision decided = ReviewPolicy.decide(facts(), ALIASES, now);
        assertThat(decided.ask()).isEmpty();
        return decided;
    }

    private static Insider insider(Kind kind, String name) {
        return new Insider(kind, name, ACCOUNT, "create pods, by RoleBinding payments/b", List.of("as-it-was"));
    }

    private static InsidersWhenAsked insiders(boolean complete, Insider... insiders) {
        return new InsidersWhenAsked(DUE.minusSeconds(60), List.of(ACCOUNT), complete, List.of(insiders));
    }

    private ReviewFacts facts() {
        AccessReview review = Serialization.unmarshal(
                """
                apiVersion: lapse.dev/v1alpha1
                kind: AccessReview
                metadata:
                  name: lapse-1
                  namespace: payments
                  uid: review-uid
                  generation: 1
                  creationTimestamp: 2026-11-02T09:00:00Z
                spec:
                  type: Request
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
                    reason: %s
                  required: %d
                  dueAt: %s
                  %s
                  decisions: [%s]
                """.formatted(HASH, reason, required, DUE, reviewers, String.join(", ", decisions)),
                AccessReview.class);
        ReviewFacts facts = ReviewFacts.of(
                        review,
                        status,
                        wanted,
                        Optional.of("system:serviceaccount:payments:ci"),
                        Map.of(),
                        Map.copyOf(proofs))
                .withWhenAsked(whenAsked);
        for (var decision : facts.decisions()) {
            ReviewerRights known = rights.get(ReviewFacts.key(decision));
            if (known != null) {
                facts = facts.withRights(decision, known);
            }
        }
        return facts;
    }
}
