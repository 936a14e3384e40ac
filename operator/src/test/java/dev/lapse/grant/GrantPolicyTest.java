package dev.lapse.grant;

import static dev.lapse.grant.Scene.GRANT_UID;
import static dev.lapse.grant.Scene.NOW;
import static dev.lapse.grant.Scene.OBJECT_NAME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.Entitlement;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.TokenDead;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import dev.lapse.grant.begin.GrantManifests;
import dev.lapse.grant.tell.GrantJournal;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.SubjectFacts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to a grant, step by step, from its request to the proof of its end. */
class GrantPolicyTest {
    private static final GrantObject ACCOUNT =
            new GrantObject(ObjectKind.ServiceAccount, "lapse-principals", OBJECT_NAME, null, ObjectState.Creating);
    private static final GrantObject SECRET =
            new GrantObject(ObjectKind.Secret, "payments", OBJECT_NAME, null, ObjectState.Creating);
    private static final GrantObject BINDING =
            new GrantObject(ObjectKind.RoleBinding, "payments", OBJECT_NAME, null, ObjectState.Creating);

    private static GrantLife active(Scene scene) {
        GrantLife life = GrantLife.of(scene).settle();
        life.holdsExactlyWhatIsRecorded();
        life.cluster.writes.clear();
        return life;
    }

    private static Scene subject() {
        return Scene.inOrder().entry("principal", "Subject");
    }

    // The way in

    @Test
    void aDedicatedAccountIsMadeThenItsTokenThenItsAccess() {
        GrantLife life = GrantLife.of(Scene.inOrder());

        life.settle();

        assertThat(life.cluster.writes)
                .containsExactly(
                        "addFinalizer",
                        "status Pending",
                        "create ServiceAccount",
                        "token",
                        "deliver",
                        "create RoleBinding",
                        "status Active");
        life.holdsExactlyWhatIsRecorded();
        assertThat(life.expiresAt()).isEqualTo(NOW.plusSeconds(3600));
    }

