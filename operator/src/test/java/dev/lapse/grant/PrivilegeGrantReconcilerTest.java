package dev.lapse.grant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.End;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.mock.Team;
import dev.lapse.runtime.MockedOperator;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What has a grant looked at again, and what becomes of a pass that fails. */
class PrivilegeGrantReconcilerTest {
    private static final String GRANTS = "privilegegrants";

    private final Team team = new Team();

    private void active() {
        team.hasIdentity(0);
        team.asks("10m");
        team.awaitGrant(GrantPhase.Active);
    }

    @Test
    void everythingIsMadeAndEverythingGoes() {
        active();
        assertThat(team.made()).containsExactlyInAnyOrder("ServiceAccount", "Secret", "RoleBinding");

        team.changes(PrivilegeGrant.class, "g", "{\"revoked\": true, \"revokedBy\": \"rashid\"}");

        awaitEnd(EndCause.Revoked);
        assertThat(team.made()).isEmpty();
    }

    @Test
    void timeEndsIt() {
        team.hasIdentity(0);

        team.asks("1s");

        awaitEnd(EndCause.Expired);
        assertThat(team.made()).isEmpty();
    }

    @Test
    void aGrantThatIsDeletedGoesWhenWhatItGaveIsGone() {
        active();
        String object = team.objectName();

        team.resource(PrivilegeGrant.class, "g").delete();

        Team.await(
                () -> assertThat(team.resource(PrivilegeGrant.class, "g").get()).isNull());
        assertThat(team.made(object)).isEmpty();
    }

    @Test
    void aBindingThatSomebodyTakesAwayIsMadeAgain() {
        active();
        String before = binding().require().getMetadata().getUid();

        binding().delete();

        Team.await(() -> assertThat(binding().get())
                .isNotNull()
                .satisfies(now -> assertThat(now.getMetadata().getUid()).isNotEqualTo(before)));
    }

    @Test
    void anAccountThatSomebodyTakesAwayEndsIt() {
        active();

        team.client()
                .serviceAccounts()
                .inNamespace(Lapse.PRINCIPALS_NAMESPACE)
                .withName(team.objectName())
                .delete();

        awaitEnd(EndCause.SubjectGone);
    }

    @Test
    void theAccountOfItsIdentityEndsIt() {
        active();

        team.accountIsDeleted("ci");

        awaitEnd(EndCause.SubjectGone);
    }

    @Test
    void anIdentityThatIsSuspendedEndsIt() {
        active();

        team.changes(ServiceIdentity.class, "ci", "{\"state\": \"Suspended\"}");

        awaitEnd(EndCause.IdentitySuspended);
    }

    @Test
    void anIdentityThatGoesEndsIt() {
        active();

        team.resource(ServiceIdentity.class, "ci").delete();

        awaitEnd(EndCause.IdentityGone);
    }

    /** Its identity, which the role wakes as well, would wake it too, but of that nobody is told. */
    @Test
    void aRoleThatGoesEndsIt() {
        active();

        team.api().withoutWatches("serviceidentities", () -> {
            team.clusterRoleIsDeleted();

            awaitEnd(EndCause.RoleGone);
        });
    }

    @Test
    void aNamespaceThatGoesEndsIt() {
        active();

        team.client().namespaces().withName(team.namespace()).delete();

        awaitEnd(EndCause.NamespaceGone);
    }

    @Test
    void anIdentityThatComesLaterLetsItBegin() {
        team.hasAccount("ci");
        team.hasClusterRole();
        team.asks("10m");
        team.awaitGrant(GrantPhase.Pending);

        team.hasIdentity("ci", "name: ci", 0, "ClusterRole");

        team.awaitGrant(GrantPhase.Active);
    }

