package dev.lapse.story;

import static dev.lapse.story.Attacker.object;
import static dev.lapse.story.Attacker.op;
import static dev.lapse.story.Attacker.remove;
import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.Reason;
import dev.lapse.story.Caller.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Thirty tries of somebody who holds every right on Lapse's kinds in a namespace, and the built-in {@code edit} there, to
 * reach a role that nobody gave them: {@code edit} in another namespace, which an identity of theirs may ask for. The
 * identity's owner was careful: who may approve is named. After each try real calls prove that the role was not reached.
 */
@SharesCluster
class ThirtyTriesIT {
    private static final String REVIEWS = "lapse.dev/accessreviews";

    private final Story story = Story.begins();
    private final String here = story.namespace();
    private final String there = story.anotherNamespace();
    private final String identity = story.path("serviceidentities") + "/" + Story.IDENTITY;
    private final Attacker mallory = Attacker.of(story, there);

    @BeforeEach
    void aCarefulOwner() {
        story.letBind("olivia", "edit", there);
        story.let("ada", "approve", Story.IDENTITIES);
        story.let("ada", "get patch", REVIEWS);
        story.identity(release());
    }

    @AfterEach
    void theRoleWasNotReached() {
        mallory.reachedNothing();
    }

    private Entry release() {
        return edit("release")
                .in(there)
                .with("approvals", Map.of("required", 1, "approvers", List.of(Map.of("user", "ada"))));
    }

    private static Entry edit(String name) {
        return Entry.of(name, "edit").acceptingEdit();
    }

    /** The proof is worth something: it sees the one way that is open, which the threat model names. */
    @StoryTest
    void butATokenThatIsDeliveredOpenlyWhereSheReadsSecretsIsHers() {
        Grant grant = story.asks("rashid", "release", "10m");
        Review.of(story, grant).approvedBy("ada");
        grant.awaitActive();

        assertThatThrownBy(mallory::reachedNothing).hasMessageContaining("the token in " + grant.objectName());

        grant.revokedBy("rashid", "rashid");
        grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
    }

    @StoryTest
    void anEntryOfHerOwn() {
        Grant grant = mallory.asksOfHerOwn("hers", Map.of(), edit("release").in(there));

        denied(grant, Reason.AuthorNotEntitled, "mallory may not create rolebindings in namespace " + there);
    }

    @StoryTest
    void anEntryOfHerOwnForTheWholeCluster() {
        Grant grant = mallory.asksOfHerOwn(
                "hers", Map.of(), Entry.of("everywhere", "view").clusterWide());

        denied(grant, Reason.AuthorNotEntitled, "mallory may not create clusterrolebindings in the whole cluster");
    }

    @StoryTest
    void anEntryInTheNameOfSomebodyWhoCould() {
        Answer answer = story.createIdentity(
                Attacker.NAME, "hers", Map.of(), edit("release").in(there).with("entitledBy", "olivia"));

        forbidden(answer, "entitledBy must be your own user name: write \"mallory\"");
    }

    @StoryTest
    void anEntryClaimedForSomebodyWhoCould() {
        Entry claimed = edit("release").in(there).with("entitledBy", "olivia").with("entitledByVia", "gitops-applier");

        Answer answer = story.createIdentity(Attacker.NAME, "hers", Map.of(), claimed);

        forbidden(answer, "entitledByVia is for the appliers listed");
    }

    @StoryTest
    void anothersEntryWithoutItsApprovals() {
        Answer none = mallory.patches(
                identity,
                op("test", "/spec/eligible/0/entitledBy", "olivia"),
                op("replace", "/spec/eligible/0/approvals", Map.of("required", 0)));
        Answer others =
                mallory.patches(identity, op("replace", "/spec/eligible/0/approvals/approvers/0/user", Attacker.NAME));

        forbidden(none, "entry \"release\" is new or changed, so its entitledBy must be your own");
        forbidden(others, "entry \"release\" is new or changed, so its entitledBy must be your own");
    }

    @StoryTest
    void anothersEntryTakenOver() {
        Answer taken = mallory.patches(
                identity,
                op("replace", "/spec/eligible/0/approvals", Map.of("required", 0)),
                op("replace", "/spec/eligible/0/entitledBy", Attacker.NAME));
        passed(taken);
        story.awaitIdentityKnown(Story.IDENTITY);

        Grant grant = mallory.asks("release", Map.of());

        denied(grant, Reason.AuthorNotEntitled, "mallory may not create rolebindings in namespace " + there);
    }

