package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.access.AccessOracle;
import dev.lapse.access.KubernetesAccess;
import dev.lapse.access.Permission;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.story.Caller.Answer;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Whoever asks finds nobody's yes but another person's: not their own under a second name, not the identity's, not one
 * that was given to something else. The settings say that rashid and rashid-admin are one person, as are ada and
 * ada-admin.
 */
@SharesCluster
class SelfApprovalIT {
    private static final String REVIEWS = "lapse.dev/accessreviews";

    private final Story story = Story.begins();
    private final String here = story.namespace();

    SelfApprovalIT() {
        for (String person : List.of("ada", "ada-admin", "olivia", "rashid", "rashid-admin")) {
            mayApprove(Rights.user(person));
        }
    }

    @StoryTest
    void whoAskedDoesNotApproveUnderASecondName() {
        Grant grant = asked(1, Map.of());
        Review review = Review.of(story, grant);

        assertThat(review.says(as("rashid-admin"), "rashid-admin", "Approve").passed())
                .isTrue();

        assertThat(review.verdictOf("rashid-admin").reason()).isEqualTo("OwnRequest");
        assertThat(review.awaitEvent("VerdictDoesNotCount")).contains("rashid-admin is the same person as rashid");
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    @StoryTest
    void twoNamesOfOnePersonAreNoTwoPeople() {
        Grant grant = asked(2, Map.of());
        Review review = Review.of(story, grant);
        review.approvedBy("ada");

        assertThat(review.says(as("ada-admin"), "ada-admin", "Approve").passed())
                .isTrue();

        assertThat(review.verdictOf("ada-admin").reason()).isEqualTo("SamePerson");
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        review.approvedBy("olivia");
        grant.awaitActive();
    }

    /** Each holds one of the ways in which Kubernetes lets somebody else use an account. */
    @StoryTest
    void whoCouldActAsTheAccountInWhateverWayDoesNotApprove() {
        mayApprove(Rights.user("erin"));
        mayApprove(Rights.user("gina"));
        story.let("erin", "create get", "secrets");
        story.let("gina", "create", "pods");
        story.let("ada-admin", "patch", "replicationcontrollers");
        story.let("olivia", "patch", "pods/ephemeralcontainers");
        story.let("ada", "impersonate:serviceaccount", "authentication.k8s.io/serviceaccounts");
        story.identity(Entry.of("look", "view").in(here).forSubject().with("approvals", Map.of("required", 1)));
        Grant grant = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, grant);

        for (String person : List.of("erin", "gina", "olivia", "ada")) {
            assertThat(review.says(person, "Approve").message()).as(person).contains("could act as");
        }
        // The guard has no room for every question; the operator asks them all.
        assertThat(review.says(as("ada-admin"), "ada-admin", "Approve").passed())
                .isTrue();
        assertThat(review.verdictOf("ada-admin").reason()).isEqualTo("Insider");

        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    /** Only admission knows that she is a member of the group, as she does not say so. */
    @StoryTest
    void whoCouldActAsTheAccountThroughAGroupThatTheyLeaveOutDoesNotApprove() {
        story.rights().give(Rights.group("payments-owners"), here, "create", "serviceaccounts/token");
        story.identity(Entry.of("look", "view").in(here).forSubject().with("approvals", Map.of("required", 1)));
        Grant grant = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, grant);

        assertThat(review.says("olivia", "Approve").message())
                .contains("could act as system:serviceaccount:" + here + ":" + Story.IDENTITY, "insiders: Allow");

        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        assertThat(review.says("olivia", "Deny").passed()).isTrue();
        grant.awaitPhase(GrantPhase.Denied);
    }

    @StoryTest
    void whoCouldActAsTheAccountWhenItWasAskedDoesNotApproveOnceThatIsTakenAway() {
        RoleBinding right = story.rights().give(Rights.user("olivia"), here, "create", "serviceaccounts/token");
        Review review = Review.of(story, asksForTheAccount());
        takeAway(right, UserInfo.of("olivia", List.of()), "create", "serviceaccounts/token");

        assertThat(review.says("olivia", "Approve").passed()).isTrue();

        assertThat(review.verdictOf("olivia").reason()).isEqualTo("InsiderWhenAsked");
        assertThat(review.verdictOf("olivia").message())
                .contains("create serviceaccounts/token", "RoleBinding " + here, "must ask anew", "insiders: Allow");
        assertThat(review.now().getStatus().approvals()).isEqualTo("0/1");
        review.approvedBy("ada");
        assertThat(review.verdictOf("ada").counts()).isTrue();
    }

