package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.List;
import java.util.Map;

/** Who prepares does not release. */
@SharesCluster
class DutiesIT {
    private static final String TEMPLATES = "podtemplates";
    private static final PolicyRule PREPARE = Rights.rule("create list", TEMPLATES);
    private static final PolicyRule RELEASE = Rights.rule("delete list", TEMPLATES);

    private final Story story = Story.begins();
    private final String here = story.namespace();

    DutiesIT() {
        role("preparer", here, PREPARE);
        role("releaser", here, RELEASE);
    }

    @StoryTest
    void whoPreparesDoesNotReleaseUntilThatIsOver() {
        story.identity(prepare(), release());
        Grant first = story.asks("rashid", "prepare", "10m").awaitActive();

        Grant denied = conflicting(story.asks("rashid", "release", "10m"), first.name(), "the same identity");

        assertThat(denied.awaitEvent("Denied")).contains("who prepares does not release");
        first.revokedBy("rashid", "rashid");
        first.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        story.asks("rashid", "release", "10m").awaitActive();
    }

    @StoryTest
    void ofTwoThatWaitTheFirstWins() {
        for (String approver : List.of("ada", "olivia")) {
            story.let(approver, "get patch", "lapse.dev/accessreviews");
            story.let(approver, "approve", Story.IDENTITIES);
        }
        story.identity(prepare().with("approvals", Map.of("required", 1)), release());
        Grant first = story.asks("rashid", "prepare", "10m").awaitPhase(GrantPhase.AwaitingApproval);

        conflicting(story.asks("rashid", "release", "10m"), first.name(), "was there first");

        Review.of(story, first).approvedBy("ada");
        first.awaitActive();
    }

    @StoryTest
    void anotherIdentityOfTheSameOwnerCountsAlsoUnderAnotherName() {
        story.account("other");
        story.account("stranger");
        story.identity(prepare());
        story.identity("olivia", "other", Map.of("owner", Map.of("user", "olivia-adm")), release());
        story.identity("olivia", "stranger", Map.of("owner", Map.of("user", "erin")), release());
        Grant first = story.asks("rashid", "prepare", "10m").awaitActive();

        conflicting(
                story.asks("rashid", "release", "10m", Map.of("identityRef", Map.of("name", "other"))),
                first.name(),
                "which has the same owner");

        story.asks("rashid", "release", "10m", Map.of("identityRef", Map.of("name", "stranger")))
                .awaitActive();
    }

    @StoryTest
    void whatTheAccountMayWithoutAnyGrantCounts() {
        story.rights().give(Rights.serviceAccount(here, Story.IDENTITY), here, "delete", TEMPLATES);
        story.identity(prepare());

        conflicting(
                story.asks("rashid", "prepare", "10m"),
                "system:serviceaccount:" + here + ":ci may delete podtemplates in namespace " + here,
                "without any grant");

        story.rights().takeFrom(Rights.serviceAccount(here, Story.IDENTITY), here);
        story.asks("rashid", "prepare", "10m").awaitActive();
    }

    @StoryTest
    void aRoleThatGivesBothIsNeverGranted() {
        role("all", here, PREPARE, RELEASE);
        story.identity(Entry.ofRole("all", "all").in(here));

        conflicting(story.asks("rashid", "all", "10m"), "Role/all gives both");
    }

    @StoryTest
    void whatReachesAnotherNamespaceIsNoConflict() {
        String elsewhere = story.anotherNamespace();
        role("releaser", elsewhere, RELEASE);
        story.identity(prepare(), Entry.ofRole("release", "releaser").in(elsewhere));
        story.asks("rashid", "prepare", "10m").awaitActive();

        story.asks("rashid", "release", "10m").awaitActive();
    }

    @StoryTest
    void ofManyAtOnceNeverBothAreActive() {
        story.identity(prepare(), release());

        List<Grant> asked = java.util.stream.IntStream.range(0, 12)
                .parallel()
                .mapToObj(i -> story.asks("rashid", i % 2 == 0 ? "prepare" : "release", "10m"))
                .toList();
        asked.forEach(grant -> org.awaitility.Awaitility.await()
                .atMost(InstalledOperator.LIMIT)
                .until(() -> grant.phase() == GrantPhase.Active
                        || (grant.phase() != null && grant.phase().ended())));

        assertThat(asked.stream()
                        .filter(grant -> grant.phase() == GrantPhase.Active)
                        .map(grant -> asked.indexOf(grant) % 2)
                        .distinct())
                .hasSizeLessThanOrEqualTo(1);
    }

    private Grant conflicting(Grant grant, String... words) {
        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.reason()).isEqualTo(Reason.DutiesConflict.name());
        assertThat(grant.condition(ConditionType.Ready).message())
                .contains("nobody holds the duties prepare and release")
                .contains(words);
        assertThat(grant.leftovers()).isEmpty();
        return grant;
    }

    private Entry prepare() {
        return Entry.ofRole("prepare", "preparer").in(here);
    }

    private Entry release() {
        return Entry.ofRole("release", "releaser").in(here);
    }

    private void role(String name, String namespace, PolicyRule... rules) {
        story.rights().role(namespace, name, rules);
        Subject operator = Rights.serviceAccount("lapse-system", "lapse-operator");
        for (Subject binder : List.of(operator, Rights.user("olivia"))) {
            story.rights().give(binder, namespace, "bind", "rbac.authorization.k8s.io/roles:" + name);
        }
        story.rights().give(Rights.user("olivia"), namespace, "create", Story.ROLE_BINDINGS);
    }
}
