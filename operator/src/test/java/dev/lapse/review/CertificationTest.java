package dev.lapse.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.guard.NameProof.Answer;
import dev.lapse.guard.Seal;
import dev.lapse.memory.RevokedPrivilege;
import dev.lapse.review.kind.CertificationVerdicts;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes of the verdicts on the two entries, look and afar, that an identity may ask for. */
class CertificationTest {
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");
    private static final Instant DUE = Instant.parse("2026-11-03T10:00:00Z");
    private static final ReviewerRights MAY = new ReviewerRights(Verdict.Allowed, Verdict.Denied, "");
    private static final ReviewerRights INSIDER =
            new ReviewerRights(Verdict.Allowed, Verdict.Allowed, "erin may create serviceaccounts/token");
    private static final ReviewerRights UNKNOWN = new ReviewerRights(Verdict.Unknown, Verdict.Denied, "timeout");
    private static final Aliases ALIASES = new Aliases(List.of(List.of("ada", "ada-adm")));

    private final List<String> decisions = new ArrayList<>();
    private final Map<String, ReviewerRights> rights = new HashMap<>();
    private final Map<String, List<String>> revokedBefore = new HashMap<>();
    private String partOf = "{namespace: payments, name: spring, uid: campaign-uid}";
    private String reviewers = "[]";
    private String onMissed = "Suspend";
    private boolean wanted = true;
    private Instant now = NOW;

    @Nullable
    private AccessReviewStatus status;

    @Test
    void itIsOpenWhileAnItemIsUndecidedAndOverdueOnceItIsDue() {
        says("ada", "Keep", "look");

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decide().approvals()).isEqualTo(1);
        assertThat(decide().lookAgainAt()).contains(DUE);
        assertThat(decide().message()).isEqualTo("Keep or Revoke is owed for afar until " + DUE);