    @Test
    void aTokenOfTheSubjectIsBoundToASecretThatWasThereBefore() {
        GrantLife life = GrantLife.of(subject());

        life.settle();

        assertThat(life.cluster.writes)
                .containsExactly(
                        "addFinalizer",
                        "status Pending",
                        "create Secret",
                        "token",
                        "deliver",
                        "create RoleBinding",
                        "status Active");
        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void anAccountThatHasACredentialGetsABindingAndNothingElse() {
        GrantLife life = GrantLife.of(subject().grant("credential", "{type: None}"));

        life.settle();

        assertThat(life.cluster.writes)
                .containsExactly("addFinalizer", "status Pending", "create RoleBinding", "status Active");
        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void aClusterWideGrantHasOneBindingForTheWholeCluster() {
        GrantLife life = GrantLife.of(Scene.inOrder().entry("namespaces", "").entry("clusterWide", "true"));

        life.settle();

        assertThat(life.bindings()).extracting(HasMetadata::getKind).containsExactly("ClusterRoleBinding");
        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void severalNamespacesHaveABindingEachAndASecretOnlyAtHome() {
        GrantLife life = GrantLife.of(Scene.inOrder().entry("namespaces", "[orders, payments, warehouse]"));

        life.settle();

        assertThat(life.bindings())
                .extracting(binding -> binding.getMetadata().getNamespace())
                .containsExactlyInAnyOrder("orders", "payments", "warehouse");
        assertThat(life.object(ObjectKind.Secret).map(GrantObject::namespace)).contains("payments");
        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void aNarrowedGrantIsBoundOnlyWhereItWasAskedFor() {
        GrantLife life = GrantLife.of(Scene.inOrder()
                .entry("namespaces", "[orders, payments, warehouse]")
                .grant("namespaces", "[orders]"));

        life.settle();

        assertThat(life.bindings())
                .extracting(binding -> binding.getMetadata().getNamespace())
                .containsExactly("orders");
    }

    @Test
    void whatWaitsForApprovalNeverGetsAnything() {
        GrantLife life = GrantLife.of(Scene.inOrder().entry("approvals", "{required: 1}"));

        life.settle().after(Duration.ofDays(400)).settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        assertThat(life.cluster.writes)
                .containsExactly("status AwaitingApproval", "open review", "status AwaitingApproval");
    }

    @Test
    void whoCouldActAsTheAccountIsKnownBeforeAnybodyIsAskedAndForgottenOnceItBegins() {
        GrantLife life = GrantLife.of(Scene.inOrder().entry("approvals", "{required: 1}"));
        life.cluster.bindingsAnswered = false;

        assertThat(life.pass()).isFalse();

        assertThat(life.cluster.consents).isEmpty();
        life.cluster.bindingsAnswered = true;
        life.settle();
        assertThat(life.cluster.consents).hasSize(1);
        assertThat(Objects.requireNonNull(life.status().insidersWhenAsked()).accounts())
                .containsExactly("system:serviceaccount:lapse-principals:lapse-" + Scene.GRANT_UID);
        life.approved();
        life.settle();
        assertThat(life.phase()).isEqualTo(GrantPhase.Active);
        assertThat(life.status().insidersWhenAsked()).isNull();
    }

    /** An identity may be changed as often as anybody likes while a request waits. */
    @Test
    void ofMoreAccountsThanCanBeKeptNobodyIsAsked() {
        GrantLife life = GrantLife.of(subject().entry("approvals", "{required: 1}"));
        for (int i = 0; i < 10; i++) {
            life.scene.subject(new SubjectFacts(
                    "system:serviceaccount:payments:ci-" + i,
                    Optional.of("ci-" + i),
                    Optional.of("uid-" + i),
                    false,
                    false,
                    Optional.empty(),
                    true));
            life.settle();
        }

        assertThat(life.cluster.consents).hasSize(10);
        assertThat(Objects.requireNonNull(life.status().insidersWhenAsked()).accounts())
                .hasSize(8)
                .doesNotContain("system:serviceaccount:payments:ci-9");
    }

    @Test
    void nothingIsListedWhereTheEntryLetsInsidersApprove() {
        GrantLife life = GrantLife.of(Scene.inOrder().entry("approvals", "{required: 1, insiders: Allow}"));
        life.cluster.bindingsAnswered = false;

        life.settle();

        assertThat(life.cluster.consents).hasSize(1);
        assertThat(life.status().insidersWhenAsked()).isNull();
    }

    @Test
    void whatBeginsLaterBeginsThenAndNotBefore() {
        GrantLife life = GrantLife.of(Scene.inOrder().grant("notBefore", "2026-11-02T11:00:00Z"));

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Scheduled);
        assertThat(life.last().decision().lookAgainAt()).contains(NOW.plusSeconds(3600));
        life.after(Duration.ofHours(1)).settle();
        life.holdsExactlyWhatIsRecorded();
        assertThat(life.expiresAt()).isEqualTo(NOW.plusSeconds(7200));
    }

    /** Who approved looked at the one before; of the new one nobody was asked. */
    @Test
    void anApprovalDoesNotStandForANamespaceThatWasMadeAnewSince() {
        GrantLife life = GrantLife.of(
                        Scene.inOrder().entry("approvals", "{required: 1}").grant("notBefore", "2026-11-02T11:00:00Z"))
                .settle();
        life.approved();
        life.settle();
        assertThat(life.phase()).isEqualTo(GrantPhase.Scheduled);

        life.scene.recreated("payments");
        life.after(Duration.ofHours(1)).settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        assertThat(life.cluster.consents).hasSize(2);
        life.holdsNothing();
        life.approved();
        life.settle();
        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void aProofOnceRecordedOutlivesTheGuard() {
        GrantLife life = GrantLife.of(Scene.inOrder().grant("notBefore", "2026-11-02T11:00:00Z"))
                .settle();

        life.scene.guard(GuardState.ready("epoch-2", NOW.plusSeconds(60), Duration.ofSeconds(30)));
        life.after(Duration.ofHours(1)).settle();

        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void nothingActivatesWhileTheGuardDoesNotStand() {
        GrantLife life = GrantLife.of(Scene.inOrder().guard(GuardState.notReady("it is not there")));

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Pending);
        assertThat(life.condition(ConditionType.Ready).reason()).isEqualTo(Reason.GuardNotReady.name());
        life.holdsNothing();
    }

    @Test
    void whatCouldNotBeAskedIsAskedAgain() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.entitlement = new Entitlement.Undecided("the API server was away");

        life.settle();

        assertThat(life.condition(ConditionType.Ready).reason()).isEqualTo(Reason.LookupFailed.name());
        assertThat(life.last().decision().lookAgainAt()).contains(NOW.plusSeconds(10));
        life.holdsNothing();
    }

    @Test
    void aRefusedRequestIsDeniedForGood() {
        GrantLife life = GrantLife.of(Scene.inOrder().grant("duration", "9h")).settle();

        life.scene.grant("duration", "1h");
        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Denied);
        assertThat(life.end().cause()).isEqualTo(EndCause.Denied);
        assertThat(life.condition(ConditionType.Stalled).status()).isEqualTo(ConditionStatus.True);
        life.holdsNothing();
    }

    @Test
    void whatTheInformersHaveNotSeenYetRefusesNothing() {
        GrantLife life = GrantLife.of(Scene.inOrder().entry("maxDuration", "30m"));
        life.cluster.upToDate = false;

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Pending);
        assertThat(life.condition(ConditionType.Ready).message())
                .isEqualTo("what it is about has just changed, and is looked at again");
        assertThat(life.last().decision().lookAgainAt()).contains(NOW.plusSeconds(1));

        life.cluster.upToDate = true;
        life.scene.entry("maxDuration", "2h");

        assertThat(life.settle().phase()).isEqualTo(GrantPhase.Active);
    }

    @Test
    void whatCannotBeRemovedKeepsNothingElse() {
        GrantLife life = GrantLife.of(Scene.inOrder().entry("namespaces", "[orders, payments, warehouse]"))
                .settle();
        life.cluster.undeletable.add("orders/" + OBJECT_NAME);
        life.scene.grant("revoked", "true").grant("revokedBy", "olivia");

        assertThat(life.pass()).isFalse();

        assertThat(life.cluster.objects.of(GRANT_UID))
                .extracting(object ->
                        object.getKind() + " in " + object.getMetadata().getNamespace())
                .containsExactly("RoleBinding in orders");
        assertThat(life.liveTokens()).isEmpty();
        assertThat(life.condition(ConditionType.Ready).message()).contains("a webhook refuses to delete orders/");
        assertThat(java.util.Objects.requireNonNull(life.cluster.status).objects())
                .filteredOn(object -> object.state() != ObjectState.Gone)
                .as("what status says is still there")
                .extracting(GrantObject::namespace)
                .containsExactly("orders");

        life.cluster.undeletable.clear();

        assertThat(life.settle().end().effectiveAt()).isNotNull();
        life.holdsNothing();
    }

    @Test
    void whatCannotBeRemovedIsAWarning() {
        GrantFacts facts = GrantLife.of(Scene.inOrder()).settle().observe();
        GrantDecision ending = GrantDecision.todo(
                GrantPhase.Revoking, Reason.Revoking, "revoked by olivia", new GrantAction.AddFinalizer());

        assertThat(GrantJournal.bad(facts, ending)).isFalse();
        assertThat(GrantJournal.bad(facts, ending.failing("a webhook refuses"))).isTrue();
    }

    // Cut off on the way in

    private static Stream<Scene> kinds() {
        return Stream.of(
                Scene.inOrder(),
                subject(),
                subject().grant("credential", "{type: None}"),
                Scene.inOrder().entry("namespaces", "").entry("clusterWide", "true"),
                Scene.inOrder().entry("namespaces", "[orders, payments]"),
                subject()
                        .entry("namespaces", "[orders, payments]")
                        .entry("accepts", "[{risk: SubjectReach, reason: it deploys there}]"));
    }

    /** A kind of grant, and a write after which, or before which, everything stops. */
    record CutOff(int kind, int write, FakeCluster.Cut how) {}

    private static Stream<CutOff> everyWrite() {
        return Stream.iterate(0, kind -> kind + 1)
                .limit(kinds().count())
                .flatMap(kind -> Stream.iterate(0, write -> write + 1)
                        .limit(12)
                        .flatMap(
                                write -> Stream.of(FakeCluster.Cut.values()).map(how -> new CutOff(kind, write, how))));
    }

    private static GrantLife lifeOf(CutOff cutOff) {
        return GrantLife.of(kinds().skip(cutOff.kind()).findFirst().orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("everyWrite")
    void anActivationThatIsCutOffEndsUpComplete(CutOff cutOff) {
        GrantLife life = lifeOf(cutOff);
        life.cluster.cut(cutOff.write(), cutOff.how());
        life.pass();

        life.settle();

        life.holdsExactlyWhatIsRecorded();
    }

    @ParameterizedTest
    @MethodSource("everyWrite")
    void anActivationThatIsCutOffPastItsEndLeavesNothing(CutOff cutOff) {
        GrantLife life = lifeOf(cutOff);
        life.cluster.cut(cutOff.write(), cutOff.how());
        life.pass();

        life.after(Duration.ofHours(9)).settle();
        life.after(Duration.ofHours(9)).settle();

        life.holdsNothing();
    }

    @ParameterizedTest
    @MethodSource("everyWrite")
    void anActivationThatIsCutOffAndRevokedAtOnceLeavesNothing(CutOff cutOff) {
        GrantLife life = lifeOf(cutOff);
        life.cluster.cut(cutOff.write(), cutOff.how());
        life.pass();

        // Informers still show what was before: only what was answered is known.
        life.scene.grant("revoked", "true").grant("revokedBy", "olivia");
        life.settleUnseeing();

        assertThat(life.phase()).isEqualTo(GrantPhase.Revoked);
        life.holdsNothing();
    }

    @Test
    void whatCarriesATokenWhoseAnswerWasLostIsReplaced() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.cut(3, FakeCluster.Cut.AnswerLost);
        life.pass();

        life.settle();

        assertThat(life.cluster.writes)
                .containsSubsequence("token", "delete ServiceAccount", "create ServiceAccount", "token");
        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void theTokenOfAnActivationThatWasCutOffIsDead() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.cut(4, FakeCluster.Cut.AnswerLost);
        life.pass();
        assertThat(life.liveTokens()).containsExactly("jti-1");

        life.settle();

        assertThat(life.liveTokens()).containsExactly("jti-2");
        assertThat(life.status().credentials()).extracting(IssuedCredential::id).containsExactly("jti-2");
    }

    @Test
    void anActivationThatWasCutOffWaitsForTheGuardAgain() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.cut(5, FakeCluster.Cut.KilledBefore);
        life.pass();

        life.scene.guard(GuardState.notReady("it is not there"));
        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Pending);
        assertThat(life.bindings()).isEmpty();
        assertThat(life.last().decision().lookAgainAt()).contains(life.expiresAt());
    }

