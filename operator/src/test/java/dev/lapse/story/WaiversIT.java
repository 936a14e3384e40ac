package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverStatus;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What nobody holds together is held on a person's word, until a day: ada waives, rashid asks. */
@SharesCluster
class WaiversIT {
    private static final String TEMPLATES = "podtemplates";
    private static final PolicyRule PREPARE = Rights.rule("create list", TEMPLATES);
    private static final PolicyRule RELEASE = Rights.rule("delete list", TEMPLATES);
    private static final PolicyRule AUDIT = Rights.rule("get", TEMPLATES);

    private final Story story = Story.begins();
    private final String here = story.namespace();

    WaiversIT() {
        role("preparer", PREPARE);
        role("releaser", RELEASE);
        role("auditor", AUDIT);
        for (String person : List.of("ada", "rashid-admin", "rashid", "mallory")) {
            story.let(person, "get patch govern", Story.IDENTITIES);
        }
    }

    @StoryTest
    void onAPersonsWordItBeginsAndEverybodySeesOnWhose() {
        story.identity(prepare(), release());
        story.asks("rashid", "prepare", "10m").awaitActive();
        conflicting(story.asks("rashid", "release", "10m"), "waives it in spec.waivers");

        waives("ada", waiver("ada", inHours(1), "prepare", "release"));
        Grant grant = story.asks("rashid", "release", "10m").awaitActive();

        assertThat(grant.status().waivers()).singleElement().satisfies(used -> {
            assertThat(used.waivedBy()).isEqualTo("ada");
            assertThat(used.duties()).containsExactly("prepare", "release");
            assertThat(used.conflict()).contains("gives one of them to the same identity");
        });
        assertThat(grant.awaitEvent("DutiesWaived")).contains("duties prepare and release waived by ada until");
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(() ->
                        assertThat(story.awaitEventOfIdentity(Story.IDENTITY)).contains(grant.name(), "waived by ada"));
        assertThat(waiverNow().state()).as(waiverNow().message()).isEqualTo(WaiverState.Valid);
    }

    @StoryTest
    void whatNeedsApprovalShowsApproversTheWaiverAndAnotherWaiverIsAnotherRequest() {
        story.let("ada", "get patch", "lapse.dev/accessreviews");
        story.let("ada", "approve", Story.IDENTITIES);
        story.identity(prepare(), release().with("approvals", Map.of("required", 1)));
        story.asks("rashid", "prepare", "10m").awaitActive();
        waives("mallory", waiver("mallory", inHours(1), "prepare", "release"));
        Grant grant = story.asks("rashid", "release", "10m").awaitPhase(GrantPhase.AwaitingApproval);
        Review first = Review.of(story, grant);

        waives("mallory", waiver("mallory", inHours(2), "prepare", "release"));

        assertThat(first.now().getSpec().requested().waivers())
                .extracting(ReviewedRequest.Waiver::waivedBy)
                .containsExactly("mallory");
        await().atMost(InstalledOperator.LIMIT)
                .until(() -> !first.name().equals(grant.status().review()));
        Review.of(story, grant).approvedBy("ada");
        grant.awaitActive();
    }

    @StoryTest
    void allTheWaysInWhichDutiesConflictCanBeWaived() {
        role("all", PREPARE, RELEASE);
        story.account("other");
        story.rights().give(Rights.serviceAccount(here, Story.IDENTITY), here, "delete", TEMPLATES);
        story.identity("olivia", "other", Map.of(), release());
        story.identity(prepare(), Entry.ofRole("all", "all").in(here));
        story.asks("rashid", "release", "10m", Map.of("identityRef", Map.of("name", "other")))
                .awaitActive();
        conflicting(story.asks("rashid", "all", "10m"), "Role/all gives both");

        waives("ada", waiver("ada", inHours(1), "release", "prepare"));

        story.asks("rashid", "prepare", "10m").awaitActive();
        story.asks("rashid", "all", "10m").awaitActive();
    }

