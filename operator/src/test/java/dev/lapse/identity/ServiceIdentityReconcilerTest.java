package dev.lapse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.mock.MockApiServer.Exchange;
import dev.lapse.mock.Team;
import org.junit.jupiter.api.Test;

/** What has an identity looked at again, and what becomes of a pass that fails. */
class ServiceIdentityReconcilerTest {
    private final Team team = new Team();

    @Test
    void anAccountThatGoesOrComesWakesTheIdentity() {
        team.identity(0);
        team.awaitIdentity("ci", IdentityPhase.Ready);

        team.accountIsDeleted("ci");
        team.awaitIdentity("ci", IdentityPhase.NotReady);

        team.account("ci");
        team.awaitIdentity("ci", IdentityPhase.Ready);
    }

    @Test
    void aRoleThatComesWakesTheIdentityThatNamesIt() {
        team.identity("ci", "serviceAccount: {name: ci}", 0);
        team.awaitEntry("ci", "RoleNotFound");

        team.clusterRole();

        team.awaitEntry("ci", "Eligible");
    }

    @Test
    void anIdentityThatGoesWakesTheOneThatWaitsForItsAccount() {
        team.identity(0);
        team.awaitIdentity("ci", IdentityPhase.Ready);
        team.identity("rival", "serviceAccount: {name: ci}", 0);
        team.awaitIdentity("rival", IdentityPhase.NotReady);

        team.resource(ServiceIdentity.class, "ci").delete();

        team.awaitIdentity("rival", IdentityPhase.Ready);
    }

    @Test
    void aGrantThatBeginsOrEndsWakesItsIdentity() {
        team.identity(0);
        team.asks("10m");
        Team.await(() -> assertThat(team.identity("ci").getStatus().activeGrants())
                .containsExactly("g"));

        team.changes(PrivilegeGrant.class, "g", "{\"revoked\": true, \"revokedBy\": \"rashid\"}");

        Team.await(() -> assertThat(team.identity("ci").getStatus().activeGrants())
                .isEmpty());
    }
}
