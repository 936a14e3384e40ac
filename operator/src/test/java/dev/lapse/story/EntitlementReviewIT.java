package dev.lapse.story;

import static dev.lapse.story.TokenClient.FORBIDDEN;
import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Outcome;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import dev.lapse.story.Caller.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/**
 * Argo applies an entry beyond its limits: {@code edit}, where it may entitle to {@code view}, with Olivia's name, who
 * could not bind it either. Ada and Mallory may approve, and of the two Ada could bind the role.
 */
@SharesCluster
class EntitlementReviewIT {
    private static final String APPLIER = "gitops-applier";
    private static final String REVIEWS = "lapse.dev/accessreviews";

    private static final EntryStatus NOTHING =
            new EntryStatus("", "", false, EntryState.Unknown, "", "the identity has no entry", null, null);

    private final Story story = Story.begins();
    private final String here = story.namespace();

    EntitlementReviewIT() {
        story.rights().give(Rights.user(APPLIER), here, "create get patch govern", Story.IDENTITIES);
        for (String person : List.of("ada", "mallory")) {
            story.let(person, "get list patch", REVIEWS);
            story.let(person, "get approve", Story.IDENTITIES);
        }
        story.letBind("ada", "edit", here);
    }

    @StoryTest
    void somebodyWhoCouldBindItTakesThePlaceOfTheClaimedAuthor() {
        argoApplies();
        Review review = opened();
        assertThat(entry().state()).isEqualTo(EntryState.Refused);
        assertThat(entry().reason()).isEqualTo(Reason.BeyondApplierLimits.name());
        assertThat(entry().message()).contains("kubectl lapse approve " + review.name());
        assertThat(story.awaitEventOfIdentity(Story.IDENTITY)).contains("entry change", review.name());
        assertThat(review.awaitEvent("ReviewOpened"))
                .contains("ClusterRole/edit", here, "olivia", APPLIER, "SecretsRead", "entry change of ci");
        Grant grant = story.asks("rashid", "change", "10m").awaitReason(Reason.BeyondApplierLimits.name());
        assertThat(grant.phase()).isEqualTo(GrantPhase.Pending);

        assertThat(review.says("mallory", "Approve").passed()).isTrue();

        assertThat(review.verdictOf("mallory").reason()).isEqualTo("NotEntitled");
        assertThat(review.awaitEvent("VerdictDoesNotCount"))
                .contains("mallory may not create rolebindings in namespace " + here);
        assertThat(grant.phase()).isEqualTo(GrantPhase.Pending);
        assertThat(grant.leftovers()).isEmpty();

        assertThat(review.says("ada", "Approve").passed()).isTrue();

        grant.awaitActive();
        assertThat(grant.tokenReadBy("rashid").lists(here)).isEqualTo(OK);
        review.awaitPhase(ReviewPhase.Completed);
        assertThat(review.now().getStatus().outcome()).isEqualTo(Outcome.Approved);
        EntryStatus eligible = awaitEntry(EntryState.Eligible);
        assertThat(eligible.message()).contains("vouched for by ada", review.name());
    }

    @StoryTest
    void whoLosesTheRightVouchesForNoFurtherGrant() {
        argoApplies();
        Review review = approvedByAda();
        story.asks("rashid", "change", "10m").awaitActive();

        story.rights().takeFrom(Rights.user("ada"), here);

        Grant late = story.asks("rashid", "change", "10m").awaitPhase(GrantPhase.Denied);
        assertThat(late.reason()).isEqualTo(Reason.AuthorNotEntitled.name());
        assertThat(late.condition(ConditionType.Ready).message())
                .contains("ada may not create rolebindings", review.name(), "somebody else is asked");
        assertThat(awaitEntry(EntryState.Refused).message()).contains("ada had vouched");

        story.let("ada", "delete", REVIEWS);
        story.letBind("mallory", "edit", here);
        delete("ada", review);
        Review again = opened();
        assertThat(again.says("mallory", "Approve").passed()).isTrue();
        story.asks("rashid", "change", "10m").awaitActive();
    }