    /** Its identity, which the guard wakes as well, would wake it too, but of that nobody is told. */
    @Test
    void whatWasAskedBeforeTheGuardStandsIsLookedAtOnceItDoes() {
        team.hasIdentity(0);
        try (MockedOperator.GuardDown down = team.operator().guardGoesDown()) {
            team.asks("10m");
            team.awaitGrant(GrantPhase.Pending);
            int before = team.statusWrites(GRANTS).size();

            team.api().withoutWatches("serviceidentities", () -> {
                down.close();

                Team.await(() -> assertThat(team.statusWrites(GRANTS)).hasSizeGreaterThan(before));
            });
        }
    }

    @Test
    void aStepThatIsRefusedIsToldAndRepeated() {
        team.hasIdentity(0);
        String bindings = ".*/namespaces/" + team.namespace() + "/rolebindings";
        AtomicInteger refused = team.api().refusing(1_000, "POST", bindings, 403, "a webhook says no");

        team.asks("10m");
        Team.await(() -> assertThat(team.grant().getStatus())
                .isNotNull()
                .satisfies(status ->
                        assertThat(String.valueOf(status.conditions())).contains("a webhook says no")));
        // More often than anything else wakes it.
        Team.await(() -> assertThat(team.api().asked("POST", bindings)).hasSizeGreaterThan(3));
        refused.set(0);

        team.awaitGrant(GrantPhase.Active);
        assertThat(team.made()).hasSize(3);
    }

    @Test
    void aStatusThatIsNotTakenIsWrittenAgain() {
        team.hasIdentity(0);
        team.api().refusing(1, "PUT", team.statusPath(GRANTS), 409, "the object has been modified");

        team.asks("10m");

        team.awaitGrant(GrantPhase.Active);
        assertThat(team.statusWrites(GRANTS)).startsWith(409, 200);
    }

    /** The end is what a pass over the grant must not write over. */
    @Test
    void aRevocationThatComesDuringAPassIsNotLost() {
        team.hasIdentity(0);
        team.api().firstHappens(team::revokesMeanwhile, "PUT", team.statusPath(GRANTS));

        team.asks("10m");

        Team.await(() -> assertThat(team.grant().getStatus())
                .isNotNull()
                .satisfies(status -> assertThat(status.phase()).isEqualTo(GrantPhase.Revoked)));
        assertThat(team.statusWrites(GRANTS)).startsWith(409);
        assertThat(team.api().asked("POST", ".*/rolebindings"))
                .as("nothing was given")
                .noneMatch(made -> made.path().contains(team.namespace()));
    }

    /** A pass that read the old status would begin the grant once more, with a second token. */
    @Test
    void aPassReadsWhatTheOneBeforeHasWrittenEvenIfNoWatchTellsOfIt() {
        team.hasIdentity(1);
        team.asks("10m");
        team.awaitReview(ReviewPhase.Open);

        team.api().withoutWatches(GRANTS, () -> {
            team.says("ada", "Approve");
            team.awaitGrant(GrantPhase.Active);
            String before = binding().require().getMetadata().getUid();
            binding().delete();
            Team.await(() -> assertThat(binding().get())
                    .isNotNull()
                    .satisfies(now -> assertThat(now.getMetadata().getUid()).isNotEqualTo(before)));
        });

        assertThat(team.api().asked("POST", ".*/serviceaccounts/" + team.objectName() + "/token"))
                .hasSize(1);
        assertThat(team.statusWrites(GRANTS)).as("none over an old version").containsOnly(200);
    }

    private Resource<RoleBinding> binding() {
        return team.client().rbac().roleBindings().inNamespace(team.namespace()).withName(team.objectName());
    }

    private void awaitEnd(EndCause cause) {
        Team.await(() -> {
            PrivilegeGrantStatus status = team.grant().getStatus();
            assertThat(status.end())
                    .extracting(End::cause)
                    .as(status.toString())
                    .isEqualTo(cause);
            assertThat(status.phase()).isIn(GrantPhase.Expired, GrantPhase.Revoked);
        });
    }
}
