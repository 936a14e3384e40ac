package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Requests that cannot be granted: each gets a clear answer, and leaves nothing behind. */
@SharesCluster
class BadInputIT {
    private final Story story = Story.begins();
    private final String here = story.namespace();

    @StoryTest
    void anUnknownIdentityIsWaitedForAsToolsApplyInAnyOrder() {
        Grant early = story.asks("rashid", "look", "10m");

        early.awaitReason("IdentityNotFound");
        assertThat(early.phase()).isEqualTo(GrantPhase.Pending);
        assertThat(early.awaitEvent("IdentityNotFound"))
                .contains("there is no ServiceIdentity ci in namespace " + here)
                .contains("create it, or correct spec.identityRef.name");
        assertThat(early.leftovers()).isEmpty();
        story.identity(Entry.of("look", "view").in(here));
        early.awaitActive();
    }

    @StoryTest
    void anUnknownPrivilegeIsAnsweredWithThoseThereAre() {
        story.identity(
                Entry.of("look", "view").in(here), Entry.of("change", "edit").in(here));

        Grant grant = story.asks("rashid", "loook", "10m");

        refused(grant, Reason.PrivilegeUnknown, "no eligible entry loook", "look, change", "spec.privilege");
    }

    @StoryTest
    void aNamespaceOutsideTheEntryIsRefused() {
        story.identity(Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m", Map.of("namespaces", List.of(here, "kube-system")));

        refused(grant, Reason.NamespaceNotEligible, "names kube-system", "it lists " + here);
    }

    @StoryTest
    void aNamespaceThatIsNotThereIsRefused() {
        story.identity(Entry.of("look", "view").in(here, "nowhere-" + here));

        Grant grant = story.asks("rashid", "look", "10m");

        refused(grant, Reason.NamespaceNotFound, "there is no namespace nowhere-" + here);
    }

    @StoryTest
    void aNamespaceThatIsGoingAwayIsRefused() {
        String going = story.anotherNamespace();
        var holder = story.admin()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("holder")
                        .withNamespace(going)
                        .withFinalizers("example.com/hold")
                        .endMetadata()
                        .build());
        holder.create();
        story.admin().namespaces().withName(going).delete();
        story.identity(Entry.of("look", "view").in(going));

        Grant grant = story.asks("rashid", "look", "10m");

        refused(grant, Reason.NamespaceTerminating, "namespace " + going + " is being deleted", "leave it out");
        holder.edit(map -> new ConfigMapBuilder(map)
                .editMetadata()
                .withFinalizers(List.of())
                .endMetadata()
                .build());
    }

    @StoryTest
    void aDurationAboveTheEntrysCeilingIsRefused() {
        story.identity(Entry.of("look", "view").in(here).with("maxDuration", "5m"));

        Grant grant = story.asks("rashid", "look", "5m1s");

        refused(grant, Reason.DurationTooLong, "5m1s is above the ceiling of look, 5m");
    }

    @StoryTest
    void aDurationAboveTheProfilesCeilingIsRefusedWhateverTheEntrySays() {
        story.identity(Entry.of("look", "view").in(here).with("maxDuration", "30d"));

        Grant grant = story.asks("rashid", "look", "99999d");

        refused(grant, Reason.DurationTooLong, "99999d is above the ceiling of look, 4h");
    }