    @Test
    void anActivationThatWasCutOffFailsIfTheAuthorMayNotBindTheRoleAnyMore() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.cut(6, FakeCluster.Cut.KilledBefore);
        life.pass();
        assertThat(life.bindings()).hasSize(1);

        life.cluster.entitlement = new Entitlement.NotEntitled("namespace payments", "ada may not bind it", "");
        life.settle();

        assertThat(life.end().cause()).isEqualTo(EndCause.EligibilityLost);
        assertThat(life.end().message()).contains("could not be activated", "ada may not bind it");
        life.holdsNothing();
    }

    /** The first attempt has written down that the account is there; the second one issued its token and died. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
    void aTokenThatNobodyWroteDownDiesAlsoIfAnEarlierAttemptHadBeenRefused(int write) {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.cut(3, FakeCluster.Cut.Refused);
        life.pass();
        life.cluster.objects.show();
        life.cluster.cut(write, FakeCluster.Cut.KilledBefore);
        life.pass();

        life.settle();

        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void aStepThatIsRefusedIsToldAndTriedAgain() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.cut(5, FakeCluster.Cut.Refused);

        life.pass();

        assertThat(life.condition(ConditionType.Ready).reason()).isEqualTo(Reason.StepFailed.name());
        assertThat(life.condition(ConditionType.Ready).message()).contains("create RoleBinding is refused");
        life.settle();
        life.holdsExactlyWhatIsRecorded();
    }

    // Active

    @Test
    void whatSomebodyTookAwayOrChangedIsAsItShouldBeAgain() {
        GrantLife life = active(Scene.inOrder().entry("namespaces", "[orders, payments]"));
        life.cluster.objects.remove(BINDING);
        GrantObject other = new GrantObject(ObjectKind.RoleBinding, "orders", OBJECT_NAME, null, ObjectState.Present);
        HasMetadata widened = life.cluster.objects.at(other).orElseThrow();
        life.cluster.objects.put(
                other,
                new RoleBindingBuilder((io.fabric8.kubernetes.api.model.rbac.RoleBinding) widened)
                        .addNewSubject("rbac.authorization.k8s.io", "User", "mallory", null)
                        .build());

        life.settle();

        life.holdsExactlyWhatIsRecorded();
        assertThat(life.liveTokens()).containsExactly("jti-1");
    }

    @Test
    void aTokenThatTheServerMadeShorterIsRenewed() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.longestToken = Duration.ofMinutes(10);
        life.settle();
        assertThat(life.last().decision().lookAgainAt()).contains(NOW.plusSeconds(480));

        life.after(Duration.ofMinutes(8)).settle();

        assertThat(life.status().credentials())
                .extracting(IssuedCredential::expiresAt)
                .containsExactly(NOW.plusSeconds(600), NOW.plusSeconds(1080));
        assertThat(life.liveTokens()).containsExactly("jti-1", "jti-2");
        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void aRenewalWhoseDeliveryFailedIsDeliveredByTheNextPass() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.longestToken = Duration.ofMinutes(10);
        life.settle().after(Duration.ofMinutes(8));
        life.cluster.cut(1, FakeCluster.Cut.Refused);
        life.pass();

        life.settle();

        life.holdsExactlyWhatIsRecorded();
    }

    @ParameterizedTest
    @MethodSource("kindsWithToken")
    void aDeliveredSecretThatItsReaderDeletedIsThereAgainAtTheNextRenewal(Scene scene) {
        GrantLife life = GrantLife.of(scene);
        life.cluster.longestToken = Duration.ofMinutes(10);
        life.settle();
        life.cluster.objects.remove(SECRET);

        life.after(Duration.ofMinutes(8)).settle();

        life.holdsExactlyWhatIsRecorded();
    }

    private static Stream<Scene> kindsWithToken() {
        return Stream.of(Scene.inOrder(), subject());
    }

    @Test
    void aDeliveredSecretThatItsReaderDeletedStaysAwayIfNothingIsToBeDelivered() {
        GrantLife life = active(Scene.inOrder());
        life.cluster.objects.remove(SECRET);

        life.settle().after(Duration.ofHours(1)).settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Expired);
        life.holdsNothing();
    }

    @Test
    void lastingLongEnoughATokenDiesByItself() {
        GrantLife life = active(Scene.inOrder());

        Dies dies = life.status().dies();

        assertThat(dies).isEqualTo(Dies.ByItself);
        assertThat(life.status().credentials())
                .extracting(IssuedCredential::expiresAt)
                .containsExactly(life.expiresAt().minusSeconds(70));
    }

    @Test
    void aShortGrantsTokenNeedsTheOperatorToDie() {
        GrantLife life = active(Scene.inOrder().grant("duration", "10m"));

        Dies dies = life.status().dies();

        assertThat(dies).isEqualTo(Dies.ByOperator);
    }

    // The way out

    @ParameterizedTest
    @MethodSource("kinds")
    void bindingsGoFirstThenWhatCarriesTheToken(Scene scene) {
        GrantLife life = active(scene);

        life.after(Duration.ofHours(1)).settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Expired);
        List<String> deletions = life.cluster.writes.stream()
                .filter(write -> write.startsWith("delete"))
                .toList();
        assertThat(deletions)
                .isEqualTo(deletions.stream()
                        .sorted(java.util.Comparator.comparingInt(GrantPolicyTest::removalOrder))
                        .toList());
        life.holdsNothing();
    }

    private static int removalOrder(String deletion) {
        return deletion.endsWith("Binding") ? 0 : deletion.endsWith("ServiceAccount") ? 1 : 2;
    }

    @Test
    void anEndOnTimeIsOnRecordWithItsProof() {
        GrantLife life = active(Scene.inOrder());

        life.after(Duration.ofHours(1)).settle();

        assertThat(life.end().cause()).isEqualTo(EndCause.Expired);
        assertThat(life.end().dueAt()).isEqualTo(NOW.plusSeconds(3600));
        assertThat(life.end().effectiveAt()).isEqualTo(NOW.plusSeconds(3600));
        assertThat(life.end().verifiedAt()).isEqualTo(NOW.plusSeconds(3600));
        assertThat(life.end().tokenDead()).isEqualTo(TokenDead.Inferred);
        assertThat(life.end().tokenDeadAt()).isEqualTo(NOW.plusSeconds(3610));
        assertThat(life.condition(ConditionType.Ready).status()).isEqualTo(ConditionStatus.True);
        assertThat(life.condition(ConditionType.Active).status()).isEqualTo(ConditionStatus.False);
        assertThat(life.condition(ConditionType.AccessRemoved).status()).isEqualTo(ConditionStatus.True);
    }

    @Test
    void whatTheLaneTookIsNotTakenTwice() {
        GrantLife life = active(Scene.inOrder().entry("namespaces", "[orders, payments]"));
        life.after(Duration.ofHours(1));
        life.lane();
        life.now = life.now.plusMillis(40);

        life.settle();

        assertThat(life.cluster.writes)
                .containsExactly(
                        "delete RoleBinding",
                        "delete RoleBinding",
                        "delete ServiceAccount",
                        "delete Secret",
                        "status Expired",
                        "release");
        assertThat(life.end().effectiveAt()).isEqualTo(NOW.plusSeconds(3600));
        assertThat(life.end().verifiedAt()).isEqualTo(NOW.plusSeconds(3600).plusMillis(40));
    }

    private record Cause(String name, Consumer<GrantLife> happens, EndCause cause, GrantPhase phase) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Cause> causes() {
        return Stream.of(
                new Cause(
                        "revoked",
                        life -> life.scene.grant("revoked", "true").grant("revokedBy", "olivia"),
                        EndCause.Revoked,
                        GrantPhase.Revoked),
                new Cause(
                        "deleted",
                        life -> life.scene.grantMetadata("deletionTimestamp", NOW.toString()),
                        EndCause.Deleted,
                        GrantPhase.Revoked),
                new Cause(
                        "suspended",
                        life -> life.scene.identity("state", "Suspended"),
                        EndCause.IdentitySuspended,
                        GrantPhase.Revoked),
                new Cause(
                        "somebody else's binding took the name",
                        life -> life.cluster.objects.put(BINDING, foreignBinding()),
                        EndCause.Failed,
                        GrantPhase.Failed),
                new Cause(
                        "its account is gone",
                        life -> life.cluster.objects.remove(ACCOUNT),
                        EndCause.SubjectGone,
                        GrantPhase.Revoked),
                new Cause(
                        "another account took the name",
                        life -> life.cluster.objects.put(
                                ACCOUNT, GrantManifests.account(life.scene.request(), ACCOUNT)),
                        EndCause.SubjectGone,
                        GrantPhase.Revoked));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void whateverEndsAGrantEndsAllOfIt(Cause cause) {
        GrantLife life = active(Scene.inOrder());
        cause.happens().accept(life);

        life.settle();

        assertThat(life.phase()).isEqualTo(cause.phase());
        assertThat(life.end().cause()).isEqualTo(cause.cause());
        life.holdsNothing();
    }

    @ParameterizedTest
    @MethodSource("causes")
    void endedPhasesNeverReopen(Cause cause) {
        GrantLife life = active(Scene.inOrder());
        cause.happens().accept(life);
        life.settle();

        life.scene
                .identity("state", "Active")
                .grant("revoked", "")
                .grant("revokedBy", "")
                .grantMetadata("deletionTimestamp", "");
        life.settle();

        assertThat(life.phase()).isEqualTo(cause.phase());
        life.holdsNothing();
    }

    @ParameterizedTest
    @MethodSource("everyWrite")
    void anEndThatIsCutOffIsCarriedToItsEnd(CutOff cutOff) {
        GrantLife life = lifeOf(cutOff).settle().after(Duration.ofHours(1));
        life.cluster.cut(cutOff.write(), cutOff.how());
        life.pass();

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Expired);
        assertThat(life.end().cause()).isEqualTo(EndCause.Expired);
        life.holdsNothing();
    }

    @Test
    void aGrantThatIsGoneAltogetherLeavesNothing() {
        GrantLife life = active(Scene.inOrder());
        GrantFacts facts = life.observe();

        GrantPass.Settled settled = new GrantPass(life.cluster, () -> life.now, told -> {}, () -> false)
                .over(facts.withRequest(facts.request().withGone()), life.now);

        assertThat(settled.decision().phase()).isEqualTo(GrantPhase.Revoked);
        assertThat(life.cluster.objects.all()).isEmpty();
    }

    // Somebody else's objects

    private static HasMetadata foreignBinding() {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withName(OBJECT_NAME)
                .withNamespace("payments")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "edit")
                .addNewSubject("rbac.authorization.k8s.io", "User", "mallory", null)
                .build();
    }

    private static HasMetadata foreignAccount() {
        return new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(OBJECT_NAME)
                .withNamespace("lapse-principals")
                .endMetadata()
                .build();
    }

    private static HasMetadata foreignSecret() {
        return new io.fabric8.kubernetes.api.model.SecretBuilder()
                .withNewMetadata()
                .withName(OBJECT_NAME)
                .withNamespace("payments")
                .endMetadata()
                .withType("Opaque")
                .build();
    }

    private record Foreign(GrantObject name, HasMetadata object, boolean subject) {
        @Override
        public String toString() {
            return object.getKind() + (subject ? " for the subject" : "");
        }
    }

    private static Stream<Foreign> foreign() {
        return Stream.of(
                new Foreign(BINDING, foreignBinding(), false),
                new Foreign(ACCOUNT, foreignAccount(), false),
                new Foreign(SECRET, foreignSecret(), false),
                new Foreign(BINDING, foreignBinding(), true),
                new Foreign(SECRET, foreignSecret(), true));
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void whatIsSomebodyElsesStaysAndNothingElseIsLeft(Foreign foreign) {
        GrantLife life = GrantLife.of(foreign.subject() ? subject() : Scene.inOrder());
        String uid = life.cluster.objects.put(foreign.name(), foreign.object());

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Failed);
        assertThat(life.end().message()).contains(foreign.name().kind().name(), "left alone");
        assertThat(life.cluster.objects.all())
                .extracting(object -> object.getMetadata().getUid())
                .containsExactly(uid);
        life.holdsNothing();
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void whatIsSomebodyElsesIsLeftAloneByAnEndAsWell(Foreign foreign) {
        GrantLife life = active(foreign.subject() ? subject() : Scene.inOrder());
        String uid = life.cluster.objects.put(foreign.name(), foreign.object());

        life.after(Duration.ofHours(1)).lane();
        life.settle();

        assertThat(life.cluster.objects.all())
                .extracting(object -> object.getMetadata().getUid())
                .containsExactly(uid);
    }

    @Test
    void aBindingWhoseLabelWasTakenOffIsStillOurs() {
        GrantLife life = active(Scene.inOrder());
        life.cluster.objects.at(BINDING).orElseThrow().getMetadata().setLabels(java.util.Map.of());

        life.after(Duration.ofHours(1)).settle();

        assertThat(life.cluster.objects.all()).isEmpty();
    }

    @Test
    void anAccountWhoseLabelWasTakenOffIsStillOurs() {
        GrantLife life = active(Scene.inOrder());
        life.cluster.objects.at(ACCOUNT).orElseThrow().getMetadata().setLabels(java.util.Map.of());

        life.settle();

        assertThat(life.cluster.objects.all()).isEmpty();
    }

    // After the end

    @Test
    void whatRisesAgainIsTakenAwayAgain() {
        GrantLife life = active(Scene.inOrder());
        HasMetadata restored = life.cluster.objects.at(BINDING).orElseThrow();
        life.after(Duration.ofHours(1)).settle();
        life.cluster.objects.put(BINDING, restored);

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Expired);
        life.holdsNothing();
    }

    @Test
    void accessThatIsLeftIsNeverToldAsGone() {
        GrantLife life = active(Scene.inOrder());
        life.cluster.residual = List.of("RoleBinding payments/forgotten");

        life.after(Duration.ofHours(1)).settle();

        assertThat(life.condition(ConditionType.AccessRemoved).status()).isEqualTo(ConditionStatus.False);
        assertThat(life.condition(ConditionType.AccessRemoved).message()).contains("RoleBinding payments/forgotten");
        assertThat(life.end().residual()).containsExactly("RoleBinding payments/forgotten");
    }

    @Test
    void aQuestionWithoutAnAnswerIsAskedAgainUntilItHasOne() {
        GrantLife life = active(Scene.inOrder());
        life.cluster.accessReviewsAnswered = false;
        life.after(Duration.ofHours(1)).settle();
        assertThat(life.condition(ConditionType.AccessRemoved).status()).isEqualTo(ConditionStatus.Unknown);
        assertThat(life.last().decision().lookAgainAt()).contains(life.now.plusSeconds(1));

        life.cluster.accessReviewsAnswered = true;
        life.after(Duration.ofSeconds(30)).settle();

        assertThat(life.condition(ConditionType.AccessRemoved).status()).isEqualTo(ConditionStatus.True);
        assertThat(life.last().decision().lookAgainAt()).isEmpty();
    }

    @Test
    void whatNeverBeganHasNothingToTakeAway() {
        GrantLife life = GrantLife.of(Scene.inOrder().entry("approvals", "{required: 1}"))
                .settle();
        life.scene.grant("revoked", "true").grant("revokedBy", "olivia");

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Revoked);
        assertThat(life.condition(ConditionType.AccessRemoved).reason()).isEqualTo(Reason.NeverActive.name());
        life.holdsNothing();
    }
}