    @StoryTest
    void anothersEntryTakenOutAndPutBack() {
        Map<String, Object> easier =
                release().with("approvals", Map.of("required", 0)).by("olivia");
        passed(mallory.patches(identity, remove("/spec/eligible/0")));

        Answer back = mallory.patches(identity, op("add", "/spec/eligible", List.of(easier)));

        forbidden(back, "entitledBy must be your own user name");
        denied(mallory.asks("release", Map.of()), Reason.PrivilegeUnknown, "has no eligible entry release");
    }

    @StoryTest
    void aCopyOfAnothersEntryThatAsksForNobody() {
        Answer answer = mallory.patches(
                identity,
                op("copy", "/spec/eligible/-", "/spec/eligible/0"),
                op("replace", "/spec/eligible/1/name", "easier"),
                op("replace", "/spec/eligible/1/approvals", Map.of("required", 0)));

        forbidden(answer, "entry \"easier\" is new or changed");
    }

    @StoryTest
    void anotherIdentityUnderTheNameOfTheOneThatWasApproved() {
        Grant approved = approved(Map.of("notBefore", in(6)));
        passed(mallory.deletes(identity, "Background"));

        story.identity(Attacker.NAME, Story.IDENTITY, Map.of(), release().with("approvals", Map.of("required", 0)));

        denied(approved, Reason.AuthorNotEntitled, "mallory may not create rolebindings in namespace " + there);
    }

    @StoryTest
    void aSecondIdentityOfTheSameAccount() {
        // Who is older is known by the second.
        Instant older = Instant.parse(story.identityNow().getMetadata().getCreationTimestamp());
        await().until(() -> !Instant.now().isBefore(older.plusSeconds(1)));
        Grant grant = mallory.asksOfHerOwn(
                "hers",
                Map.of("subject", Map.of("serviceAccount", Map.of("name", Story.IDENTITY))),
                edit("release").in(there));

        denied(grant, Reason.SubjectTaken, "belongs to the older ServiceIdentity " + here + "/ci");
    }

    @StoryTest
    void herselfAsTheAccountThatReceivesIt() {
        Grant grant = mallory.asksOfHerOwn(
                "hers",
                Map.of("subject", Map.of("user", Attacker.NAME)),
                edit("release").in(there).with("principal", "Subject"));

        denied(grant, Reason.SubjectNotAllowed, "the user name mallory is not allowed in namespace " + here);
    }

    @StoryTest
    void anActorTypeOfWhichLessIsAsked() {
        Answer answer =
                mallory.merges(identity, Map.of("spec", Map.of("actorType", "Workload", "changedBy", Attacker.NAME)));

        forbidden(answer, "another actorType changes what every entry means");
    }

    /** Who governs identities may do that; it makes nobody an approver. */
    @StoryTest
    void theOwnershipOfTheIdentity() {
        passed(mallory.merges(
                identity, Map.of("spec", Map.of("owner", Map.of("user", Attacker.NAME), "changedBy", Attacker.NAME))));
        Grant grant = story.asks("rashid", "release", "10m");
        Review review = Review.of(story, grant);

        passed(review.says(Attacker.NAME, "Approve"));

        doesNotCount(grant, review, Attacker.NAME, "NotAReviewer", "mallory is not among the reviewers");
    }

    @StoryTest
    void aNamespaceBesideThoseOfTheEntry() {
        Grant grant = mallory.asks("release", Map.of("namespaces", List.of(there, "kube-system")));

        denied(grant, Reason.NamespaceNotEligible, "spec.namespaces names kube-system");
    }

    @StoryTest
    void aRequestInAnothersNameSoThatSheMayApprove() {
        Answer named = story.createGrant("named", Attacker.NAME, "release", "10m", Map.of("requestedBy", "rashid"));
        Answer claimed = story.createGrant(
                "claimed",
                Attacker.NAME,
                "release",
                "10m",
                Map.of("requestedBy", "rashid", "requestedByVia", "gitops-applier", "notAfter", in(600)));
        Grant own = mallory.asks("release", Map.of());
        Answer renamed = mallory.patches(own.path(), op("replace", "/spec/requestedBy", "rashid"));

        forbidden(named, "requestedBy must be your own user name: write \"mallory\"");
        forbidden(claimed, "requestedByVia is for the appliers listed");
        invalid(renamed, "requestedBy is immutable");
    }

    @StoryTest
    void herOwnApproval() {
        Grant grant = mallory.asks("release", Map.of());
        Review review = Review.of(story, grant);

        passed(review.says(Attacker.NAME, "Approve"));

        doesNotCount(grant, review, Attacker.NAME, "OwnRequest", "mallory asked for it: somebody else must decide");
    }