    /** A hand that edits what Git says, and Argo's self-heal. */
    @StoryTest
    void whatIsAppliedAgainUnchangedKeepsItsApprovalAndWhatIsChangedIsAskedAboutAnew() {
        argoApplies();
        Review review = approvedByAda();

        story.changeIdentity("olivia", "{\"eligible\": []}");
        story.awaitIdentityKnown(Story.IDENTITY);
        argoApplies();
        story.awaitIdentityKnown(Story.IDENTITY);

        assertThat(awaitEntry(EntryState.Eligible).message()).contains("vouched for by ada", review.name());
        story.asks("rashid", "change", "10m").awaitActive();

        argoApplies(claimed().with("maxDuration", "2h"));
        awaitEntry(EntryState.Refused);
        assertThat(opened().name()).isNotEqualTo(review.name());
        Grant waiting = story.asks("rashid", "change", "10m").awaitReason(Reason.BeyondApplierLimits.name());
        assertThat(waiting.leftovers()).isEmpty();
    }

    @StoryTest
    void whatChangedBackBeforeAnybodyDecidedIsAskedAboutAgain() {
        argoApplies();
        Review review = opened();

        argoApplies(claimed().with("maxDuration", "2h"));
        Review another = opened();
        review.awaitPhase(ReviewPhase.Cancelled);
        argoApplies();

        review.awaitPhase(ReviewPhase.Open);
        another.awaitPhase(ReviewPhase.Cancelled);
        assertThat(review.says("ada", "Approve").passed()).isTrue();
        awaitEntry(EntryState.Eligible);
    }

    @StoryTest
    void whatSomebodyDeniedIsRefusedUntilTheQuestionIsAskedAgain() {
        argoApplies();
        Review review = opened();
        Grant grant = story.asks("rashid", "change", "10m").awaitReason(Reason.BeyondApplierLimits.name());

        assertThat(review.says("mallory", "Deny").passed()).isTrue();

        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.reason()).isEqualTo(Reason.ApprovalDenied.name());
        EntryStatus refused = awaitEntry(EntryState.Refused, Reason.ApprovalDenied);
        assertThat(refused.message()).contains("denied by mallory", review.name(), "delete");
        String uid = review.now().getMetadata().getUid();

        story.let("mallory", "delete", REVIEWS);
        delete("mallory", review);