    @StoryTest
    void anEndInThePastIsRefused() {
        story.identity(Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m", Map.of("notAfter", "2020-01-01T00:00:00Z"));

        refused(grant, Reason.NotAfterPassed, "spec.notAfter 2020-01-01T00:00:00Z has passed");
    }

    @StoryTest
    void aRoleThatDoesNotExistIsRefused() {
        story.identity(Entry.ofRole("deploy", "deployer").in(here));

        Grant grant = story.asks("rashid", "deploy", "10m");

        refused(grant, Reason.RoleNotFound, "there is no Role deployer in namespace " + here);
    }

    @StoryTest
    void aRoleThatIsGoneWhenTheTimeComesIsRefused() {
        story.rights().role(here, "deployer", Rights.rule("get list", "configmaps"));
        story.rights().give(Rights.user("olivia"), here, "bind", "rbac.authorization.k8s.io/roles:deployer");
        story.identity(Entry.ofRole("deploy", "deployer").in(here));
        Instant begin = Instant.now().plusSeconds(8).truncatedTo(ChronoUnit.SECONDS);
        Grant grant = story.asks("rashid", "deploy", "10m", Map.of("notBefore", begin.toString()))
                .awaitPhase(GrantPhase.Scheduled);

        story.admin().rbac().roles().inNamespace(here).withName("deployer").delete();

        refused(grant, Reason.RoleNotFound, "there is no Role deployer in namespace " + here);
    }

    @StoryTest
    void aSubjectThatAnOlderIdentityHasIsRefused() {
        story.identity(Entry.of("look", "view").in(here));
        // Which of the two is the older is told by whole seconds.
        Instant created = Instant.parse(story.identityNow().getMetadata().getCreationTimestamp());
        await().until(() -> Instant.now().isAfter(created.plusSeconds(1)));
        story.identity(
                "olivia",
                "younger",
                Map.of("subject", Map.of("serviceAccount", Map.of("name", Story.IDENTITY))),
                Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m", Map.of("identityRef", Map.of("name", "younger")));

        refused(
                grant,
                Reason.SubjectTaken,
                "belongs to the older ServiceIdentity " + here + "/ci",
                "ask for a grant of that one");
        assertThat(story.identityNow("younger").getStatus().conditions())
                .filteredOn(condition -> condition.type().equals(ConditionType.SubjectBound.name()))
                .singleElement()
                .satisfies(condition -> assertThat(condition.reason()).isEqualTo(Reason.SubjectTaken.name()));
        assertThat(story.awaitEventOfIdentity("younger")).contains("belongs to the older ServiceIdentity");
    }

    @StoryTest
    void aUserNameThatSettingsDoNotAllowIsRefused() {
        story.identity(
                Map.of("subject", Map.of("user", "ada")),
                Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m");

        refused(grant, Reason.SubjectNotAllowed, "the user name ada is not allowed in namespace " + here);
    }

    @StoryTest
    void anIdentityForWhichNobodyAnswersIsRefused() {
        story.identity(Map.of("owner", ""), Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m");

        refused(grant, Reason.OwnerMissing, "nobody answers", "set spec.owner");
    }

    @StoryTest
    void anAgentWithoutAnEndIsRefused() {
        story.identity(Map.of("actorType", "Agent"), Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m");

        refused(grant, Reason.ValidUntilRequired, "set spec.validUntil of ServiceIdentity ci");
    }

    @StoryTest
    void onlyThoseTheEntryListsMayAsk() {
        story.identity(Entry.of("look", "view")
                .in(here)
                .with("requesters", List.of(Map.of("user", "ada"), Map.of("group", "payments-dev"))));

        Grant alone = story.asks("rashid", "look", "10m");
        Grant asMember = story.asks("rashid", "look", "10m", Map.of("requestedByAs", List.of("payments-dev")));

        refused(alone, Reason.RequesterNotAllowed, "rashid is not among the requesters of look");
        asMember.awaitActive();
    }

    @StoryTest
    void aDedicatedAccountThatNobodyCouldUseIsRefused() {
        story.identity(Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m", Map.of("credential", Map.of("type", "None")));

        refused(grant, Reason.CredentialNotPossible, "ask for Token");
    }

    /** Names as long as Kubernetes lets them be, cut where a cut leaves a character no name may end with. */
    @StoryTest
    void theLongestNamesAndEveryScriptAreGranted() {
        String longest = "i".repeat(199) + "-" + "i".repeat(53);
        story.identity(
                "olivia",
                longest,
                Map.of(
                        "subject",
                        Map.of("serviceAccount", Map.of("name", Story.IDENTITY)),
                        "purpose",
                        "Rechnungsläufe für 東京 🚀"),
                Entry.of("look", "view").in(here));

        Grant grant = story.asksUnder(
                longest.replace('i', 'g'),
                "rashid",
                "look",
                "2s",
                Map.of("identityRef", Map.of("name", longest), "reason", "Störung in Łódź — 東京 🚀"));

        assertThat(grant.awaitEvent("Active")).contains(longest);
        grant.awaitPhase(GrantPhase.Expired);
        assertThat(grant.leftovers()).isEmpty();
    }

    /** The API server's own answer, not the operator's: the guard goes by the operator's name. */
    @StoryTest
    void aStatusIsNotWrittenByAHolderOfEveryVerb() {
        story.let("mallory", "*", "lapse.dev/*");
        story.identity(Entry.of("look", "view").in(here).with("approvals", Map.of("required", 1)));
        Grant grant = story.asks("rashid", "look", "10m").awaitPhase(GrantPhase.AwaitingApproval);

        Caller.Answer answer = new Caller(story.cluster().as("mallory"))
                .send(
                        "PATCH",
                        grant.path() + "/status",
                        "application/merge-patch+json",
                        "{\"status\": {\"phase\": \"Active\", \"expiresAt\": \"2031-01-01T00:00:00Z\"}}");

        assertThat(answer.code()).as(answer.body()).isEqualTo(403);
        assertThat(answer.message()).contains("status is written by the operator alone");
        await().during(Duration.ofSeconds(1)).until(() -> grant.phase() == GrantPhase.AwaitingApproval);
    }

    private static void refused(Grant grant, Reason reason, String... words) {
        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.reason()).isEqualTo(reason.name());
        assertThat(grant.condition(ConditionType.Ready).message()).contains(words);
        assertThat(grant.condition(ConditionType.Stalled).reason()).isEqualTo(reason.name());
        assertThat(grant.awaitEvent("Denied")).contains(words);
        grant.assertAccessRemoved();
        assertThat(grant.leftovers()).isEmpty();
        assertThat(grant.finalizers()).isEmpty();
    }
}
