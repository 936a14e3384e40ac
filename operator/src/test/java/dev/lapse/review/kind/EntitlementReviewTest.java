package dev.lapse.review.kind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.Entitlement;
import dev.lapse.access.Rule;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewSpecBuilder;
import dev.lapse.api.v1alpha1.AccessReviewStatus;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.Decision;
import dev.lapse.api.v1alpha1.EligibleEntry.Insiders;
import dev.lapse.api.v1alpha1.PinnedEntry;
import dev.lapse.condition.Reason;
import dev.lapse.guard.NameProof.Answer;
import dev.lapse.identity.GivenIdentity;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.RoleFacts;
import dev.lapse.identity.Vouching;
import dev.lapse.review.Aliases;
import dev.lapse.review.Consent;
import dev.lapse.review.KubernetesReviews;
import dev.lapse.review.ReviewDecision;
import dev.lapse.review.ReviewFacts;
import dev.lapse.review.ReviewItems;
import dev.lapse.review.ReviewPolicy;
import dev.lapse.review.ReviewStatusReport;
import dev.lapse.review.ReviewerRights;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked about an entry beyond its applier's limits, whose yes counts, and what comes of it. */
class EntitlementReviewTest {
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");
    private static final String ENTRY =
            "eligible: [{name: look, role: {kind: ClusterRole, name: edit}, namespaces: [payments], maxDuration: 2h,"
                    + " entitledBy: olivia, entitledByVia: argo}]";
    private static final ReviewerRights MAY = new ReviewerRights(Verdict.Allowed, Verdict.Denied, "");
    private static final Entitlement.Outcome NOT_ENTITLED =
            new Entitlement.NotEntitled("namespace payments", "ada may not create rolebindings", "write this entry");
    private static final EntitlementReview ASKED = asked(ENTRY, role("get"));

    private final Map<String, ReviewerRights> rights = new HashMap<>();
    private Answer proof = Answer.PROVED;
    private boolean wanted = true;
    private Instant now = NOW;

    @Nullable
    private AccessReviewStatus status;

    @Test
    void itAsksForOneYesOfWhoeverHoldsTheVerbWithinAWeek() {
        AccessReviewSpec spec = ASKED.spec();

        assertThat(spec.required()).isEqualTo(1);
        assertThat(spec.reviewers()).isNull();
        assertThat(spec.insiders()).isEqualTo(Insiders.Allow);
        assertThat(spec.dueAt()).isEqualTo("2026-11-09T10:00:00Z");
        assertThat(spec.identityUID()).isEqualTo("identity-uid");
        assertThat(ASKED.name()).matches("lapse-[0-9a-f]{20}");
        assertThat(ASKED.name().substring(6)).isEqualTo(pinned().hash().substring(0, 20));
    }

    @Test
    void itTellsWhatAnApproverHasToKnow() {
        assertThat(ReviewItems.sentence(ASKED.spec()))
                .isEqualTo(
                        "ClusterRole/edit in payments for up to 2h (entry look of ci, principal Dedicated), entitled by"
                                + " olivia (claimed, written by argo); risks: SecretsRead");
    }

    @Test
    void theSameAskedLaterIsTheSameReview() {
        IdentityFacts identity = GivenIdentity.with(ENTRY);

        EntitlementReview later =
                EntitlementReview.of(identity, identity.entry("look").orElseThrow(), role("get"), NOW.plusSeconds(60));

        assertThat(later.name()).isEqualTo(ASKED.name());
        assertThat(later.isWhatWasAsked(ASKED.spec())).isTrue();
    }

    @Test
    void whateverChangesHasAnotherReview() {
        List<EntitlementReview> others = List.of(
                asked(ENTRY.replace("2h", "3h"), role("get")),
                asked(ENTRY.replace("[payments]", "[orders]"), role("get")),
                asked(ENTRY.replace("olivia", "erin"), role("get")),
                asked(ENTRY.replace("entitledBy:", "approvals: {required: 0}, entitledBy:"), role("get")),
                asked(ENTRY, role("get", "list")),
                asked(ENTRY, new RoleFacts(Map.of("", new RoleFacts.Seen("another", rules("get"))), List.of(""))),
                asked("actorType: Agent\n" + ENTRY, role("get")));

        assertThat(others)
                .extracting(EntitlementReview::name)
                .doesNotHaveDuplicates()
                .doesNotContain(ASKED.name());
    }