        now = DUE;

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Overdue);
    }

    @ParameterizedTest
    @CsvSource({
        "Report, nothing is done about it but this",
        "Suspend, the identity is held until it is decided",
        "Revoke, what nobody decided is revoked"
    })
    void whatSilenceDoesIsSaid(String missed, String told) {
        onMissed = missed;
        now = DUE;

        assertThat(decide().message()).contains(told).contains("Keep or Revoke is owed for look, afar");
    }

    @ParameterizedTest
    @CsvSource({"Keep, Keep, Kept", "Keep, Revoke, Revoked", "Revoke, Revoke, Revoked"})
    void itIsCompletedOnceEachItemIsDecided(String look, String afar, Outcome outcome) {
        says("ada", look, "look");
        says("olivia", afar, "afar");

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Completed);
        assertThat(decide().outcome()).contains(outcome);
    }

    @Test
    void aLateVerdictCounts() {
        now = DUE.plus(Duration.ofDays(400));
        says("ada", "Keep", "look");
        says("ada", "Keep", "afar");

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Completed);
    }

    @Test
    void aVerdictThatIsThereCountsBeforeSilenceDoes() {
        says("ada", "Keep", "look");
        says("ada", "Keep", "afar");
        rights.put("afar/ada", UNKNOWN);
        now = DUE.plusSeconds(1);

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decide().lookAgainAt()).contains(now.plusSeconds(10));

        rights.put("afar/ada", MAY);

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Completed);
    }

    @Test
    void theFirstVerdictOnAnItemStandsAndSaysNothingOfTheOther() {
        says("ada", "Keep", "look");
        says("olivia", "Revoke", "look");
        says("olivia", "Revoke", "afar");

        assertThat(verdicts()).containsExactly("ada Counts", "olivia AlreadyDecided", "olivia Counts");
    }

    @ParameterizedTest
    @CsvSource({"ada, SamePerson", "ada-adm, SamePerson", "rashid, SamePerson", "olivia, Counts"})
    void aRevokeOfEarlierReviewsIsLiftedBySomebodyElse(String by, String reason) {
        revokedBefore.put("look", List.of("rashid", "ada"));
        says(by, "Keep", "look");

        assertThat(verdicts()).containsExactly(by + " " + reason);
    }

    @Test
    void onlyTheReviewersDecideUntilItIsDueAndThenWhoeverHoldsTheVerb() {
        reviewers = "[{user: ada}]";
        says("olivia", "Keep", "look");

        assertThat(verdicts()).containsExactly("olivia NotAReviewer");
        assertThat(decide().verdicts().get(0).message()).contains("from " + DUE + " on everybody decides");

        now = DUE;

        assertThat(verdicts()).containsExactly("olivia Counts");
    }

    @ParameterizedTest
    @CsvSource({
        "payments, ClusterRole/view, true",
        "shop, ClusterRole/view, false",
        "payments shop, ClusterRole/view, false",
        "payments, ClusterRole/edit, false"
    })
    void whatIsRevokedHereIsNotLiftedHere(String places, String role, boolean here) {
        says("ada", "Revoke", "look");
        says("ada", "Keep", "afar");
        RevokedPrivilege revoked = new RevokedPrivilege(
                "payments", "ci", "", role, List.of(places.split(" ")), List.of(), List.of("ada"), "lapse-1", NOW);

        assertThat(CertificationVerdicts.revokedHere(facts().spec(), decide().verdicts(), revoked))
                .isEqualTo(here);
    }

    @Test
    void whoActsAsTheAccountKeepsNothingButMayTakeAway() {
        says("erin", "Keep", "look");
        says("erin", "Revoke", "afar");
        rights.put("look/erin", INSIDER);
        rights.put("afar/erin", INSIDER);

        assertThat(verdicts()).containsExactly("erin Insider", "erin Counts");
        assertThat(decide().verdicts().get(0).message()).endsWith("or the campaign may say insiders: Allow");
    }

    @Test
    void theIdentityItselfDecidesNothing() {
        says("system:serviceaccount:payments:ci", "Keep", "look");

        assertThat(verdicts()).containsExactly("system:serviceaccount:payments:ci OwnIdentity");
    }

    @Test
    void anotherHashAnItemThatIsNotThereAndTheHashOfTheOtherItemDoNotCount() {
        decisions.add("{item: look, by: ada, verdict: Keep, itemHash: " + "9".repeat(32) + "}");
        decisions.add("{item: look, by: olivia, verdict: Keep, itemHash: " + hash("afar") + "}");
        decisions.add("{item: nothing, by: ada, verdict: Keep, itemHash: " + hash("look") + "}");

        assertThat(verdicts()).containsExactly("ada OtherHash", "olivia OtherHash", "ada NoSuchItem");
    }

    @Test
    void whatTheOperatorDidNotOpenIsCancelled() {
        wanted = false;
        says("ada", "Keep", "look");
        says("ada", "Keep", "afar");

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Cancelled);
        assertThat(decide().outcome()).isEmpty();
    }

    @Test
    void theStatusTellsEachItemItsVerdictAndTheCommandForTheNext() {
        says("ada", "Revoke", "look");

        AccessReviewStatus told = ReviewStatusReport.of(facts(), decide(), Optional.empty(), null, now);

        assertThat(told.approvals()).isEqualTo("1/2");
        assertThat(told.items())
                .extracting(item -> item.name() + " " + item.verdict())
                .containsExactly("look Revoke", "afar null");
        assertThat(told.patch()).contains("\"item\": \"afar\"").contains("\"verdict\": \"Keep\"");
    }

    @Test
    void oneThatNoCampaignOpenedIsJudgedAndIsOverdueAndIsCompleted() {
        partOf = "null";
        says("erin", "Keep", "look");
        rights.put("look/erin", INSIDER);

        assertThat(facts().spec().partOf()).isNull();
        assertThat(verdicts()).containsExactly("erin Insider");
        assertThat(decide().verdicts().get(0).message()).endsWith("or the review may say insiders: Allow");
        assertThat(decide().phase()).isEqualTo(ReviewPhase.Open);

        now = DUE;

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Overdue);

        says("ada", "Keep", "look");
        says("ada", "Revoke", "afar");

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Completed);
        assertThat(decide().outcome()).contains(Outcome.Revoked);
    }

    @Test
    void theFirstVerdictStandsAlsoWhereNoCampaignOpenedIt() {
        partOf = "null";
        says("ada", "Keep", "look");
        says("olivia", "Revoke", "look");

        assertThat(verdicts()).containsExactly("ada Counts", "olivia AlreadyDecided");
        assertThat(decide().verdicts().get(1).message())
                .isEqualTo("ada has decided it: Keep. Another review may decide otherwise");
    }

    @Test
    void theStatusOfOneThatNoCampaignOpenedIsSealed() {
        partOf = "null";
        says("ada", "Keep", "look");
        StatusSeal seal = new StatusSeal(new Seal(new byte[32]));

        AccessReviewStatus sealed =
                seal.on(ReviewStatusReport.of(facts(), decide(), Optional.empty(), null, now), "review-uid");

        assertThat(seal.isOn(sealed, "review-uid")).isTrue();
        assertThat(seal.isOn(sealed, "another-uid")).isFalse();
        assertThat(sealed.campaign()).isNull();
        assertThat(sealed.approvals()).isEqualTo("1/2");
    }

    private List<String> verdicts() {
        return decide().verdicts().stream()
                .map((SeenVerdict verdict) -> verdict.by() + " " + verdict.reason())
                .toList();
    }

    private void says(String by, String verdict, String item) {
        decisions.add(
                "{item: " + item + ", by: \"" + by + "\", verdict: " + verdict + ", itemHash: " + hash(item) + "}");
        rights.putIfAbsent(item + "/" + by, MAY);
    }

    private static String hash(String item) {
        return (item.equals("look") ? "0" : "1") + "123456789abcdef0123456789abcdef";
    }

    private ReviewDecision decide() {
        ReviewDecision decided = ReviewPolicy.decide(facts(), ALIASES, now);
        assertThat(decided.ask()).isEmpty();
        return decided;
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
                  type: Certification
                  identityRef: {name: ci}
                  identityUID: identity-uid
                  entries:
                    - {name: look, hash: %s, role: ClusterRole/view, namespaces: [payments], principal: Dedicated,
                       maxDuration: 1h, risks: [], entitledBy: olivia}
                    - {name: afar, hash: %s, role: ClusterRole/view, namespaces: [shop], principal: Dedicated,
                       maxDuration: 1h, risks: [], entitledBy: olivia}
                  partOf: %s
                  required: 1
                  reviewers: %s
                  onMissed: %s
                  dueAt: %s
                  decisions: [%s]
                """.formatted(
                        hash("look"), hash("afar"), partOf, reviewers, onMissed, DUE, String.join(", ", decisions)),
                AccessReview.class);
        Map<String, Answer> proofs = new HashMap<>();
        review.getSpec().decisions().forEach(decision -> proofs.put(ReviewFacts.key(decision), Answer.PROVED));
        ReviewFacts facts = ReviewFacts.of(
                review,
                status,
                wanted,
                Optional.of("system:serviceaccount:payments:ci"),
                Map.copyOf(revokedBefore),
                Map.copyOf(proofs));
        for (var decision : facts.decisions()) {
            ReviewerRights known = rights.get(ReviewFacts.key(decision));
            if (known != null) {
                facts = facts.withRights(decision, known);
            }
        }
        return facts;
    }
}
