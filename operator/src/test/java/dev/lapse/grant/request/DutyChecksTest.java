package dev.lapse.grant.request;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.SeparationOfDuties;
import dev.lapse.access.SeparationOfDuties.Conflict;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.OwnerSource;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.ResolvedOwner;
import dev.lapse.condition.ConditionType;
import dev.lapse.condition.Reason;
import dev.lapse.grant.DutyFinding;
import dev.lapse.grant.DutyFinding.Clash;
import dev.lapse.grant.FakeCluster;
import dev.lapse.grant.GrantLife;
import dev.lapse.grant.Scene;
import dev.lapse.grant.request.DutyChecks.HeldPrivilege;
import dev.lapse.review.Aliases;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which other grants count against one, and when it is looked at. */
class DutyChecksTest {
    private static final SeparationOfDuties RULES = new SeparationOfDuties(
            List.of(), List.of(new Conflict("prepare", "release", "who prepares does not release")));
    private static final Aliases ALIASES = new Aliases(List.of(List.of("olivia", "olivia-adm")));

    private static HeldPrivilege holding(
            String uid,
            String identity,
            ResolvedOwner owner,
            String duty,
            String namespace,
            Instant at,
            boolean begun) {
        return DutyChecksHeldPrivilegeBuilder.stagedBuilder()
                .namespace(identity.substring(0, identity.indexOf('/')))
                .grant(identity.substring(0, identity.indexOf('/')) + "/" + uid)
                .uid(uid)
                .identity(identity)
                .owner(Optional.of(owner))
                .duties(Set.of(duty))
                .namespaces(namespace.isEmpty() ? List.of() : List.of(namespace))
                .createdAt(at)
                .considered(false)
                .begun(begun)
                .build();
    }