    @StoryTest
    void anApprovalInAnothersNameOrAGroupSheIsNotIn() {
        Review review = Review.of(story, mallory.asks("release", Map.of()));

        Answer asAda = review.says(Attacker.NAME, "ada", "Approve", review.hash(), List.of());
        Answer asOwner =
                review.says(Attacker.NAME, Attacker.NAME, "Approve", review.hash(), List.of("payments-owners"));

        forbidden(asAda, "a verdict carries your own user name");
        forbidden(asOwner, "byAs may only list groups of yours: leave out \"payments-owners\"");
    }

    /** Of an entry whose owner was not so careful: whoever holds the verb may approve. */
    @StoryTest
    void aRunnerThatAsksForHer() {
        openTo();
        account("runner", "create", Story.GRANTS, "request");
        Grant grant = story.asksAs(mallory.as("runner").caller(), user("runner"), "open");
        Review review = Review.of(story, grant);

        Answer answer = review.says(Attacker.NAME, "Approve");

        forbidden(answer, "could act as " + user("runner"));
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    @StoryTest
    void aBotThatApprovesForHer() {
        account("bot", "patch", REVIEWS, "approve");
        openTo();
        Grant anybodys = mallory.asks("open", Map.of());
        Review unnamed = Review.of(story, anybodys);
        passed(unnamed.says(mallory.as("bot").caller(), user("bot"), "Approve"));
        doesNotCount(anybodys, unnamed, user("bot"), "NotAReviewer", "is an account, and others may act as it");

        openTo(Map.of("user", user("bot")));
        story.awaitIdentityKnown(Story.IDENTITY);
        Grant bots = mallory.asks("open", Map.of());
        Review named = Review.of(story, bots);
        passed(named.says(mallory.as("bot").caller(), user("bot"), "Approve"));

        doesNotCount(
                bots,
                named,
                user("bot"),
                "Insider",
                "nobody knows whether whoever asked could act as it",
                "insiders: Allow");
    }

    @StoryTest
    void anApprovalByAnAccountThatSheActsAs() {
        Review review = Review.of(story, mallory.asks("release", Map.of()));
        String account = user(Story.IDENTITY);

        Answer withToken = review.says(mallory.as("ci").caller(), account, "Approve");
        Answer impersonated = review.says(mallory.impersonating(account), account, "Approve");
        Answer asAda = review.says(mallory.impersonating("ada"), "ada", "Approve");

        forbidden(withToken, "cannot patch resource \"accessreviews\"");
        forbidden(impersonated, "cannot patch resource \"accessreviews\"");
        forbidden(asAda, "cannot impersonate");
    }

    @StoryTest
    void aReviewOfHerOwnWithTheApprovalInIt() {
        Grant grant = mallory.asks("release", Map.of());
        Review review = Review.of(story, grant);
        Map<String, Object> copy = review.copy(review.name().replaceAll(".$", "x"));

        Answer answer = mallory.creates(story.path("accessreviews"), copy);

        forbidden(answer, "is opened by the operator alone", "belong to the operator");
    }

    @StoryTest
    void aReviewThatAsksForNobodyOrIsAboutSomethingElse() {
        Review review = Review.of(story, mallory.asks("release", Map.of()));

        Answer fewer = mallory.patches(review.path(), op("replace", "/spec/required", 0));
        Answer others = mallory.patches(review.path(), op("replace", "/spec/reviewers/0/user", Attacker.NAME));
        Answer another = mallory.patches(review.path(), op("replace", "/spec/request/requestedBy", "rashid"));

        invalid(fewer, "required is immutable");
        invalid(others, "reviewers is immutable");
        invalid(another, "request is immutable");
    }

    @StoryTest
    void anothersDenialTakenAway() {
        Grant grant = mallory.asks("release", Map.of());
        Review review = Review.of(story, grant);
        Answer open = mallory.deletes(review.path(), "Background");
        passed(review.says("ada", "Deny"));
        grant.awaitPhase(GrantPhase.Denied);

        Answer removed = mallory.patches(review.path(), remove("/spec/decisions/0"));
        Answer turned = mallory.patches(review.path(), op("replace", "/spec/decisions/0/verdict", "Approve"));
        passed(mallory.deletes(review.path(), "Background"));

        forbidden(open, "an open review cannot be deleted");
        forbidden(removed, "takes no more verdicts");
        forbidden(turned, "takes no more verdicts");
        denied(grant, Reason.ApprovalDenied, "denied by ada");
    }

    @StoryTest
    void aStatusThatSaysYes() {
        Grant grant = mallory.asks("release", Map.of());
        Review review = Review.of(story, grant);

        Answer active = mallory.merges(grant.path() + "/status", status(Map.of("phase", "Active")));
        Answer approved =
                mallory.merges(review.path() + "/status", status(Map.of("phase", "Completed", "outcome", "Approved")));
        Answer eligible = mallory.merges(identity + "/status", status(Map.of("entries", List.of())));

        for (Answer answer : List.of(active, approved, eligible)) {
            forbidden(answer, "status is written by the operator alone");
        }
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    @StoryTest
    void anotherGrantUnderTheApprovedName() {
        Grant approved = approvedOfHers(Map.of("notBefore", in(3600)));
        passed(mallory.deletes(approved.path(), "Background"));
        approved.awaitGone();

        Grant again = story.asksUnder(approved.name(), Attacker.NAME, "release", "10m", Map.of());

        again.awaitReason(Reason.ApprovalRequired.name());
        assertThat(Review.of(story, again).now().getStatus().approvals()).isEqualTo("0/1");
        assertThat(again.awaitEvent("ApprovalRequired")).contains("review");
        assertThat(again.leftovers()).isEmpty();
    }

    @StoryTest
    void anEarlierBeginningOrALongerTimeForWhatWasApproved() {
        Grant approved = approvedOfHers(Map.of("notBefore", in(3600), "notAfter", in(7200)));

        invalid(
                mallory.patches(approved.path(), remove("/spec/notBefore")),
                "the spec of a PrivilegeGrant is immutable");
        invalid(mallory.patches(approved.path(), op("replace", "/spec/duration", "4h")), "duration is immutable");
        invalid(
                mallory.patches(approved.path(), remove("/spec/notAfter")),
                "the spec of a PrivilegeGrant is immutable");
        assertThat(approved.phase()).isEqualTo(GrantPhase.Scheduled);
    }

    @StoryTest
    void herOwnObjectsUnderTheNamesAndLabelsOfAGrant() {
        Grant grant = approved(Map.of("notBefore", in(3600)));
        Map<String, Object> labelled = Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Map.of("name", "mine", "labels", Map.of("lapse.dev/grant-uid", grant.uid())));
        Map<String, Object> generated = Map.of(
                "apiVersion", "v1", "kind", "Secret", "metadata", Map.of("generateName", grant.objectName() + "-"));

        Answer secret = mallory.creates(mallory.core("secrets"), object("Secret", grant.objectName()));
        Answer account = mallory.creates(mallory.core("serviceaccounts"), object("ServiceAccount", grant.objectName()));

        forbidden(secret, "names of the form lapse-<uid> belong to the operator");
        forbidden(account, "names of the form lapse-<uid> belong to the operator");
        forbidden(mallory.creates(mallory.core("secrets"), generated), "belong to the operator");
        forbidden(mallory.creates(mallory.core("secrets"), labelled), "are set by the operator alone");
    }

    @StoryTest
    void aBindingOrAWiderRoleOfHerOwn() {
        story.rights().role(here, "reader", Rights.rule("get", "configmaps"));
        String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/";

        Answer binding = mallory.creates(rbac + there + "/rolebindings", object("RoleBinding", "lapse-hers"));
        Answer role = mallory.patches(rbac + here + "/roles/reader", op("add", "/rules/0/resources/-", "secrets"));
        Answer guard = mallory.merges(
                "/api/v1/namespaces/lapse-system/configmaps/lapse-guard",
                Map.of("data", Map.of("appliers", Attacker.NAME)));

        forbidden(binding, "cannot create resource \"rolebindings\"");
        forbidden(role, "cannot patch resource \"roles\"");
        forbidden(guard, "cannot patch resource \"configmaps\"");
    }

    @StoryTest
    void theAccountThatHoldsItAndTheEnvelopeItsTokenLiesIn() {
        Grant grant = approved(Map.of("credential", Map.of("type", "Token", "encryptTo", readersCertificate())));
        grant.awaitActive();
        String account = "/api/v1/namespaces/lapse-principals/serviceaccounts/" + grant.objectName();

        Answer minted = mallory.creates(account + "/token", object("TokenRequest", ""));
        Answer impersonated = mallory.impersonating("system:serviceaccount:lapse-principals:" + grant.objectName())
                .get("/api/v1/namespaces/" + there + "/secrets");
        Answer delivered =
                new Caller(story.cluster().as(Attacker.NAME)).get(mallory.core("secrets/" + grant.objectName()));
        Answer changed = mallory.merges(
                mallory.core("secrets/" + grant.objectName()), Map.of("metadata", Map.of("labels", Map.of("a", "b"))));

        forbidden(minted, "cannot create resource \"serviceaccounts/token\"");
        forbidden(impersonated, "cannot impersonate");
        forbidden(changed, "is edited by the operator alone");
        assertThat(delivered.json().path("data").fieldNames())
                .toIterable()
                .as("an envelope that only the reader's key opens")
                .doesNotContain("token", "kubeconfig");
    }

    @StoryTest
    void whatSheWasGivenKeptBeyondItsEnd() {
        Grant grant = approvedOfHers(Map.of());
        grant.awaitActive();
        TokenClient token = grant.tokenReadBy(Attacker.NAME);
        assertThat(token.lists(there)).isEqualTo(OK);

        passed(mallory.merges(
                grant.path(),
                Map.of("metadata", Map.of("finalizers", List.of("lapse.dev/revoke-first", "example.com/hers")))));
        Answer held = mallory.merges(
                mallory.core("secrets/" + grant.objectName()),
                Map.of("metadata", Map.of("finalizers", List.of("example.com/hers"))));
        Answer freed = mallory.patches(grant.path(), remove("/metadata/finalizers/0"));
        passed(mallory.deletes(grant.path(), "Foreground"));

        forbidden(held, "is edited by the operator alone");
        forbidden(freed, "those that start with lapse.dev/ are set and removed by the operator alone");
        assertThat(grant.awaitEnd(GrantPhase.Revoked, EndCause.Deleted).message())
                .contains("the PrivilegeGrant was deleted");
        assertThat(token.lists(there)).isNotEqualTo(OK);
    }

    private void openTo(Map<?, ?>... approvers) {
        Entry open = edit("open").in(there).with("approvals", Map.of("required", 1, "approvers", List.of(approvers)));
        story.changeIdentity("olivia", Caller.json(Map.of("eligible", List.of(open.by("olivia")))));
    }

    /** With a right on a kind of Lapse, and one of Lapse's own verbs on identities. */
    private void account(String name, String verb, String kind, String ofLapse) {
        story.account(name);
        story.rights().give(Rights.serviceAccount(here, name), here, verb, kind);
        story.rights().give(Rights.serviceAccount(here, name), here, ofLapse, Story.IDENTITIES);
    }

    private String user(String account) {
        return "system:serviceaccount:" + here + ":" + account;
    }

    private Grant approved(Map<String, Object> fields) {
        Grant grant = story.asks("rashid", "release", "10m", fields);
        Review.of(story, grant).approvedBy("ada");
        return grant;
    }

    private Grant approvedOfHers(Map<String, Object> fields) {
        Grant grant = mallory.asks("release", fields);
        Review.of(story, grant).approvedBy("ada");
        return fields.containsKey("notBefore") ? grant.awaitPhase(GrantPhase.Scheduled) : grant;
    }

    private static void denied(Grant grant, Reason reason, String why) {
        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.reason()).isEqualTo(reason.name());
        assertThat(grant.awaitEvent("Denied")).contains(why);
        assertThat(grant.leftovers()).isEmpty();
    }