    /** By a group that she states, as her right to approve comes from it. */
    @StoryTest
    void whoCouldByAGroupWhenItWasAskedDoesNotApproveOnceThatIsTakenAway() {
        RoleBinding right = story.rights().give(Rights.group("payments-owners"), here, "create", "pods");
        Review review = Review.of(story, asksForTheAccount());
        takeAway(right, UserInfo.of("olivia", List.of("payments-owners")), "create", "pods");

        assertThat(review.says("olivia", "olivia", "Approve", review.hash(), List.of("payments-owners"))
                        .passed())
                .isTrue();

        assertThat(review.verdictOf("olivia").reason()).isEqualTo("InsiderWhenAsked");
        assertThat(review.now().getStatus().approvals()).isEqualTo("0/1");
    }

    /** Nobody but admission knows who is in a group, and admission knows only what it may by now. */
    @StoryTest
    void nobodyApprovesOnceAGroupThatCouldWhenItWasAskedIsChanged() {
        RoleBinding right = story.rights().give(Rights.group("payments-owners"), here, "create get", "secrets");
        Review review = Review.of(story, asksForTheAccount());
        takeAway(right, UserInfo.of("olivia", List.of("payments-owners")), "create", "secrets");

        assertThat(review.says("olivia", "Approve").passed()).isTrue();

        assertThat(review.verdictOf("olivia").reason()).isEqualTo("NotKnownWhenAsked");
        assertThat(review.verdictOf("olivia").message())
                .contains("group payments-owners could act as", "must ask anew");
        Review anew = Review.of(story, story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval));
        anew.approvedBy("ada");
        assertThat(anew.verdictOf("ada").counts()).isTrue();
    }

    /** The members of a group that still can are refused by the guard, and nobody else is. */
    @StoryTest
    void aGroupThatStillCanKeepsNobodyElseFromApproving() {
        story.rights().give(Rights.group("payments-owners"), here, "create", "pods");
        Review review = Review.of(story, asksForTheAccount());

        assertThat(review.says("olivia", "Approve").message()).contains("could act as");
        review.approvedBy("ada");

        assertThat(review.verdictOf("ada").counts()).isTrue();
    }

    /** The privilege is for another account, but whoever acts as the one that asked has asked. */
    @StoryTest
    void whoCouldActAsTheAccountThatAskedDoesNotApproveOnceThatIsTakenAway() {
        story.account("runner");
        String runner = "system:serviceaccount:" + here + ":runner";
        story.rights().give(Rights.user(runner), here, "create get patch", Story.GRANTS);
        story.rights().give(Rights.user(runner), here, "request", Story.IDENTITIES);
        RoleBinding right = story.rights().give(Rights.user("olivia"), here, "create", "serviceaccounts/token:runner");
        story.identity(Entry.of("look", "view").in(here).with("approvals", Map.of("required", 1)));
        Grant grant = story.asksAs(story.workloadToken("runner").caller(), runner, "look", Map.of())
                .awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, grant);
        takeAway(right, UserInfo.of("olivia", List.of()), "create", "serviceaccounts/token:runner");

        review.approvedBy("olivia");

        assertThat(review.verdictOf("olivia").reason()).isEqualTo("InsiderWhenAsked");
        assertThat(review.verdictOf("olivia").message()).contains("could act as " + runner + " when this was asked");
        review.approvedBy("ada");
        assertThat(grant.awaitActive().status().insidersWhenAsked()).isNull();
    }

    @StoryTest
    void whoCouldHaveGivenThemselvesTheRightWhenItWasAskedDoesNotApprove() {
        RoleBinding bind =
                story.rights().give(Rights.user("olivia"), here, "bind", "rbac.authorization.k8s.io/clusterroles");
        story.let("olivia", "create", "rbac.authorization.k8s.io/rolebindings");
        RoleBinding escalate =
                story.rights().give(Rights.user("ada"), here, "escalate patch", "rbac.authorization.k8s.io/roles");
        Review review = Review.of(story, asksForTheAccount());
        takeAway(bind, UserInfo.of("olivia", List.of()), "bind", "rbac.authorization.k8s.io/clusterroles");
        takeAway(escalate, UserInfo.of("ada", List.of()), "escalate", "rbac.authorization.k8s.io/roles");

        review.approvedBy("olivia");
        assertThat(review.verdictOf("olivia").reason()).isEqualTo("InsiderWhenAsked");

        review.approvedBy("ada");
        assertThat(review.verdictOf("ada").reason()).isEqualTo("InsiderWhenAsked");
        assertThat(review.now().getStatus().approvals()).isEqualTo("0/1");
    }

    /** Each may do what lets somebody give what they do not hold, and write it in one of the ways that there are. */
    @StoryTest
    void whoCouldGiveThemselvesTheRightInWhateverWayDoesNotApprove() {
        Map<String, String> rightsOfEach = Map.of(
                "joins-bindings", "bind roles, patch rolebindings",
                "rewrites-bindings", "bind clusterroles, update rolebindings",
                "escalates-here", "escalate roles, update roles");
        Map<String, String> everywhere = Map.of(
                "binds-everywhere", "bind clusterroles, create clusterrolebindings",
                "joins-everywhere", "bind clusterroles, patch clusterrolebindings",
                "aggregates", "escalate clusterroles, create clusterroles");
        rightsOfEach.forEach((who, rights) ->
                each(rights, (verb, resource) -> story.rights().give(Rights.user(called(who)), here, verb, resource)));
        everywhere.forEach((who, rights) -> each(
                rights, (verb, resource) -> story.rights().giveEverywhere(Rights.user(called(who)), verb, resource)));
        List<String> people = Stream.concat(rightsOfEach.keySet().stream(), everywhere.keySet().stream())
                .map(this::called)
                .toList();
        people.forEach(person -> mayApprove(Rights.user(person)));
        Review review = Review.of(story, asksForTheAccount());

        for (String person : people) {
            assertThat(review.says(as(person), person, "Approve").message())
                    .as(person)
                    .contains("could act as");
        }
        assertThat(review.now().getStatus().approvals()).isEqualTo("0/1");
        review.approvedBy("ada");
        assertThat(review.verdictOf("ada").counts()).isTrue();
    }

    /** Whoever may bind, but write no binding, gives themselves nothing, and the guard finds that out within its bounds. */
    @StoryTest
    void whoMayBindAndWriteNoBindingApproves() {
        story.let("ada", "bind", "rbac.authorization.k8s.io/roles");
        Review review = Review.of(story, asksForTheAccount());

        review.approvedBy("ada");

        assertThat(review.verdictOf("ada").counts()).isTrue();
    }

    /** Nobody else has this name in this cluster. */
    private String called(String what) {
        return what + "-" + here;
    }

    private static void each(String rights, BiConsumer<String, String> right) {
        for (String one : rights.split(", ")) {
            String[] parts = one.split(" ");
            right.accept(parts[0], "rbac.authorization.k8s.io/" + parts[1]);
        }
    }

    private Grant asksForTheAccount() {
        story.identity(Entry.of("look", "view").in(here).forSubject().with("approvals", Map.of("required", 1)));
        return story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
    }

    /** An authorizer answers by its own watch: what is taken away may be allowed for a moment more. */
    private void takeAway(RoleBinding binding, UserInfo who, String verb, String resource) {
        story.admin().resource(binding).delete();
        PolicyRule rule = Rights.rule(verb, resource);
        Permission right = Permission.onResource(
                verb,
                rule.getApiGroups().get(0),
                rule.getResources().get(0),
                rule.getResourceNames().stream().findFirst().orElse(""));
        KubernetesAccess access = new KubernetesAccess(story.admin());
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> access.ask(who, right, Optional.of(here)).verdict() == AccessOracle.Verdict.Denied);
    }

    /** Its requester may mint tokens of it, by a group that nothing states; the entry names the account. */
    @StoryTest
    void anAccountAsApproverThatTheRequesterActsAsByGroupDoesNotApprove() {
        story.account("bot");
        story.rights().give(Rights.group("payments-dev"), here, "create", "serviceaccounts/token:bot");

        theBotDoesNotApprove();
    }

    /** The owner that would make the bot and its requester one person is gone. */
    @StoryTest
    void aBotWhoseOwnerItsRequesterSetToATeamDoesNotApprove() {
        story.account("bot");
        story.let("rashid", "create get patch govern", Story.IDENTITIES);
        story.identity(
                "rashid",
                "helper",
                Map.of("subject", Map.of("serviceAccount", Map.of("name", "bot")), "owner", Map.of("team", "robots")));
        story.awaitIdentityKnown("helper");

        theBotDoesNotApprove();
    }

    private void theBotDoesNotApprove() {
        String bot = "system:serviceaccount:" + here + ":bot";
        mayApprove(Rights.user(bot));
        story.identity(Entry.of("look", "view")
                .in(here)
                .with("approvals", Map.of("required", 1, "approvers", List.of(Map.of("user", bot)))));
        Grant grant = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, grant);

        Caller withItsToken = story.workloadToken("bot").caller();
        assertThat(review.says(withItsToken, bot, "Approve").passed()).isTrue();

        assertThat(review.verdictOf(bot).reason()).isEqualTo("Insider");
        assertThat(review.verdictOf(bot).message()).contains("a person must say so", "insiders: Allow");
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    /** Whoever may mint tokens of the account that took it keeps nothing. */
    @StoryTest
    void breakGlassTakenAsAnAccountIsNotKeptByWhoActsAsItThroughAGroup() {
        story.account("runner");
        String runner = "system:serviceaccount:" + here + ":runner";
        story.rights().give(Rights.user(runner), here, "create get patch", Story.GRANTS);
        story.rights().give(Rights.user(runner), here, "request breakglass", Story.IDENTITIES);
        story.let("olivia", "review", Story.IDENTITIES);
        story.rights().give(Rights.group("payments-owners"), here, "create", "serviceaccounts/token:runner");
        story.identity(Entry.of("look", "view")
                .in(here)
                .with("approvals", Map.of("required", 1))
                .with("breakGlass", Map.of("maxDuration", "30m", "maxTotal", "1h")));
        Grant grant = story.asksAs(
                story.workloadToken("runner").caller(),
                runner,
                "look",
                Map.of("breakGlass", Map.of("incident", "INC-1")));
        Review review = Review.of(story, grant.awaitActive());

        assertThat(review.says("olivia", "Keep").message()).contains("could act as " + runner);

        assertThat(review.now().getStatus().approvals()).isEqualTo("0/1");
        assertThat(review.says("olivia", "Revoke").passed()).isTrue();
    }

    /** Otherwise whoever may write identities could make one person of two, or two of one. */
    @StoryTest
    void anIdentityThatNamesAPersonSaysNothingAboutThem() {
        story.identity("olivia", "trick", Map.of("subject", Map.of("user", "rashid"), "owner", Map.of("user", "erin")));
        story.identity("olivia", "trap", Map.of("subject", Map.of("user", "ada"), "owner", Map.of("user", "olivia")));
        story.awaitIdentityKnown("trick");
        story.awaitIdentityKnown("trap");
        Grant grant = asked(2, Map.of());
        Review review = Review.of(story, grant);

        assertThat(review.says(as("rashid-admin"), "rashid-admin", "Approve").passed())
                .isTrue();
        assertThat(review.verdictOf("rashid-admin").reason()).isEqualTo("OwnRequest");

        review.approvedBy("ada");
        review.verdictOf("ada");
        review.approvedBy("olivia");
        grant.awaitActive();
    }

    @StoryTest
    void theIdentityDoesNotApproveForItself() {
        String itself = "system:serviceaccount:" + here + ":" + Story.IDENTITY;
        mayApprove(Rights.user(itself));
        Grant grant = asked(1, Map.of());
        Review review = Review.of(story, grant);

        Caller withItsToken = story.workloadToken(Story.IDENTITY).caller();
        assertThat(review.says(withItsToken, itself, "Approve").passed()).isTrue();

        assertThat(review.verdictOf(itself).reason()).isEqualTo("OwnIdentity");
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    @StoryTest
    void theLikelyAuthorOfAClaimedRequestDoesNotApproveIt() {
        story.rights().give(Rights.user("gitops-applier"), here, "create", Story.GRANTS);
        story.rights().give(Rights.user("gitops-applier"), here, "request", Story.IDENTITIES);
        story.identity(Entry.of("look", "view").in(here));
        Grant grant = story.asks(
                        "argo",
                        "look",
                        "10m",
                        Map.of("requestedBy", "rashid", "requestedByVia", "gitops-applier", "notAfter", in(600)))
                .awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, grant);

        review.approvedBy("rashid");
        review.approvedBy("ada");

        assertThat(review.verdictOf("rashid").reason()).isEqualTo("OwnRequest");
        assertThat(review.verdictOf("ada").counts()).isTrue();
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    @StoryTest
    void whoMayDecideAboutAnotherIdentityDecidesNothingHere() {
        story.let("erin", "get patch", REVIEWS);
        story.let("erin", "approve", Story.IDENTITIES + ":sibling");
        Grant grant = asked(1, Map.of());

        Answer answer = Review.of(story, grant).says("erin", "Approve");

        assertThat(answer.message()).contains("takes the verb approve");
        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    @StoryTest
    void anApprovalDiesWithTheGrantItWasGivenTo() {
        story.let("rashid", "delete", Story.GRANTS);
        Grant grant = asked(2, Map.of());
        Review first = Review.of(story, grant);
        first.approvedBy("ada");
        assertThat(first.verdictOf("ada").counts()).isTrue();
        grant.deletedBy("rashid", DeletionPropagation.BACKGROUND);
        grant.awaitGone();

        Grant again = story.asksUnder(grant.name(), "rashid", "look", "10m", Map.of())
                .awaitPhase(GrantPhase.AwaitingApproval);

        Review second = Review.of(story, again);
        assertThat(second.name()).isNotEqualTo(first.name());
        assertThat(second.now().getStatus().approvals()).isEqualTo("0/2");
        second.approvedBy("olivia");
        assertThat(second.verdictOf("olivia").counts()).isTrue();
        assertThat(again.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }

    /** The API server deletes a waiting request at once, and its name may be taken again before anybody notices. */
    @StoryTest
    void theNameOfADeletedRequestIsFreeAtOnce() {
        story.let("rashid", "delete", Story.GRANTS);
        Grant grant = asked(2, Map.of());

        for (int time = 0; time < 20; time++) {
            grant.deletedBy("rashid", DeletionPropagation.BACKGROUND);
            grant.awaitGone();
            grant = story.asksUnder(grant.name(), "rashid", "look", "10m", Map.of())
                    .awaitPhase(GrantPhase.AwaitingApproval);
        }
    }

    @StoryTest
    void aYesThatComesTooLateIsRefused() {
        Grant grant = asked(1, Map.of("notAfter", in(15)));
        Review review = Review.of(story, grant);
        grant.awaitPhase(GrantPhase.Denied);
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> review.now().getStatus().phase().ended());

        assertThat(review.says("ada", "Approve").message()).contains("takes no more verdicts");
        assertThat(grant.phase()).isEqualTo(GrantPhase.Denied);
        assertThat(grant.leftovers()).isEmpty();
    }

    private Grant asked(int approvals, Map<String, Object> fields) {
        story.identity(Entry.of("look", "view").in(here).with("approvals", Map.of("required", approvals)));
        return story.asks("rashid", "look", "10m", fields).awaitPhase(GrantPhase.AwaitingApproval);
    }

    private void mayApprove(Subject who) {
        story.rights().give(who, here, "get patch", REVIEWS);
        story.rights().give(who, here, "approve", Story.IDENTITIES);
    }

    /** Somebody of whom the cluster has no certificate, played by an administrator. */
    private Caller as(String user) {
        return new Caller(story.cluster().played(user));
    }

    private static String in(int seconds) {
        return Instant.now()
                .plusSeconds(seconds)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    /** Whoever is in a Pod of the account, or reads all Secrets of its namespace, has its token. */
    @StoryTest
    void whoGetsIntoItsPodsOrListsItsSecretsDoesNotApprove() {
        mayApprove(Rights.user("erin"));
        mayApprove(Rights.user("gina"));
        story.let("erin", "create", "pods/exec");
        story.let("gina", "list", "secrets");
        story.let("olivia", "get", "pods/attach");
        story.let("ada", "create", "replicationcontrollers");
        story.identity(Entry.of("look", "view").in(here).forSubject().with("approvals", Map.of("required", 1)));
        Grant grant = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Review review = Review.of(story, grant);

        for (String person : List.of("erin", "gina", "olivia", "ada")) {
            assertThat(review.says(person, "Approve").message()).as(person).contains("could act as");
        }

        assertThat(grant.phase()).isEqualTo(GrantPhase.AwaitingApproval);
    }
}