    private static ResolvedOwner owner(String text) {
        return text.startsWith("team ")
                ? new ResolvedOwner(text.substring(5), OwnerSource.Team)
                : new ResolvedOwner(text, OwnerSource.User);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    payments/ci    | olivia      | release | payments | -1 | false | conflict
                    payments/ci    | olivia      | release | payments | 1  | true  | conflict
                    payments/ci    | olivia      | release | payments | 1  | false | nothing
                    payments/ci    | olivia      | prepare | payments | -1 | true  | nothing
                    payments/ci    | olivia      | release | orders   | -1 | true  | nothing
                    payments/ci    | olivia      | release | ''       | -1 | true  | conflict
                    payments/ci    | rashid      | release | payments | -1 | true  | conflict
                    payments/other | olivia      | release | payments | -1 | true  | conflict
                    orders/other   | olivia-adm  | release | payments | -1 | true  | conflict
                    payments/other | olivia      | release | payments | -1 | false | conflict
                    orders/other   | olivia      | release | payments | -1 | false | nothing
                    payments/other | rashid      | release | payments | -1 | true  | nothing
                    payments/other | team olivia | release | payments | -1 | true  | nothing
                    """)
    void whatAnotherGrantMeans(
            String identity, String owner, String duty, String namespace, int seconds, boolean begun, String outcome) {
        HeldPrivilege mine = holding("b", "payments/ci", owner("olivia"), "prepare", "payments", NOW, false);
        HeldPrivilege other = holding("c", identity, owner(owner), duty, namespace, NOW.plusSeconds(seconds), begun);

        List<Clash> against = DutyChecks.against(mine, other, RULES, ALIASES);

        assertThat(!against.isEmpty()).isEqualTo(outcome.equals("conflict"));
        against.forEach(clash -> assertThat(clash.why())
                .contains("prepare and release (who prepares does not release)", "PrivilegeGrant " + other.grant())
                .contains(identity.equals("payments/ci") ? "same identity" : identity));
    }

    @Test
    void ofTwoThatWaitExactlyOneGivesWay() {
        SplittableRandom random = new SplittableRandom(20261122);
        IntStream.range(0, 1_000).forEach(i -> {
            HeldPrivilege one = waiting(random, "prepare");
            HeldPrivilege two = waiting(random, "release");

            boolean oneGivesWay = !DutyChecks.against(one, two, RULES, ALIASES).isEmpty();
            boolean twoGivesWay = !DutyChecks.against(two, one, RULES, ALIASES).isEmpty();

            assertThat(oneGivesWay).as("%s beside %s", one, two).isNotEqualTo(twoGivesWay);
        });
    }

    @Test
    void withinTheSameSecondWhoWaitsAlreadyWasFirst() {
        HeldPrivilege fresh = holding("a", "payments/ci", owner("olivia"), "prepare", "payments", NOW, false);
        HeldPrivilege other = holding("b", "payments/ci", owner("olivia"), "release", "payments", NOW, false);
        HeldPrivilege waits = DutyChecksHeldPrivilegeBuilder.builder(other)
                .createdAt(NOW)
                .considered(true)
                .begun(false)
                .build();

        assertThat(DutyChecks.against(fresh, waits, RULES, ALIASES)).isNotEmpty();
        assertThat(DutyChecks.against(waits, fresh, RULES, ALIASES)).isEmpty();
    }

    @Test
    void ofTwoThatBothBeginNeitherIsLeftBesideTheOther() {
        HeldPrivilege one = holding("a", "payments/ci", owner("olivia"), "prepare", "", NOW, true);
        HeldPrivilege two = holding("b", "payments/ci", owner("olivia"), "release", "", NOW, true);

        assertThat(DutyChecks.against(one, two, RULES, ALIASES)).isNotEmpty();
        assertThat(DutyChecks.against(two, one, RULES, ALIASES)).isNotEmpty();
    }

    private static HeldPrivilege waiting(SplittableRandom random, String duty) {
        return holding(
                String.valueOf(random.nextLong()),
                "payments/ci",
                owner("olivia"),
                duty,
                random.nextBoolean() ? "payments" : "",
                NOW.plusSeconds(random.nextInt(3)),
                false);
    }

    @Test
    void itIsLookedAtBeforeTheEndIsAnnouncedAndAgainAfter() {
        GrantLife life = GrantLife.of(Scene.inOrder().duties(null)).settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Active);
        assertThat(life.cluster.asked).isEqualTo(2);
    }

    @Test
    void whereNoDutiesAreDeclaredNothingIsLookedAt() {
        GrantLife life = GrantLife.of(Scene.inOrder()).settle();

        assertThat(life.cluster.asked).isZero();
    }

    @Test
    void aConflictIsADenial() {
        GrantLife life = GrantLife.of(Scene.inOrder().duties(null));
        life.cluster.duties = DutyFinding.Answer.Conflict;

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Denied);
        assertThat(life.condition(ConditionType.Ready).reason()).isEqualTo(Reason.DutiesConflict.name());
    }

    @Test
    void whatCouldNotBeFoundOutIsAskedAgain() {
        GrantLife life = GrantLife.of(Scene.inOrder().duties(null));
        life.cluster.duties = DutyFinding.Answer.Unknown;

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Pending);
        assertThat(life.condition(ConditionType.Ready).reason()).isEqualTo(Reason.LookupFailed.name());
        assertThat(life.last().decision().lookAgainAt()).contains(NOW.plusSeconds(10));
        life.cluster.duties = DutyFinding.Answer.Separate;
        assertThat(life.settle().phase()).isEqualTo(GrantPhase.Active);
    }

    @Test
    void aConflictThatShowsOnceItIsAnnouncedEndsItBeforeItGivesAnything() {
        GrantLife life = GrantLife.of(Scene.inOrder().duties(null));
        life.cluster.cut(1, FakeCluster.Cut.KilledAfter);
        life.pass();
        assertThat(life.status().expiresAt()).isNotNull();
        life.cluster.duties = DutyFinding.Answer.Conflict;

        life.settle();

        assertThat(life.end().cause()).isEqualTo(EndCause.EligibilityLost);
        assertThat(life.cluster.writes).noneMatch(write -> write.startsWith("create"));
        life.holdsNothing();
    }
}
