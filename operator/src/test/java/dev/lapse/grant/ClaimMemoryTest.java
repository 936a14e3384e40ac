package dev.lapse.grant;

import static dev.lapse.grant.Scene.GRANT_UID;
import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import dev.lapse.grant.request.RequestChecks;
import dev.lapse.memory.Claim;
import dev.lapse.memory.Recollection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is remembered of a claimed grant, when, and what it means for one of the same name. */
class ClaimMemoryTest {
    private static final Instant NOT_AFTER = NOW.plus(Duration.ofHours(4));
    private static final String ANOTHER_UID = "9d1c0a52-0c3e-4a9e-9d62-0f5f1f6b1c99";

    private static GrantLife waiting(Scene scene) {
        return GrantLife.of(scene).settle();
    }

    private static GrantLife active(Scene scene) {
        GrantLife life = waiting(scene);
        life.approved();
        life.settle();
        assertThat(life.phase()).isEqualTo(GrantPhase.Active);
        return life;
    }

    private static Scene claimed() {
        return Scene.inOrder().claimed(NOT_AFTER);
    }

    private static List<Claim> remembered(GrantLife life) {
        return life.cluster.memory.all(Claim.class, life.now);
    }

    private static Claim claim(String uid, @Nullable Instant endedAt, @Nullable String cause) {
        return new Claim("payments", "g1", uid, "ci", "system:serviceaccount:payments:ci", NOT_AFTER, endedAt, cause);
    }

    private static Scene withMemoryOf(Claim claim, Scene scene) {
        return scene.memory(Recollection.nothing("payments").with(claim, NOW));
    }