    @StoryTest
    void nobodyWaivesInAnothersNameAndNoApplierWaives() {
        story.let("gitops-applier", "get patch govern", Story.IDENTITIES);
        story.identity(prepare(), release());

        Caller.Answer forged = says("mallory", List.of(waiver("ada", inHours(1), "prepare", "release")));
        Caller.Answer merged = says("argo", List.of(waiver("ada", inHours(1), "prepare", "release")));
        Caller.Answer appliers = says("argo", List.of(waiver("gitops-applier", inHours(1), "prepare", "release")));

        assertThat(forged.message()).contains("waivedBy must be your own user name: write \"mallory\"");
        assertThat(List.of(merged, appliers))
                .allSatisfy(answer -> assertThat(answer.message())
                        .contains("an applier waives nothing, whoever merged it")
                        .contains("let a person who holds the verb govern write it with kubectl"));
        assertThat(story.identityNow().getSpec().waivers()).isNullOrEmpty();
    }

    @StoryTest
    void nobodyWaivesForThemselvesUnderNoneOfTheirNames() {
        story.account("robot");
        story.rights().give(Rights.serviceAccount(here, "robot"), here, "create", Story.GRANTS);
        story.rights().give(Rights.serviceAccount(here, "robot"), here, "request", Story.IDENTITIES);
        story.identity("olivia", "robot", Map.of("owner", Map.of("user", "ada")));
        story.awaitIdentityKnown("robot");
        story.identity(prepare(), release());
        story.asks("rashid", "prepare", "10m").awaitActive();

        waives("rashid", waiver("rashid", inHours(1), "prepare", "release"));
        conflicting(story.asks("rashid", "release", "10m"), "rashid asks for this grant: somebody else must waive it");
        waives("rashid-admin", waiver("rashid-admin", inHours(1), "prepare", "release"));
        conflicting(story.asks("rashid", "release", "10m"), "rashid-admin is the same person as rashid");
        waives("ada", waiver("ada", inHours(1), "prepare", "release"));
        String robot = "system:serviceaccount:" + here + ":robot";
        Grant throughHers =
                story.asksAs(new Caller(story.cluster().asAccount(here, "robot")), robot, "release", Map.of());

        conflicting(throughHers, "ada is the same person as " + robot);
    }

    @StoryTest
    void itHoldsForATimeThatIsNeitherOverNorTooLong() {
        story.identity(prepare(), release());
        story.asks("rashid", "prepare", "10m").awaitActive();

        waives("ada", waiver("ada", inHours(-1), "prepare", "release"));
        assertThat(waiverNow().reason()).isEqualTo(Reason.WaiverEnded.name());
        conflicting(story.asks("rashid", "release", "10m"), "the waiver ended at");
        waives("ada", waiver("ada", inHours(72), "prepare", "release"));
        assertThat(waiverNow().reason()).isEqualTo(Reason.WaiverTooLong.name());
        conflicting(story.asks("rashid", "release", "10m"), "more than 2d ahead");
        Instant soon = Instant.now().plus(Duration.ofMinutes(5)).truncatedTo(ChronoUnit.SECONDS);
        waives("ada", waiver("ada", soon, "prepare", "release"));
        conflicting(story.asks("rashid", "release", "10m"), "ask for at most 4m, or with notAfter: " + soon);

        Grant grant = story.asks("rashid", "release", "10m", Map.of("notAfter", soon.toString()))
                .awaitActive();
        assertThat(grant.status().expiresAt()).isEqualTo(soon);
    }

    @StoryTest
    void whoHasLostTheRightToGovernWaivesNothingAnyMore() {
        story.identity(prepare(), release());
        story.asks("rashid", "prepare", "10m").awaitActive();
        waives("ada", waiver("ada", inHours(1), "prepare", "release"));
        Grant before = story.asks("rashid", "release", "10m").awaitActive();

        story.rights().takeFrom(Rights.user("ada"), here);

        conflicting(story.asks("rashid", "release", "10m"), "ada does not hold the verb govern");
        assertThat(before.phase()).isEqualTo(GrantPhase.Active);
    }