    private static void doesNotCount(Grant grant, Review review, String by, String reason, String... why) {
        assertThat(review.verdictOf(by).counts()).isFalse();
        assertThat(review.verdictOf(by).reason()).isEqualTo(reason);
        assertThat(review.awaitEvent("VerdictDoesNotCount")).contains(why);
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        assertThat(grant.leftovers()).isEmpty();
    }

    private static void passed(Answer answer) {
        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    private static void forbidden(Answer answer, String... oneOf) {
        assertThat(answer.code()).as(answer.body()).isEqualTo(TokenClient.FORBIDDEN);
        assertThat(List.of(oneOf))
                .anySatisfy(why -> assertThat(answer.message()).contains(why));
    }

    private static void invalid(Answer answer, String why) {
        assertThat(answer.code()).as(answer.body()).isEqualTo(422);
        assertThat(answer.message()).contains(why);
    }

    private static Map<String, Object> status(Map<String, Object> fields) {
        return Map.of("status", fields);
    }

    private static String in(int seconds) {
        return Instant.now()
                .plusSeconds(seconds)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    /** Whose key was thrown away. */
    private static String readersCertificate() {
        try (InputStream pem = ThirtyTriesIT.class.getResourceAsStream("reader.pem")) {
            return new String(Objects.requireNonNull(pem).readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