    @Test
    void aGrantThatAPersonAsksForCostsNothing() {
        GrantLife life = GrantLife.of(Scene.inOrder()).settle();

        life.scene.grant("revoked", "true").grant("revokedBy", "olivia");
        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Revoked);
        assertThat(life.cluster.writes).doesNotContain("remember");
    }

    @Test
    void aClaimIsRememberedBeforeItIsHeldAndBeforeItsEndIsFinal() {
        GrantLife life = active(claimed());

        life.scene.grant("revoked", "true").grant("revokedBy", "olivia");
        life.settle();

        assertThat(life.cluster.writes)
                .containsSubsequence(
                        "remember", "addFinalizer", "delete RoleBinding", "remember", "status Revoked", "release")
                .containsOnlyOnce("addFinalizer");
        assertThat(remembered(life)).containsExactly(claim(GRANT_UID, life.now, "Revoked"));
    }

    @ParameterizedTest
    @EnumSource(FakeCluster.Cut.class)
    void whateverIsCutOffItIsRememberedInTheEnd(FakeCluster.Cut cut) {
        for (int write = 0; write < 12; write++) {
            GrantLife life = active(claimed());
            life.scene.grantMetadata("deletionTimestamp", NOW.toString());
            life.cluster.cut(write, cut);
            life.pass();

            boolean released = !life.cluster.held;
            assertThat(released && remembered(life).stream().noneMatch(claim -> claim.endedAt() != null))
                    .as("write " + write + " was cut off, and it went without being remembered")
                    .isFalse();
            life.settle();

            assertThat(remembered(life))
                    .singleElement()
                    .extracting(Claim::cause)
                    .isEqualTo("Deleted");
            life.holdsNothing();
        }
    }

    static Stream<Arguments> ends() {
        return Stream.of(
                end(EndCause.Expired, life -> life.after(Duration.ofHours(2))),
                end(EndCause.Deleted, life -> life.scene.grantMetadata("deletionTimestamp", NOW.toString())),
                end(EndCause.IdentityGone, life -> life.scene.withoutIdentity()),
                end(EndCause.IdentitySuspended, life -> life.scene.identity("state", "Suspended")),
                end(EndCause.OwnerLost, life -> life.scene.identity("owner", "")));
    }

    private static Arguments end(EndCause cause, Consumer<GrantLife> how) {
        return Arguments.of(cause, how);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void anEndByWhateverCauseIsRemembered(EndCause cause, Consumer<GrantLife> how) {
        GrantLife life = active(claimed());

        how.accept(life);
        life.settle();

        assertThat(remembered(life)).singleElement().extracting(Claim::cause).isEqualTo(cause.name());
    }

    @Test
    void aDenialIsRemembered() {
        GrantLife life = GrantLife.of(claimed().grant("privilege", "nothing")).settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Denied);
        assertThat(remembered(life)).containsExactly(claim(GRANT_UID, NOW, "Denied"));
    }

    @Test
    void oneThatIsDeletedWhileItWaitsIsWithdrawn() {
        GrantLife life = waiting(claimed());

        life.scene.grantMetadata("deletionTimestamp", NOW.toString());
        life.settle();

        assertThat(remembered(life)).isEmpty();
        life.holdsNothing();
    }

    @Test
    void anotherOneOfTheNameNeverBegins() {
        Claim ended = claim(ANOTHER_UID, NOW.minusSeconds(60), "Revoked");
        GrantLife life = GrantLife.of(claimed());
        life.cluster.memory = life.cluster.memory.with(ended, NOW);

        life.settle();

        Condition ready = life.condition(ConditionType.Ready);
        assertThat(life.phase()).isEqualTo(GrantPhase.Denied);
        assertThat(ready.reason()).isEqualTo(Reason.ClaimEnded.name());
        assertThat(ready.message())
                .contains("ended at 2026-11-02T09:59:00Z (Revoked)")
                .contains("before " + NOT_AFTER)
                .contains("under another name");
        assertThat(remembered(life)).containsExactly(ended);
        assertThat(life.cluster.consents).isEmpty();
    }

    @Test
    void oneThatGoneWithoutAnEndIsSpentAsWell() {
        var checked = RequestChecks.first(
                withMemoryOf(claim(ANOTHER_UID, null, null), claimed()).facts(), NOW);

        assertThat(checked)
                .hasValueSatisfying(obstacle -> assertThat(obstacle.toString())
                        .contains("ClaimEnded", "was taken up before, as PrivilegeGrant " + ANOTHER_UID));
    }

    @Test
    void itDoesNotWakeItselfIfItsStatusIsLost() {
        var checked = RequestChecks.first(
                withMemoryOf(claim(GRANT_UID, NOW, "Expired"), claimed()).facts(), NOW);

        assertThat(checked)
                .hasValueSatisfying(obstacle -> assertThat(obstacle.toString()).contains("ClaimEnded"));
    }

    @Test
    void aLaterNotAfterOfOneThatWasRefusedHoldsAsLong() {
        GrantLife life = GrantLife.of(Scene.inOrder().claimed(NOT_AFTER.plusSeconds(60)));
        life.cluster.memory = life.cluster.memory.with(claim(ANOTHER_UID, NOW, "Revoked"), NOW);

        life.settle();

        assertThat(remembered(life)).singleElement().satisfies(claim -> {
            assertThat(claim.uid()).isEqualTo(ANOTHER_UID);
            assertThat(claim.until()).isEqualTo(NOT_AFTER.plusSeconds(60));
        });
    }

    @Test
    void theNameIsFreeAgainAfterItsNotAfter() {
        Claim over = new Claim("payments", "g1", ANOTHER_UID, "ci", "", NOW, NOW, "Expired");

        assertThat(RequestChecks.first(withMemoryOf(over, claimed()).facts(), NOW))
                .hasValueSatisfying(obstacle -> assertThat(obstacle.toString()).doesNotContain("ClaimEnded"));
    }

    @Test
    void aPersonMayAskUnderTheName() {
        GrantLife life = GrantLife.of(Scene.inOrder());
        life.cluster.memory = life.cluster.memory.with(claim(ANOTHER_UID, NOW, "Revoked"), NOW);

        assertThat(life.settle().phase()).isEqualTo(GrantPhase.Active);
    }

    @Test
    void whatIsNotKnownIsWaitedFor() {
        GrantLife life = GrantLife.of(claimed());
        life.cluster.memory = Recollection.unreadable("payments", "it is gone");

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Pending);
        assertThat(life.condition(ConditionType.Ready).reason()).isEqualTo(Reason.MemoryUnreadable.name());
        assertThat(life.last().decision().lookAgainAt()).contains(NOW.plus(ClaimMemory.LOOK_AGAIN));
    }

    @Test
    void whatFindsNoRoomWaits() {
        GrantLife life = GrantLife.of(claimed());
        for (int i = 0; i < 256; i++) {
            Claim other = new Claim("payments", "other" + i, "uid", "ci", "", NOT_AFTER, NOW, "Expired");
            life.cluster.memory = life.cluster.memory.with(other, NOW);
        }

        life.settle();

        assertThat(life.condition(ConditionType.Ready).reason()).isEqualTo(Reason.MemoryFull.name());
        assertThat(life.condition(ConditionType.Ready).message()).contains("256", "lapse-memory-");
    }

    @Test
    void anEndWhoseMemoryIsUnreadableGoesOnAndIsLetGoOnceItIsRemembered() {
        GrantLife life = active(claimed());
        Recollection known = life.cluster.memory;
        life.cluster.memory = Recollection.unreadable("payments", "it is gone");
        life.scene.grantMetadata("deletionTimestamp", NOW.toString());

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Revoked);
        assertThat(life.bindings()).isEmpty();
        assertThat(life.liveTokens()).isEmpty();
        assertThat(life.cluster.held).isTrue();
        life.cluster.memory = known;
        life.settle();
        assertThat(remembered(life)).singleElement().extracting(Claim::cause).isEqualTo("Deleted");
        life.holdsNothing();
    }
}