    @StoryTest
    void eachConflictThatIsFoundNeedsItsOwn() {
        story.identity(prepare(), release(), audit());
        story.asks("rashid", "prepare", "10m").awaitActive();
        Grant audits = story.asks("rashid", "audit", "10m").awaitActive();
        waives("ada", waiver("ada", inHours(1), "prepare", "release"));

        Grant denied = story.asks("rashid", "release", "10m").awaitPhase(GrantPhase.Denied);

        assertThat(denied.condition(ConditionType.Ready).message())
                .contains("nobody holds the duties audit and release", audits.name());
        waives("ada", waiver("ada", inHours(1), "prepare", "release"), waiver("ada", inHours(1), "release", "audit"));
        Grant grant = story.asks("rashid", "release", "10m").awaitActive();
        assertThat(grant.status().waivers()).hasSize(2);
    }

    @StoryTest
    void whatBeganOnAWaiverGoesOnWithoutItAndTheNextDoesNotBegin() {
        story.let("gina", "get patch", Story.IDENTITIES);
        story.identity(prepare(), release());
        story.asks("rashid", "prepare", "10m").awaitActive();
        waives("ada", waiver("ada", inHours(1), "prepare", "release"));
        Grant before = story.asks("rashid", "release", "10m").awaitActive();

        waives("gina");

        conflicting(story.asks("rashid", "release", "10m"), "waives it in spec.waivers");
        assertThat(before.phase()).isEqualTo(GrantPhase.Active);
    }

    private void conflicting(Grant grant, String... words) {
        grant.awaitPhase(GrantPhase.Denied);
        assertThat(grant.reason()).isEqualTo(Reason.DutiesConflict.name());
        assertThat(grant.condition(ConditionType.Ready).message())
                .contains("nobody holds the duties prepare and release")
                .contains(words);
        assertThat(grant.leftovers()).isEmpty();
    }

    @SafeVarargs
    private void waives(String person, Map<String, Object>... waivers) {
        Caller.Answer answer = says(person, List.of(waivers));
        assertThat(answer.passed()).as(answer.body()).isTrue();
        story.awaitIdentityKnown(Story.IDENTITY);
    }

    private Caller.Answer says(String person, List<Map<String, Object>> waivers) {
        // Nobody of the cast; the settings say whose other name it is.
        boolean played = person.equals("rashid-admin");
        return new Caller(
                        played
                                ? story.cluster().played(person)
                                : story.cluster().as(person))
                .send(
                        "PATCH",
                        story.path("serviceidentities") + "/" + Story.IDENTITY,
                        "application/merge-patch+json",
                        Caller.json(Map.of("spec", Map.of("waivers", new ArrayList<>(waivers)))));
    }

    private static Map<String, Object> waiver(String by, Instant until, String one, String other) {
        return Map.of(
                "duties",
                List.of(one, other),
                "reason",
                "the quarter is closed by three people",
                "until",
                until.toString(),
                "waivedBy",
                by);
    }

    private static Instant inHours(int hours) {
        return Instant.now().plus(Duration.ofHours(hours)).truncatedTo(ChronoUnit.SECONDS);
    }

    private WaiverStatus waiverNow() {
        return story.identityNow().getStatus().waivers().get(0);
    }

    private Entry prepare() {
        return Entry.ofRole("prepare", "preparer").in(here);
    }

    private Entry release() {
        return Entry.ofRole("release", "releaser").in(here);
    }

    private Entry audit() {
        return Entry.ofRole("audit", "auditor").in(here);
    }

    private void role(String name, PolicyRule... rules) {
        story.rights().role(here, name, rules);
        Subject operator = Rights.serviceAccount("lapse-system", "lapse-operator");
        for (Subject binder : List.of(operator, Rights.user("olivia"))) {
            story.rights().give(binder, here, "bind", "rbac.authorization.k8s.io/roles:" + name);
        }
        story.rights().give(Rights.user("olivia"), here, "create", Story.ROLE_BINDINGS);
    }
}