        Review again = opened();
        assertThat(again.now().getMetadata().getUid()).isNotEqualTo(uid);
        assertThat(again.says("ada", "Approve").passed()).isTrue();
        awaitEntry(EntryState.Eligible);
    }

    @StoryTest
    void neitherTheApplierNorTheIdentityNorAnAccountVouches() {
        story.letBind(APPLIER, "edit", here);
        story.let(APPLIER, "get patch", REVIEWS);
        story.let(APPLIER, "approve", Story.IDENTITIES);
        story.account("bot");
        for (String account : List.of(Story.IDENTITY, "bot")) {
            var who = Rights.serviceAccount(here, account);
            story.rights().give(who, here, "get patch", REVIEWS);
            story.rights().give(who, here, "approve", Story.IDENTITIES);
            story.rights().give(who, here, "create", Story.ROLE_BINDINGS);
            story.rights().give(who, here, "bind", Story.CLUSTER_ROLES + ":edit");
        }
        argoApplies();
        Review review = opened();

        Answer applier = review.says("argo", APPLIER, "Approve", review.hash(), List.of());

        assertThat(applier.code()).as(applier.body()).isEqualTo(FORBIDDEN);
        assertThat(applier.message()).contains("an applier decides nothing");
        assertThat(saysAs(review, Story.IDENTITY).passed()).isTrue();
        assertThat(saysAs(review, "bot").passed()).isTrue();
        assertThat(review.verdictOf(user(Story.IDENTITY)).reason()).isEqualTo("OwnIdentity");
        assertThat(review.verdictOf(user("bot")).reason()).isEqualTo("NotAReviewer");
        assertThat(entry().state()).isEqualTo(EntryState.Refused);
    }

    @StoryTest
    void nobodyElseOpensOrDeletesSuchAReview() {
        story.let("mallory", "create delete", REVIEWS);
        argoApplies();
        Review review = opened();
        Caller mallory = new Caller(story.cluster().as("mallory"));

        Answer beside = mallory.create(story.path("accessreviews"), Caller.json(review.copy("lapse-0123456789")));
        Answer away = mallory.send("DELETE", review.path(), "application/json", "{}");

        assertThat(beside.code()).as(beside.body()).isEqualTo(FORBIDDEN);
        assertThat(away.code()).as(away.body()).isEqualTo(FORBIDDEN);
    }

    @StoryTest
    void onTheCommandLine(@TempDir Path home) {
        Terminal terminal = new Terminal(story.cluster(), home);
        story.let("ada", "get list", Story.GRANTS);
        argoApplies();
        Review review = opened();

        Terminal.Answer why = terminal.lapse("ada", "explain", "serviceidentity/ci", "-n", here);
        Terminal.Answer tree = terminal.lapse("ada", "tree", "ci", "-n", here);
        Terminal.Answer said = terminal.lapse("ada", "approve", review.name(), "-n", here, "--yes");

        assertThat(why.all()).contains("BeyondApplierLimits", "kubectl lapse approve " + review.name());
        assertThat(tree.all()).contains("AccessReview " + review.name());
        assertThat(said.exit()).as(said.all()).isZero();
        assertThat(said.all()).contains("ClusterRole/edit in " + here, "SecretsRead", "olivia", APPLIER);
        awaitEntry(EntryState.Eligible);
        assertThat(terminal.lapse("ada", "explain", "accessreview/" + review.name(), "-n", here)
                        .all())
                .contains("Approve by ada, counts");
    }

    private Entry claimed() {
        return Entry.of("change", "edit")
                .in(here)
                .acceptingEdit()
                .with("entitledBy", "olivia")
                .with("entitledByVia", APPLIER);
    }

    private void argoApplies() {
        argoApplies(claimed());
    }

    /** Creates the identity, or changes its entries. */
    private void argoApplies(Entry entry) {
        if (story.admin()
                        .resources(ServiceIdentity.class)
                        .inNamespace(here)
                        .withName(Story.IDENTITY)
                        .get()
                == null) {
            story.identity("argo", Story.IDENTITY, Map.of("changedBy", "olivia", "changedByVia", APPLIER), entry);
        } else {
            story.changeIdentity("argo", Caller.json(Map.of("eligible", List.of(entry.by("olivia")))));
        }
        story.awaitIdentityKnown(Story.IDENTITY);
    }

    private Review approvedByAda() {
        Review review = opened();
        assertThat(review.says("ada", "Approve").passed()).isTrue();
        awaitEntry(EntryState.Eligible);
        return review;
    }

    /** The one that can be decided, once there is one. */
    private Review opened() {
        String name = await("a review of the entry")
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> reviews().stream()
                                .filter(review -> review.getStatus() != null
                                        && review.getStatus().phase() == ReviewPhase.Open)
                                .map(review -> review.getMetadata().getName())
                                .filter(open -> entry().message().contains(open))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        return new Review(story.cluster(), here, name);
    }

    private List<AccessReview> reviews() {
        return story.admin().resources(AccessReview.class).inNamespace(here).list().getItems().stream()
                .filter(review -> review.getSpec().type() == ReviewType.Entitlement)
                .toList();
    }

    private void delete(String person, Review review) {
        Answer answer = new Caller(story.cluster().as(person)).send("DELETE", review.path(), "application/json", "{}");
        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    private Answer saysAs(Review review, String account) {
        return review.says(new Caller(story.cluster().asAccount(here, account)), user(account), "Approve");
    }

    private String user(String account) {
        return "system:serviceaccount:" + here + ":" + account;
    }

    private EntryStatus entry() {
        List<EntryStatus> entries = story.identityNow().getStatus().entries();
        return entries.isEmpty() ? NOTHING : entries.get(0);
    }

    private EntryStatus awaitEntry(EntryState state) {
        return await("the entry is " + state)
                .atMost(InstalledOperator.LIMIT)
                .until(this::entry, known -> known.state() == state);
    }

    private EntryStatus awaitEntry(EntryState state, Reason reason) {
        return await("the entry is " + state + ", " + reason)
                .atMost(InstalledOperator.LIMIT)
                .until(
                        this::entry,
                        known -> known.state() == state && known.reason().equals(reason.name()));
    }
}