    @Test
    void whoeverCouldBindItTakesTheAuthorsPlace() {
        ReviewDecision decided = decide(says("ada", "Approve"));

        assertThat(decided.outcome()).contains(Outcome.Approved);
        assertThat(decided.message()).isEqualTo("approved by ada");
        assertThat(answer(decided, says("ada", "Approve")))
                .isEqualTo(new Vouching.Given(ASKED.name(), UserInfo.of("ada", List.of("platform"))));
    }

    /** Nobody approves their own request, but whoever Git names may say in person that they entitle to it. */
    @Test
    void theClaimedAuthorMaySayItInPerson() {
        assertThat(decide(says("olivia", "Approve")).outcome()).contains(Outcome.Approved);
    }

    @Test
    void aYesOfSomebodyWhoCouldNotBindItDoesNotCountAndSaysWhy() {
        rights.put("look/ada", MAY.withBinds(NOT_ENTITLED));

        ReviewDecision decided = decide(says("ada", "Approve"));

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.verdicts()).singleElement().satisfies(verdict -> {
            assertThat(verdict.reason()).isEqualTo("NotEntitled");
            assertThat(verdict.message())
                    .contains("ada may not create rolebindings", "who could bind it there", "byAs");
        });
    }

    @Test
    void aNoTakesTheVerbAlone() {
        rights.put("look/ada", MAY.withBinds(NOT_ENTITLED));

        assertThat(decide(says("ada", "Deny")).outcome()).contains(Outcome.Denied);
    }

    @Test
    void whatCouldNotBeFoundOutWaits() {
        rights.put("look/ada", MAY.withBinds(new Entitlement.Undecided("the API server was away")));

        ReviewDecision decided = decide(says("ada", "Approve"));

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.verdicts()).isEmpty();
        assertThat(decided.lookAgainAt()).contains(NOW.plusSeconds(10));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    system:serviceaccount:payments:ci, OwnIdentity
                    system:serviceaccount:lapse-principals:lapse-1, OwnIdentity
                    argo, OwnIdentity
                    system:serviceaccount:orders:bot, NotAReviewer
                    """)
    void whoIsNoPersonVouchesForNothing(String who, String reason) {
        ReviewDecision decided = decide(says(who, "Approve"));

        assertThat(decided.phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decided.verdicts())
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.reason()).isEqualTo(reason));
    }

    @Test
    void aYesWithoutTheVerbToSomethingElseLateOrUnprovedDoesNotCount() {
        rights.put("look/ada", new ReviewerRights(Verdict.Denied, Verdict.Denied, ""));
        assertThat(reason(decide(says("ada", "Approve")))).isEqualTo("NotAllowed");
        rights.clear();

        Decision other = new Decision("look", "ada", null, Decision.Verdict.Approve, "another-hash-0123", null);
        assertThat(reason(decide(other))).isEqualTo("OtherHash");

        proof = Answer.UNPROVED;
        assertThat(reason(decide(says("ada", "Approve")))).isEqualTo("NameUnproved");
        proof = Answer.PROVED;

        now = ASKED.spec().dueAt();
        ReviewDecision late = decide(says("ada", "Approve"));
        assertThat(reason(late)).isEqualTo("Late");
        assertThat(late.phase()).isEqualTo(ReviewPhase.Expired);
    }

    @Test
    void whatNobodyDecidedIsRefusedAndSaysHowItIsAskedAgain() {
        now = ASKED.spec().dueAt();

        refused(answer(decide(), new Decision[0]), Reason.ReviewExpired, "silence is a no", "deleted");
    }

    @Test
    void whatSomebodyDeniedIsRefusedWithTheirNameAndWords() {
        Decision no = new Decision("look", "erin", null, Decision.Verdict.Deny, pinned().hash(), "not that role");

        refused(answer(decide(no), no), Reason.ApprovalDenied, "denied by erin: not that role", ASKED.name());
    }

    @Test
    void whatChangedMeanwhileIsClosedAndOpenAgainOnceItIsAsItWas() {
        wanted = false;
        ReviewDecision closed = decide();
        assertThat(closed.phase()).isEqualTo(ReviewPhase.Cancelled);
        assertThat(answer(closed, new Decision[0]))
                .isEqualTo(new Vouching.Asked(ASKED.name(), ASKED.spec().dueAt()));

        status = ReviewStatusReport.of(facts(), closed, Optional.empty(), null, NOW)
                .open();
        wanted = true;

        assertThat(decide().phase()).isEqualTo(ReviewPhase.Open);
        assertThat(decide(says("ada", "Approve")).outcome()).contains(Outcome.Approved);
    }

    @Test
    void whatIsBackTooLateIsNotAskedAgainByItself() {
        wanted = false;
        ReviewDecision closed = decide();
        now = ASKED.spec().dueAt();

        refused(answer(closed, new Decision[0]), Reason.ReviewCancelled, "now it is as before", "deleted");
    }

    @Test
    void aReviewThatTheOperatorDidNotOpenAsItIsVouchesForNothing() {
        PinnedEntry less = new PinnedEntry(
                "look",
                pinned().hash(),
                "ClusterRole/view",
                List.of("payments"),
                pinned().principal(),
                "1h",
                List.of(),
                "olivia",
                "argo");
        List<UnaryOperator<AccessReviewSpec>> forgeries = List.of(
                spec -> with(spec, List.of(less), 1, "identity-uid"),
                spec -> with(spec, spec.pinned(), 2, "identity-uid"),
                spec -> with(spec, spec.pinned(), 1, "another-uid"));

        Stream<Vouching> answers = forgeries.stream()
                .map(forged -> ASKED.answer(
                        new Consent(
                                ASKED.name(),
                                forged.apply(ASKED.spec()),
                                ReviewPhase.Completed,
                                true,
                                "1/1",
                                List.of(UserInfo.of("ada", List.of())),
                                ""),
                        NOW));

        assertThat(answers).allSatisfy(answer -> refused(answer, Reason.ApprovalVoid, "not opened by the operator"));
    }

    private static AccessReviewSpec with(AccessReviewSpec spec, List<PinnedEntry> entries, int required, String uid) {
        return AccessReviewSpecBuilder.builder(spec)
                .identityUID(uid)
                .entries(entries)
                .required(required)
                .decisions(List.of())
                .build();
    }

    private static void refused(Vouching answer, Reason reason, String... words) {
        assertThat(answer).isInstanceOfSatisfying(Vouching.Refused.class, refusal -> {
            assertThat(refusal.reason()).isEqualTo(reason);
            assertThat(refusal.why()).contains(words);
        });
    }

    private static String reason(ReviewDecision decided) {
        return decided.verdicts().get(0).reason();
    }

    private static PinnedEntry pinned() {
        return ASKED.spec().pinned().get(0);
    }

    private static EntitlementReview asked(String spec, RoleFacts role) {
        IdentityFacts identity = GivenIdentity.with(spec);
        return EntitlementReview.of(identity, identity.entry("look").orElseThrow(), role, NOW);
    }

    private static RoleFacts role(String... verbs) {
        return new RoleFacts(Map.of("", new RoleFacts.Seen("role-uid", rules(verbs))), List.of(""));
    }

    private static List<Rule> rules(String... verbs) {
        return List.of(new Rule(List.of(""), List.of("secrets"), List.of(verbs), List.of(), List.of()));
    }

    private static Decision says(String who, String verdict) {
        return new Decision(
                "look",
                who,
                who.equals("ada") ? List.of("platform") : null,
                Decision.Verdict.valueOf(verdict),
                pinned().hash(),
                null);
    }

    private ReviewDecision decide(Decision... decisions) {
        ReviewDecision decided = ReviewPolicy.decide(facts(decisions), Aliases.NONE, now);
        assertThat(decided.ask()).isEmpty();
        return decided;
    }

    /** As the entry reads it, once the operator has written it down. */
    private Vouching answer(ReviewDecision decided, Decision... decisions) {
        AccessReviewStatus written = ReviewStatusReport.of(facts(decisions), decided, Optional.empty(), null, now);
        return ASKED.answer(
                KubernetesReviews.consent(
                        ASKED.name(), ASKED.spec().with(ASKED.spec().dueAt(), List.of(decisions)), written),
                now);
    }

    private ReviewFacts facts(Decision... decisions) {
        AccessReview review = new AccessReview();
        review.setMetadata(new ObjectMetaBuilder()
                .withName(ASKED.name())
                .withNamespace("payments")
                .withUid("review-uid")
                .withGeneration(1L)
                .withCreationTimestamp("2026-11-02T09:00:00Z")
                .build());
        review.setSpec(ASKED.spec().with(ASKED.spec().dueAt(), List.of(decisions)));
        Map<String, Answer> proofs = new HashMap<>();
        List.of(decisions).forEach(decision -> proofs.put(ReviewFacts.key(decision), proof));
        ReviewFacts facts = ReviewFacts.of(
                        review,
                        status,
                        wanted,
                        Optional.of("system:serviceaccount:payments:ci"),
                        Map.of(),
                        Map.copyOf(proofs))
                .withAppliers(Set.of("argo"));
        for (Decision decision : decisions) {
            facts = facts.withRights(decision, rights.getOrDefault(ReviewFacts.key(decision), MAY));
        }
        return facts;
    }
}
