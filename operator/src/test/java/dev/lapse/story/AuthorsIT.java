package dev.lapse.story;

import static dev.lapse.story.TokenClient.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import java.util.List;
import java.util.Map;

/** An entry gives what its author could bind there, by Kubernetes' own rule, and nothing else. */
@SharesCluster
class AuthorsIT {
    private final Story story = Story.begins();
    private final String here = story.namespace();

    @StoryTest
    void whoMayOnlyWriteIdentitiesEntitlesToNothing() {
        story.let("mallory", "create govern", Story.IDENTITIES);
        story.identityBy("mallory", Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m");

        refused(grant, "mallory may not create rolebindings in namespace " + here);
        entry(EntryState.Refused, Reason.AuthorNotEntitled);
    }

    @StoryTest
    void whoMayBindHereDoesNotEntitleElsewhere() {
        String elsewhere = story.anotherNamespace();
        story.identity(Entry.of("look", "view").in(here, elsewhere));

        Grant both = story.asks("rashid", "look", "10m");
        Grant there = story.asks("rashid", "look", "10m", Map.of("namespaces", List.of(elsewhere)));
        Grant onlyHere = story.asks("rashid", "look", "10m", Map.of("namespaces", List.of(here)));

        refused(both, "in namespace " + elsewhere);
        refused(there, "in namespace " + elsewhere);
        onlyHere.awaitActive();
    }

    @StoryTest
    void whoMayBindInEveryNamespaceByNameDoesNotEntitleClusterWide() {
        story.identity(Entry.of("everywhere", "view").clusterWide());

        Grant grant = story.asks("rashid", "everywhere", "10m");

        refused(grant, "olivia may not create clusterrolebindings in the whole cluster");
    }

    @StoryTest
    void whoMayBindOneRoleDoesNotEntitleToAnother() {
        story.identity(Entry.of("change", "edit").in(here).acceptingEdit());

        Grant grant = story.asks("rashid", "change", "10m");

        refused(grant, "olivia may neither bind ClusterRole/edit in namespace " + here);
    }

    @StoryTest
    void whoHoldsEverythingTheRoleAllowsNeedsNoRightToBindIt() {
        story.let("mallory", "create govern", Story.IDENTITIES);
        story.let("mallory", "create", Story.ROLE_BINDINGS);
        story.rights().bind(Rights.user("mallory"), here, "ClusterRole", "view");
        story.identityBy("mallory", Entry.of("look", "view").in(here));

        Grant grant = story.asks("rashid", "look", "10m").awaitActive();

        assertThat(grant.tokenReadBy("rashid").lists(here)).isEqualTo(OK);
        entry(EntryState.Eligible, Reason.Eligible);
    }

    @StoryTest
    void aRightThatComesFromAGroupCountsWhenTheGroupIsNamed() {
        story.let("gina", "create govern", Story.IDENTITIES);
        story.rights().give(Rights.group("payments-dev"), here, "create", Story.ROLE_BINDINGS);
        story.rights().give(Rights.group("payments-dev"), here, "bind", Story.CLUSTER_ROLES + ":view");
        story.identityBy(
                "gina",
                Entry.of("alone", "view").in(here),
                Entry.of("member", "view").in(here).with("entitledByAs", List.of("payments-dev")));

        Grant alone = story.asks("rashid", "alone", "10m");
        Grant asMember = story.asks("rashid", "member", "10m");

        refused(alone, "gina may not create rolebindings");
        asMember.awaitActive();
    }

    /** The answer in status is only the last one: an activation asks for itself. */
    @StoryTest
    void aRightThatIsLostAfterwardsEntitlesToNoFurtherGrant() {
        story.let("mallory", "create govern", Story.IDENTITIES);
        story.let("mallory", "create", Story.ROLE_BINDINGS);
        story.rights().give(Rights.user("mallory"), here, "bind", Story.CLUSTER_ROLES + ":view");
        story.identityBy("mallory", Entry.of("look", "view").in(here));
        story.asks("rashid", "look", "10m").awaitActive();

        story.rights().takeFrom(Rights.user("mallory"), here);

        Grant late = story.asks("rashid", "look", "10m");
        refused(late, "mallory may not create rolebindings");
    }

    @StoryTest
    void anEntryOfAnotherAuthorIsRefusedByTheServer() {
        story.let("mallory", "create govern", Story.IDENTITIES);

        Caller.Answer answer = story.createIdentity(
                "mallory", "forged", Map.of(), Entry.of("look", "view").in(here).with("entitledBy", "olivia"));

        assertThat(answer.code()).as(answer.body()).isEqualTo(403);
        assertThat(answer.message()).contains("entitledBy must be your own user name: write \"mallory\"");
        assertThat(new Caller(story.admin())
                        .get(story.path("serviceidentities") + "/forged")
                        .code())
                .isEqualTo(404);
    }

    private void entry(EntryState state, Reason reason) {
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(story.identityNow().getStatus().entries())
                        .singleElement()
                        .satisfies(entry -> {
                            assertThat(entry.state()).as(entry.message()).isEqualTo(state);
                            assertThat(entry.reason()).isEqualTo(reason.name());
                        }));
    }

    private static void refused(Grant grant, String words) {
        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.reason()).isEqualTo(Reason.AuthorNotEntitled.name());
        assertThat(grant.condition(ConditionType.Ready).message()).contains(words);
        assertThat(grant.awaitEvent("Denied")).contains(words);
        assertThat(grant.leftovers()).isEmpty();
    }
}
