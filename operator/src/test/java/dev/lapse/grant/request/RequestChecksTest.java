package dev.lapse.grant.request;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lapse.access.Entitlement;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.condition.Reason;
import dev.lapse.grant.Crowd;
import dev.lapse.grant.DutyFinding;
import dev.lapse.grant.GrantAction;
import dev.lapse.grant.GrantFacts;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.grant.Obstacle;
import dev.lapse.grant.Obstacle.Refused;
import dev.lapse.grant.Obstacle.Unasked;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.grant.Scene;
import dev.lapse.guard.GuardParameters.ApplierLimit;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.Profile;
import dev.lapse.identity.SubjectFacts;
import dev.lapse.identity.Vouching;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestChecksTest {
    private static final SubjectFacts USER =
            new SubjectFacts("build-bot", Optional.empty(), Optional.empty(), false, false, Optional.empty(), true);

    /** One thing that is wrong, what comes of it, and what a person is told. */
    private record Wrong(String what, UnaryOperator<Scene> change, Obstacle expected, List<String> told) {
        static Wrong refused(String what, Reason reason, UnaryOperator<Scene> change, String... told) {
            return new Wrong(what, change, new Refused(reason, ""), List.of(told));
        }

        static Wrong waits(
                String what,
                GrantPhase phase,
                Reason reason,
                Optional<Instant> again,
                UnaryOperator<Scene> change,
                String... told) {
            return new Wrong(what, change, new Waiting(phase, reason, "", again), List.of(told));
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /** In the order in which a person is told: of two that are wrong, the one higher up. */
    private static final List<Wrong> WRONG = List.of(
            Wrong.waits(
                    "the operator's clock is far off",
                    GrantPhase.Pending,
                    Reason.ClockUnsure,
                    Optional.of(Scene.NOW.plusSeconds(10)),
                    scene -> scene.clockProblem("the operator's clock is 300.0 s behind the API server's"),
                    "300.0 s behind"),
            Wrong.waits(
                    "no such identity",
                    GrantPhase.Pending,
                    Reason.IdentityNotFound,
                    Optional.of(NOW.plus(RequestChecks.PATIENCE)),
                    Scene::withoutIdentity,
                    "no ServiceIdentity ci in namespace payments",
                    "create it, or correct spec.identityRef.name"),
            Wrong.refused(
                    "the identity is suspended",
                    Reason.IdentityNotActive,
                    scene -> scene.identity("state", "Suspended"),
                    "ServiceIdentity ci is Suspended",
                    "only an Active identity"),
            Wrong.refused(
                    "the identity's end has come",
                    Reason.IdentityExpired,
                    scene -> scene.identity("validUntil", "2026-11-02T10:00:00Z"),
                    "valid until 2026-11-02T10:00:00Z",
                    "set a later spec.validUntil"),
            Wrong.refused(
                    "the identity has no owner",
                    Reason.OwnerMissing,
                    scene -> scene.identity("owner", ""),
                    "nobody answers for ServiceIdentity ci",
                    "set spec.owner"),
            Wrong.refused(
                    "settings do not allow the user name",
                    Reason.SubjectNotAllowed,
                    scene -> scene.subject(new SubjectFacts(
                            "root", Optional.empty(), Optional.empty(), false, false, Optional.empty(), false)),
                    "the user name root is not allowed in namespace payments",
                    "subject-users"),
            Wrong.refused(
                    "an older identity has the subject",
                    Reason.SubjectTaken,
                    scene -> scene.subject(new SubjectFacts(
                            "system:serviceaccount:payments:ci",
                            Optional.of("ci"),
                            Optional.of("subject-uid"),
                            false,
                            false,
                            Optional.of("payments/older"),
                            true)),
                    "belongs to the older ServiceIdentity payments/older",
                    "ask for a grant of that one"),
            Wrong.waits(
                    "the subject does not exist",
                    GrantPhase.Pending,
                    Reason.SubjectNotFound,
                    Optional.of(NOW.plus(RequestChecks.PATIENCE)),
                    scene -> scene.subjectUid(null),
                    "no ServiceAccount ci in namespace payments",
                    "create it, or set spec.subject.serviceAccount.create"),
            Wrong.refused(
                    "no such privilege",
                    Reason.PrivilegeUnknown,
                    scene -> scene.grant("privilege", "deploy"),
                    "has no eligible entry deploy",
                    "it has: look",
                    "spec.privilege"),
            Wrong.refused(
                    "somebody who is no requester asks",
                    Reason.RequesterNotAllowed,
                    scene -> scene.entry("requesters", "[{user: rashid}, {group: sre}]"),
                    "olivia is not among the requesters of look",
                    "requestedByAs"),
            Wrong.refused(
                    "a namespace the entry does not list",
                    Reason.NamespaceNotEligible,
                    scene -> scene.grant("namespaces", "[warehouse]"),
                    "spec.namespaces names warehouse",
                    "it lists"),
            Wrong.refused(
                    "longer than the entry allows",
                    Reason.DurationTooLong,
                    scene -> scene.entry("maxDuration", "59m59s"),
                    "spec.duration 1h is above the ceiling of look, 59m59s",
                    "ask for less"),
            Wrong.refused(
                    "notAfter has passed",
                    Reason.NotAfterPassed,
                    scene -> scene.grant("notAfter", "2026-11-02T10:00:00Z"),
                    "spec.notAfter 2026-11-02T10:00:00Z has passed",
                    "create a new PrivilegeGrant with a later one"),
            Wrong.refused(
                    "notBefore in ten years",
                    Reason.NotBeforeTooFar,
                    scene -> scene.grant("notBefore", "2036-01-01T00:00:00Z"),
                    "spec.notBefore 2036-01-01T00:00:00Z is more than 90 days ahead",
                    "ask again when it is nearer"),
            Wrong.refused(
                    "a certificate that is none",
                    Reason.CredentialNotPossible,
                    scene -> scene.grant("credential", "{type: Token, encryptTo: nonsense}"),
                    "spec.credential.encryptTo cannot be sealed to",
                    "give the PEM"),
            Wrong.refused(
                    "no such role",
                    Reason.RoleNotFound,
                    Scene::withoutRole,
                    "there is no ClusterRole view",
                    "create it, or correct the entry's role"),
            Wrong.refused(
                    "the role is larger than anybody could judge",
                    Reason.RoleTooLarge,
                    scene -> scene.rules(Scene.tooLargeToJudge()),
                    "ClusterRole view has more rules than anybody could judge",
                    "a role of less than 128 KiB"),
            Wrong.refused(
                    "a namespace is being deleted",
                    Reason.NamespaceTerminating,
                    scene -> scene.namespace("payments", NamespaceState.Terminating),
                    "namespace payments is being deleted"),
            Wrong.refused(
                    "the identity's own account would reach further than its namespace",
                    Reason.RiskNotAccepted,
                    scene -> scene.entry("principal", "Subject").entry("namespaces", "[orders, payments]"),
                    "rights outside its namespace",
                    "use principal Dedicated, or add SubjectReach"),
            Wrong.refused(
                    "the role holds what the entry does not accept by name",
                    Reason.RiskNotAccepted,
                    scene -> scene.rules(Scene.rule("get", "", "secrets"), Scene.rule("create", "", "pods")),
                    "entry look: ClusterRole/view lets its holder outlive a grant",
                    "(SecretsRead, PodsWrite)",
                    "add each to accepts with a reason, or name a role without them"),
            Wrong.waits(
                    "as many grants as settings allow are active for the identity",
                    GrantPhase.Pending,
                    Reason.TooManyGrants,
                    Optional.of(NOW.plusSeconds(10)),
                    scene -> scene.crowd(7, 7, new Crowd.Limits(7, 8)),
                    "7 grants of identity ci are active",
                    "grants-per-identity 7",
                    "revoke what nobody needs"),
            Wrong.waits(
                    "the guard does not stand",
                    GrantPhase.Pending,
                    Reason.GuardNotReady,
                    Optional.empty(),
                    scene -> scene.guard(GuardState.notReady("lapse-grants is missing")),
                    "lapse-grants is missing"),
            Wrong.refused(
                    "nobody wrote the entry",
                    Reason.AuthorMissing,
                    scene -> scene.entry("entitledBy", ""),
                    "entry look has no author",
                    "add entitledBy",
                    "ClusterRole/view"),
            Wrong.waits(
                    "an applier wrote what it may not",
                    GrantPhase.Pending,
                    Reason.BeyondApplierLimits,
                    Optional.empty(),
                    scene -> scene.entry("entitledByVia", "argo").limit(ApplierLimit.NONE),
                    "written by the applier argo",
                    "let a person who may bind ClusterRole/view write it, or widen applierLimits"),
            Wrong.refused(
                    "the grant was written while the guard did not stand",
                    Reason.NameUnproved,
                    scene -> scene.guard(GuardState.ready("epoch-2", NOW, Duration.ofSeconds(30))),
                    "nobody knows who asked",
                    "create it again, not before 2026-11-02T10:00:30Z"),
            Wrong.waits(
                    "the entry was written while the guard did not stand",
                    GrantPhase.Pending,
                    Reason.NameUnproved,
                    Optional.empty(),
                    Scene::entryUnproved,
                    "nobody knows who wrote it",
                    "its author must change it once more"),
            Wrong.refused(
                    "what it gives may not be held beside what is held",
                    Reason.DutiesConflict,
                    scene -> scene.duties(new DutyFinding(
                            DutyFinding.Answer.Conflict, "nobody holds pay and release together", false)),
                    "nobody holds pay and release together"),
            Wrong.waits(
                    "people must approve",
                    GrantPhase.AwaitingApproval,
                    Reason.ApprovalRequired,
                    Optional.empty(),
                    scene -> scene.entry("approvals", "{required: 2}"),
                    "a review is being opened"),
            Wrong.waits(
                    "notBefore is ahead",
                    GrantPhase.Scheduled,
                    Reason.NotYet,
                    Optional.of(Instant.parse("2026-11-02T10:00:01Z")),
                    scene -> scene.grant("notBefore", "2026-11-02T10:00:01Z"),
                    "begins at 2026-11-02T10:00:01Z"),
            new Wrong(
                    "nobody was asked about the author",
                    scene -> scene.entitlement(null),
                    new Unasked(new GrantAction.AskEntitlement()),
                    List.of()));

    private static Stream<Wrong> wrong() {
        return WRONG.stream();
    }

    @Test
    void nothingIsInTheWayOfARequestInOrder() {
        GrantFacts facts = Scene.inOrder().facts();

        Optional<Obstacle> obstacle = RequestChecks.first(facts, NOW);

        assertThat(obstacle).isEmpty();
    }

    @Test
    void aRefusalTellsWhatElseIsWrong() {
        Scene scene = Scene.inOrder()
                .identity("state", "Suspended")
                .identity("owner", "")
                .entry("maxDuration", "59m59s")
                .withoutRole();

        Optional<Obstacle> obstacle = RequestChecks.first(scene.facts(), NOW);

        assertThat(obstacle).get().isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Reason.IdentityNotActive);
            assertThat(refused.message())
                    .startsWith("ServiceIdentity ci is Suspended")
                    .contains("; also OwnerMissing: nobody answers for ServiceIdentity ci")
                    .contains("; also DurationTooLong: ");
        });
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void whatIsWrongIsToldWithFieldAndRemedy(Wrong wrong) {
        GrantFacts facts = wrong.change().apply(Scene.inOrder()).facts();

        Obstacle obstacle = RequestChecks.first(facts, NOW).orElseThrow();

        assertThat(withoutMessage(obstacle)).isEqualTo(wrong.expected());
        assertThat(wrong.told())
                .allSatisfy(part -> assertThat(message(obstacle)).contains(part));
    }

    private static Stream<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        for (int first = 0; first < WRONG.size(); first++) {
            for (int second = first + 1; second < WRONG.size(); second++) {
                pairs.add(arguments(WRONG.get(first), WRONG.get(second)));
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void ofTwoThingsThatAreWrongTheEarlierIsTold(Wrong first, Wrong second) {
        GrantFacts facts =
                first.change().apply(second.change().apply(Scene.inOrder())).facts();

        Obstacle obstacle = RequestChecks.first(facts, NOW).orElseThrow();

        assertThat(withoutMessage(obstacle)).isEqualTo(first.expected());
    }

    private static Stream<Wrong> variants() {
        return Stream.of(
                Wrong.refused(
                        "the identity is retired",
                        Reason.IdentityNotActive,
                        scene -> scene.identity("state", "Retired"),
                        "is Retired"),
                Wrong.waits(
                        "as many grants as settings allow are active in the namespace",
                        GrantPhase.Pending,
                        Reason.TooManyGrants,
                        Optional.of(NOW.plusSeconds(10)),
                        scene -> scene.crowd(1, 8, new Crowd.Limits(7, 8)),
                        "8 grants of namespace payments are active",
                        "grants-per-namespace 8"),
                Wrong.refused(
                        "the identity is being deleted",
                        Reason.IdentityNotActive,
                        scene -> scene.identityMetadata("deletionTimestamp", "2026-11-02T09:59:59Z"),
                        "is being deleted"),
                Wrong.refused(
                        "an identity of its type needs an end",
                        Reason.ValidUntilRequired,
                        scene -> scene.profile(new Profile(Duration.ofHours(8), 0, PrincipalType.Dedicated, true)),
                        "set spec.validUntil of ServiceIdentity ci"),
                Wrong.refused(
                        "no such identity for too long",
                        Reason.IdentityNotFound,
                        scene -> scene.withoutIdentity().grantMetadata("creationTimestamp", "2026-11-02T09:50:00Z"),
                        "no ServiceIdentity ci",
                        "waited 10m"),
                Wrong.refused(
                        "no such subject for too long",
                        Reason.SubjectNotFound,
                        scene -> scene.subjectUid(null).grantMetadata("creationTimestamp", "2026-11-02T09:50:00Z"),
                        "waited 10m"),
                Wrong.refused(
                        "the identity has no entry at all",
                        Reason.PrivilegeUnknown,
                        scene -> scene.identity("eligible", ""),
                        "it has: none"),
                Wrong.refused(
                        "a namespace named for a cluster-wide entry",
                        Reason.NamespaceNotEligible,
                        scene -> scene.entry("namespaces", "")
                                .entry("clusterWide", "true")
                                .grant("namespaces", "[payments]"),
                        "leave spec.namespaces out"),
                Wrong.refused(
                        "an entry without any reach",
                        Reason.NamespaceNotEligible,
                        scene -> scene.entry("namespaces", ""),
                        "neither namespaces nor clusterWide"),
                Wrong.refused(
                        "longer than the profile allows, whatever the entry says",
                        Reason.DurationTooLong,
                        scene -> scene.entry("maxDuration", "9h").grant("duration", "8h1s"),
                        "the ceiling of look, 8h"),
                Wrong.refused(
                        "a ceiling that is no duration allows nothing",
                        Reason.DurationTooLong,
                        scene -> scene.entry("maxDuration", "1.5h").grant("duration", "1s"),
                        "above the ceiling"),
                Wrong.refused(
                        "a dedicated account that nobody gets a token of",
                        Reason.CredentialNotPossible,
                        scene -> scene.grant("credential", "{type: None}"),
                        "credential type None",
                        "ask for Token or Mint"),
                Wrong.refused(
                        "tokens of an account that outlives the grant",
                        Reason.CredentialNotPossible,
                        scene -> scene.entry("principal", "Subject").grant("credential", "{type: Mint}"),
                        "credential type Mint",
                        "ask for Token, or let the entry name principal Dedicated"),
                Wrong.refused(
                        "a token for a user name",
                        Reason.CredentialNotPossible,
                        scene -> scene.subject(USER).entry("principal", "Subject"),
                        "no token can be issued for a user name",
                        "ask for credential type None"),
                Wrong.refused(
                        "a Role that one namespace lacks",
                        Reason.RoleNotFound,
                        scene -> scene.entry("role", "{kind: Role, name: reader}")
                                .role(new dev.lapse.identity.RoleFacts(java.util.Map.of(), List.of("payments"))),
                        "there is no Role reader in namespace payments"),
                Wrong.refused(
                        "a namespace that does not exist",
                        Reason.NamespaceNotFound,
                        scene -> scene.entry("namespaces", "[orders, payments]")
                                .namespace("orders", NamespaceState.Absent),
                        "there is no namespace orders",
                        "create it, or leave it out with spec.namespaces"),
                Wrong.refused(
                        "the identity's own account would reach the whole cluster",
                        Reason.RiskNotAccepted,
                        scene -> scene.entry("principal", "Subject")
                                .entry("namespaces", "")
                                .entry("clusterWide", "true"),
                        "SubjectReach"),
                Wrong.refused(
                        "one risk of two is accepted",
                        Reason.RiskNotAccepted,
                        scene -> scene.rules(Scene.rule("get", "", "secrets"), Scene.rule("create", "", "pods"))
                                .entry("accepts", "[{risk: PodsWrite, reason: it starts jobs}]"),
                        "(SecretsRead)",
                        "add it to accepts"),
                Wrong.refused(
                        "a role that gained a risk after it was approved",
                        Reason.RiskNotAccepted,
                        scene -> scene.entry("approvals", "{required: 1}").rules(Scene.rule("bind", "*", "*")),
                        "Wildcard, Bind"),
                Wrong.waits(
                        "an applier without any limits",
                        GrantPhase.Pending,
                        Reason.BeyondApplierLimits,
                        Optional.empty(),
                        scene -> scene.entry("entitledByVia", "argo"),
                        "goes beyond its limits"),
                Wrong.waits(
                        "what an applier may not, and nobody is asked about",
                        GrantPhase.Pending,
                        Reason.BeyondApplierLimits,
                        Optional.of(NOW.plus(RequestChecks.PATIENCE)),
                        scene -> scene.entry("entitledByVia", "argo").judged(Reason.RoleNotGrantable),
                        "goes beyond its limits"),
                Wrong.refused(
                        "what an applier may not, and nobody is asked about for long",
                        Reason.BeyondApplierLimits,
                        scene -> scene.entry("entitledByVia", "argo")
                                .judged(Reason.RoleNotGrantable)
                                .grantMetadata("creationTimestamp", "2026-11-02T09:50:00Z"),
                        "goes beyond its limits"),
                // Before anybody is asked.
                Wrong.waits(
                        "what is granted in no such namespace, though people would have to be asked",
                        GrantPhase.Pending,
                        Reason.PlaceNotGrantable,
                        Optional.of(NOW.plusSeconds(10)),
                        scene -> scene.entry("approvals", "{required: 1}").bounds(true, "payments"),
                        "Lapse grants nothing in namespace payments: leave it out"),
                Wrong.waits(
                        "what is granted nowhere in the whole cluster",
                        GrantPhase.Pending,
                        Reason.PlaceNotGrantable,
                        Optional.of(NOW.plusSeconds(10)),
                        scene -> scene.entry("namespaces", "")
                                .entry("clusterWide", "true")
                                .bounds(false),
                        "Lapse grants nothing in the whole cluster: name namespaces instead"),
                Wrong.refused(
                        "what is granted in no such namespace for long",
                        Reason.PlaceNotGrantable,
                        scene -> scene.bounds(true, "payments")
                                .grantMetadata("creationTimestamp", "2026-11-02T09:50:00Z"),
                        "Lapse grants nothing in namespace payments"),
                Wrong.waits(
                        "what an applier may not, and people are about to be asked about, however late",
                        GrantPhase.Pending,
                        Reason.BeyondApplierLimits,
                        Optional.empty(),
                        scene -> scene.entry("entitledByVia", "argo")
                                .judged(Reason.BeyondApplierLimits)
                                .grantMetadata("creationTimestamp", "2026-11-02T09:50:00Z"),
                        "goes beyond its limits"),
                Wrong.waits(
                        "what an applier may not, while people are asked",
                        GrantPhase.Pending,
                        Reason.BeyondApplierLimits,
                        Optional.of(NOW.plusSeconds(60)),
                        scene -> scene.entry("entitledByVia", "argo")
                                .vouching(new Vouching.Asked("lapse-1", NOW.plusSeconds(60))),
                        "waits until 2026-11-02T10:01:00Z for a person who may bind ClusterRole/view there",
                        "kubectl lapse approve lapse-1"),
                Wrong.refused(
                        "what an applier may not, and somebody said no to",
                        Reason.ApprovalDenied,
                        scene -> scene.entry("entitledByVia", "argo")
                                .vouching(new Vouching.Refused("lapse-1", Reason.ApprovalDenied, "denied by erin")),
                        "entry look: denied by erin"),
                Wrong.waits(
                        "an applier's request, even of a pre-approved entry",
                        GrantPhase.AwaitingApproval,
                        Reason.ClaimedRequest,
                        Optional.of(Instant.parse("2026-11-02T12:00:00Z")),
                        scene -> scene.grant("requestedByVia", "argo").grant("notAfter", "2026-11-02T12:00:00Z"),
                        "nobody knows whether olivia asks"),
                Wrong.waits(
                        "one approval of the profile",
                        GrantPhase.AwaitingApproval,
                        Reason.ApprovalRequired,
                        Optional.empty(),
                        scene -> scene.profile(new Profile(Duration.ofHours(8), 1, PrincipalType.Dedicated, false)),
                        "a review is being opened"),
                Wrong.waits(
                        "an applier's entry whose review should be over by now",
                        GrantPhase.Pending,
                        Reason.BeyondApplierLimits,
                        Optional.of(NOW.plusSeconds(10)),
                        scene -> scene.entry("entitledByVia", "argo")
                                .vouching(new Vouching.Asked("lapse-1", NOW.minusSeconds(1)))),
                Wrong.waits(
                        "a right that the API server may not have noticed yet",
                        GrantPhase.Pending,
                        Reason.AuthorNotEntitled,
                        Optional.of(NOW.plusSeconds(3)),
                        scene -> scene.entitlement(
                                new Entitlement.NotEntitled("namespace payments", "ada may not bind it", "")),
                        "ada may not bind it"),
                Wrong.refused(
                        "the author could not bind the role",
                        Reason.AuthorNotEntitled,
                        scene -> scene.grantMetadata(
                                        "creationTimestamp", NOW.minusSeconds(3).toString())
                                .entitlement(
                                        new Entitlement.NotEntitled("namespace payments", "ada may not bind it", "")),
                        "ada may not bind it"),
                Wrong.waits(
                        "a look-up that failed",
                        GrantPhase.Pending,
                        Reason.LookupFailed,
                        Optional.of(NOW.plusSeconds(10)),
                        scene -> scene.entitlement(new Entitlement.Undecided("the API server was away")),
                        "the API server was away"));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void otherWaysToBeWrongAreToldAsWell(Wrong wrong) {
        GrantFacts facts = wrong.change().apply(Scene.inOrder()).facts();

        Obstacle obstacle = RequestChecks.first(facts, NOW).orElseThrow();

        assertThat(withoutMessage(obstacle)).isEqualTo(wrong.expected());
        assertThat(wrong.told())
                .allSatisfy(part -> assertThat(message(obstacle)).contains(part));
    }

    /** What is just about right. */
    private record Right(String what, UnaryOperator<Scene> change) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Stream<Right> nearMisses() {
        return Stream.of(
                new Right(
                        "the identity ends a second later",
                        scene -> scene.identity("validUntil", "2026-11-02T10:00:01Z")),
                new Right("exactly the ceiling", scene -> scene.entry("maxDuration", "1h")),
                new Right("exactly the profile's ceiling", scene -> scene.grant("duration", "8h")),
                new Right("the shortest duration", scene -> scene.grant("duration", "1s")),
                new Right("notAfter a second ahead", scene -> scene.grant("notAfter", "2026-11-02T10:00:01Z")),
                new Right("notBefore is now", scene -> scene.grant("notBefore", "2026-11-02T10:00:00Z")),
                new Right("a requester by name", scene -> scene.entry("requesters", "[{user: olivia}]")),
                new Right(
                        "a requester by group",
                        scene -> scene.entry("requesters", "[{user: rashid}, {group: sre}]")
                                .grant("requestedByAs", "[dev, sre]")),
                new Right(
                        "one of several namespaces, while another is being deleted",
                        scene -> scene.entry("namespaces", "[orders, payments]")
                                .grant("namespaces", "[payments]")
                                .namespace("orders", NamespaceState.Terminating)),
                new Right("cluster-wide", scene -> scene.entry("namespaces", "").entry("clusterWide", "true")),
                new Right(
                        "the identity's own account in its own namespace",
                        scene -> scene.entry("principal", "Subject")),
                new Right(
                        "the identity's own account further away, by name",
                        scene -> scene.entry("principal", "Subject")
                                .entry("namespaces", "[orders, payments]")
                                .entry("accepts", "[{risk: SubjectReach, reason: it deploys there}]")),
                new Right(
                        "a risk that the entry accepts by name",
                        scene -> scene.rules(Scene.rule("get", "", "secrets"))
                                .entry("accepts", "[{risk: SecretsRead, reason: it rotates them}]")),
                new Right(
                        "a risk accepted that the role does not hold",
                        scene -> scene.entry("accepts", "[{risk: SecretsRead, reason: it may rotate them}]")),
                new Right("tokens for whoever asks", scene -> scene.grant("credential", "{type: Mint}")),
                new Right(
                        "nothing to deliver to an account that has a credential",
                        scene -> scene.entry("principal", "Subject").grant("credential", "{type: None}")),
                new Right(
                        "a user name without a token",
                        scene -> scene.subject(USER)
                                .entry("principal", "Subject")
                                .grant("credential", "{type: None}")),
                new Right(
                        "an applier within its limits",
                        scene -> scene.entry("entitledByVia", "argo")
                                .limit(new ApplierLimit(Set.of(), Set.of("ClusterRole/view"), false))),
                new Right(
                        "an applier beyond its limits, and somebody vouched for it",
                        scene -> scene.entry("entitledByVia", "argo")
                                .limit(ApplierLimit.NONE)
                                .vouching(new Vouching.Given("lapse-1", UserInfo.of("erin", List.of())))),
                new Right(
                        "pre-approved whatever the profile says",
                        scene -> scene.entry("approvals", "{required: 0}")
                                .profile(new Profile(Duration.ofHours(8), 2, PrincipalType.Dedicated, false))),
                new Right(
                        "created the moment the guard had settled",
                        scene -> scene.guard(
                                GuardState.ready("epoch-2", NOW.minusSeconds(30), Duration.ofSeconds(30)))));
    }

    @ParameterizedTest
    @MethodSource("nearMisses")
    void whatIsJustRightPasses(Right right) {
        GrantFacts facts = right.change().apply(Scene.inOrder()).facts();

        Optional<Obstacle> obstacle = RequestChecks.first(facts, NOW);

        assertThat(obstacle).isEmpty();
    }

    private static Obstacle withoutMessage(Obstacle obstacle) {
        if (obstacle instanceof Refused refused) {
            return new Refused(refused.reason(), "");
        }
        return obstacle instanceof Waiting waiting
                ? new Waiting(waiting.phase(), waiting.reason(), "", waiting.lookAgainAt())
                : obstacle;
    }

    private static String message(Obstacle obstacle) {
        if (obstacle instanceof Refused refused) {
            return refused.message();
        }
        return obstacle instanceof Waiting waiting ? waiting.message() : "";
    }
}
