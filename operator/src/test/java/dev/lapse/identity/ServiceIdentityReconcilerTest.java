package dev.lapse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.mock.Team;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What has an identity looked at again, and what becomes of a pass that fails. */
class ServiceIdentityReconcilerTest {
    private static final String IDENTITIES = "serviceidentities";

    private final Team team = new Team();

    @Test
    void anAccountThatGoesOrComesWakesItsIdentity() {
        team.hasIdentity(0);
        team.awaitIdentity("ci", IdentityPhase.Ready);

        team.accountIsDeleted("ci");
        team.awaitIdentity("ci", IdentityPhase.NotReady);

        team.hasAccount("ci");
        team.awaitIdentity("ci", IdentityPhase.Ready);
    }

    @Test
    void aClusterRoleThatComesWakesTheIdentityThatNamesIt() {
        team.hasIdentity("ci", "name: ci", 0, "ClusterRole");
        team.awaitEntry("ci", "RoleNotFound");

        team.hasClusterRole();

        team.awaitEntry("ci", "Eligible");
    }

    @Test
    void aRoleThatComesWakesTheIdentityThatNamesIt() {
        team.hasIdentity("ci", "name: ci", 0, "Role");
        team.awaitEntry("ci", "RoleNotFound");

        team.hasRole();

        team.awaitEntry("ci", "Eligible");
    }

    @Test
    void anIdentityThatGoesWakesTheOneThatWaitsForItsAccount() {
        team.hasIdentity(0);
        team.awaitIdentity("ci", IdentityPhase.Ready);
        team.hasIdentity("rival", "name: ci", 0, "ClusterRole");
        team.awaitIdentity("rival", IdentityPhase.NotReady);

        team.resource(ServiceIdentity.class, "ci").delete();

        team.awaitIdentity("rival", IdentityPhase.Ready);
    }

    @Test
    void aGrantThatBeginsOrEndsWakesItsIdentity() {
        team.hasIdentity(0);
        team.asks("10m");
        team.awaitActiveGrants("ci", "g");

        team.changes(PrivilegeGrant.class, "g", "{\"revoked\": true, \"revokedBy\": \"rashid\"}");

        team.awaitActiveGrants("ci");
    }

    /** What the API server said of an author is kept for a while; an activation asks anew. */
    @Test
    void anAuthorWhoIsRefusedAtAnActivationIsAskedAboutAgain() {
        team.hasIdentity(0);
        team.awaitEntry("ci", "Eligible");
        team.operator().letNoLonger("olivia", team.namespace(), "create");

        team.asks("10m");

        team.awaitGrant(GrantPhase.Denied);
        team.awaitEntry("ci", "AuthorNotEntitled");
    }

    @Test
    void theGuardWakesEveryIdentity() {
        team.hasIdentity(0);
        team.awaitIdentity("ci", IdentityPhase.Ready);
        String before = team.guardOfTheIdentity();

        team.operator().guardIsAnotherOne();

        Team.await(() -> assertThat(team.guardOfTheIdentity()).isNotEqualTo(before));
    }

    @Test
    void aStepThatIsRefusedIsToldAndRepeated() {
        team.hasClusterRole();
        AtomicInteger refused = team.api()
                .refusing(
                        1_000,
                        "POST",
                        ".*/" + team.namespace() + "/serviceaccounts",
                        403,
                        "exceeded quota: no more accounts");

        team.hasIdentity("ci", "name: ci, create: true", 0, "ClusterRole");
        Team.await(() -> assertThat(team.identity("ci").getStatus())
                .isNotNull()
                .satisfies(status -> assertThat(String.valueOf(status.conditions()))
                        .contains("StepFailed", "exceeded quota: no more accounts")));
        refused.set(0);

        team.awaitIdentity("ci", IdentityPhase.Ready);
        assertThat(String.valueOf(team.identity("ci").getStatus().conditions())).doesNotContain("StepFailed");
    }

    @Test
    void aStatusThatIsNotTakenIsWrittenAgain() {
        team.hasAccount("ci");
        team.hasClusterRole();
        team.api().refusing(1, "PUT", team.statusPath(IDENTITIES), 409, "the object has been modified");

        team.hasIdentity("ci", "name: ci", 0, "ClusterRole");

        team.awaitIdentity("ci", IdentityPhase.Ready);
        assertThat(team.statusWrites(IDENTITIES)).startsWith(409, 200);
    }

    @Test
    void whatSomebodyWritesDuringAPassIsNotLost() {
        team.hasIdentity(0);
        team.awaitEntry("ci", "Eligible");
        int before = team.statusWrites(IDENTITIES).size();
        team.api().firstHappens(() -> team.labelsMeanwhile("ci"), "PUT", team.statusPath(IDENTITIES));

        team.clusterRoleIsDeleted();

        team.awaitEntry("ci", "RoleNotFound");
        Team.await(() ->
                assertThat(team.identity("ci").getStatus().observedGeneration()).isEqualTo(2));
        assertThat(team.identity("ci").getMetadata().getLabels()).containsEntry("by", "somebody");
        assertThat(writesSince(before))
                .as("the one that was taken is about the newest version")
                .startsWith(409)
                .containsOnlyOnce(200);
    }

    /** Its pass knows an old version, and what it says of that must not stand beside the new one. */
    @Test
    void overAVersionThatWasNotReadNothingIsWritten() {
        team.hasIdentity(0);
        team.awaitEntry("ci", "Eligible");
        int before = team.statusWrites(IDENTITIES).size();

        team.api().withoutWatches(IDENTITIES, () -> {
            team.changes(ServiceIdentity.class, "ci", "{\"purpose\": \"unseen\"}");
            team.clusterRoleIsDeleted();
            Team.await(() -> assertThat(writesSince(before)).isNotEmpty());
            assertThat(writesSince(before)).containsOnly(409);
        });
        team.changes(ServiceIdentity.class, "ci", "{\"purpose\": \"seen\"}");

        team.awaitEntry("ci", "RoleNotFound");
        assertThat(team.identity("ci").getStatus().observedGeneration()).isEqualTo(3);
    }

    @Test
    void aPassReadsWhatTheOneBeforeHasWrittenEvenIfNoWatchTellsOfIt() {
        team.hasIdentity(0);
        team.awaitEntry("ci", "Eligible");
        int before = team.statusWrites(IDENTITIES).size();

        team.api().withoutWatches(IDENTITIES, () -> {
            team.clusterRoleIsDeleted();
            team.awaitEntry("ci", "RoleNotFound");
            team.accountIsTouched("ci");
            team.hasClusterRole();
            team.awaitEntry("ci", "Eligible");
        });

        assertThat(writesSince(before))
                .as("one write for each change, and none over an old version")
                .containsExactly(200, 200);
    }

    private List<Integer> writesSince(int before) {
        List<Integer> all = team.statusWrites(IDENTITIES);
        return all.subList(before, all.size());
    }
}
