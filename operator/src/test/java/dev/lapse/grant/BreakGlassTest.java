package dev.lapse.grant;

import static dev.lapse.grant.Scene.GRANT_UID;
import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewSpec.ReviewType;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.IdentityReference;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.api.v1alpha1.ReviewedRequestBuilder;
import dev.lapse.condition.Reason;
import dev.lapse.grant.Obstacle.Refused;
import dev.lapse.grant.Obstacle.Waiting;
import dev.lapse.grant.request.RequestChecks;
import dev.lapse.identity.Profile;
import dev.lapse.memory.BreakGlassDebt;
import dev.lapse.memory.Recollection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A privilege that is taken without approval: at once, owed before it is given, and in the way of the next one. */
class BreakGlassTest {

    @Test
    void itNeedsNoApprovalWhereTheEntryAllowsItAndIsActiveAtOnce() {
        GrantLife life = GrantLife.of(Scene.inOrder().breakGlass()).settle();

        life.holdsExactlyWhatIsRecorded();
        assertThat(life.phase()).isEqualTo(GrantPhase.Active);
        assertThat(life.cluster.writes)
                .startsWith("addFinalizer", "remember", "status Pending")
                .doesNotContain("open review");
    }

    @Test
    void withoutItTheEntryWorksByItsApprovals() {
        GrantLife life = GrantLife.of(Scene.inOrder().breakGlass().grant("breakGlass", ""))
                .settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.AwaitingApproval);
        assertThat(life.cluster.debts()).isEmpty();
    }

    @Test
    void whatIsOwedTellsWhatWasTaken() {
        GrantLife life = GrantLife.of(Scene.inOrder().breakGlass()).settle();

        BreakGlassDebt owed = life.cluster.debts().get(0);
        AccessReviewSpec review = owed.spec();
        assertThat(review.type()).isEqualTo(ReviewType.BreakGlass);
        assertThat(review.requested().requestedBy()).isEqualTo("olivia");
        assertThat(review.requested().incident()).isEqualTo("INC-1");
        assertThat(review.dueAt()).isEqualTo(NOW.plus(Duration.ofHours(24)));
        assertThat(review.required()).isEqualTo(1);
        assertThat(owed.review())
                .startsWith("lapse-" + GRANT_UID + "-")
                .isEqualTo(life.status().review());
        assertThat(owed.subject()).isEqualTo("system:serviceaccount:payments:ci");
    }

    @Test
    void nothingIsGivenWhileNothingCanBeRemembered() {
        GrantLife life = GrantLife.of(Scene.inOrder().breakGlass());
        life.cluster.memoryIsLost();

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Pending);
        assertThat(life.last().decision().reason()).isEqualTo(Reason.MemoryUnreadable);
        assertThat(life.last().decision().lookAgainAt()).contains(NOW.plus(ClaimMemory.LOOK_AGAIN));
        assertThat(life.cluster.objects.of(GRANT_UID)).isEmpty();
        life.cluster.memoryIsBack();
        assertThat(life.settle().phase()).isEqualTo(GrantPhase.Active);
    }

    @Test
    void anEntryThatDoesNotAllowItIsRefused() {
        Scene scene = Scene.inOrder().breakGlass().entry("breakGlass", "");

        assertThat(obstacle(scene)).isEqualTo(Reason.BreakGlassNotAllowed);
    }

    @Test
    void itIsNeverClaimed() {
        Scene scene = Scene.inOrder().breakGlass().grant("requestedByVia", "gitops");

        assertThat(obstacle(scene)).isEqualTo(Reason.BreakGlassNotAllowed);
        assertThat(message(scene)).contains("break-glass is never claimed");
    }

    @Test
    void itLastsAtMostAsLongAsTheEntryAndTheProfileSay() {
        assertThat(obstacle(Scene.inOrder().breakGlass().grant("duration", "2h")))
                .isNull();
        assertThat(obstacle(Scene.inOrder().breakGlass().grant("duration", "2h1s")))
                .isEqualTo(Reason.DurationTooLong);
        assertThat(obstacle(Scene.inOrder()
                        .breakGlass()
                        .profile(new Profile(Duration.ofMinutes(30), 0, PrincipalType.Dedicated, false))))
                .isEqualTo(Reason.DurationTooLong);
        assertThat(obstacle(Scene.inOrder().breakGlass().entry("maxDuration", "10m")))
                .as("the entry's own ceiling is for what people approve")
                .isNull();
    }

    @Test
    void anotherIncidentWaitsUntilTheFirstIsReviewed() {
        Scene scene = Scene.inOrder().breakGlass();
        BreakGlassDebt other = other(scene, "INC-0", "20m");

        assertThat(obstacle(owing(scene, other))).isEqualTo(Reason.BreakGlassOwed);
        assertThat(message(scene))
                .contains("took for incident INC-0 is not reviewed yet")
                .contains("kubectl lapse review keep " + other.review())
                .contains("who holds the verb review on ServiceIdentity ci");
    }

    @Test
    void insideOneIncidentItIsRenewedUpToTheTotal() {
        Scene scene = Scene.inOrder().breakGlass();
        BreakGlassDebt first = other(scene, "INC-1", "2h");

        assertThat(obstacle(owing(scene, first))).isNull();
        assertThat(obstacle(scene.grant("duration", "1h1s"))).isEqualTo(Reason.BreakGlassOwed);
        assertThat(message(scene)).contains("3h1s").contains("breakGlass.maxTotal is 3h");
    }

    @Test
    void aRevokeHoldsTheSameRoleWhereItReachesAndNothingElse() {
        Scene scene = Scene.inOrder().breakGlass().entry("namespaces", "[orders, payments]");
        BreakGlassDebt held = other(scene, "INC-0", "1h").withRevokedBy("ada");

        assertThat(obstacle(owing(scene, held))).isEqualTo(Reason.BreakGlassHeld);
        assertThat(message(scene)).contains("ada said Revoke").contains("but for ada");
        assertThat(obstacle(scene.entry("namespaces", "[orders]")))
                .as("reaches overlap")
                .isEqualTo(Reason.BreakGlassHeld);
        assertThat(obstacle(scene.entry("namespaces", "[warehouse]"))).isNull();
        assertThat(obstacle(scene.entry("namespaces", "").entry("clusterWide", "true")))
                .isEqualTo(Reason.BreakGlassHeld);
        assertThat(obstacle(scene.entry("role", "{kind: ClusterRole, name: edit}")))
                .isNull();
    }

    @Test
    void onlySoManyAreOwedAtOnce() {
        Scene scene = Scene.inOrder().breakGlass().grant("duration", "1s");
        List<BreakGlassDebt> many = new java.util.ArrayList<>();
        for (int i = 0; i < 16; i++) {
            many.add(other(scene, "INC-1", "1s", "grant-" + i));
        }

        assertThat(obstacle(owing(scene, many.subList(0, 15).toArray(BreakGlassDebt[]::new))))
                .isNull();
        assertThat(obstacle(owing(scene, many.toArray(BreakGlassDebt[]::new)))).isEqualTo(Reason.BreakGlassOwed);
    }

    @Test
    void whoWasFasterIsOwedFirst() {
        Scene scene = Scene.inOrder().breakGlass();
        GrantLife life = GrantLife.of(scene);
        BreakGlassDebt other = other(scene, "INC-0", "20m");
        // What this pass observed is older than what is written when it writes.
        GrantFacts seen = life.observe().withEntitlement(life.cluster.entitlement);
        life.cluster.memory = life.cluster.memory.with(other, NOW);

        GrantFacts after =
                life.cluster.takeOnDebt(seen, BreakGlass.debt(seen, NOW).orElseThrow(), Duration.ofHours(3), NOW);

        assertThat(BreakGlass.onRecord(after, NOW)).isEmpty();
        assertThat(life.settle().phase()).isEqualTo(GrantPhase.Denied);
        assertThat(life.cluster.debts()).containsExactly(other);
    }

    @Test
    void aRevokeOfTheReviewerEndsIt() {
        GrantLife life = GrantLife.of(Scene.inOrder().breakGlass()).settle();

        life.cluster.reviewedAway();
        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Revoked);
        assertThat(life.end().cause()).isEqualTo(EndCause.ReviewRevoked);
        assertThat(life.end().by()).isEqualTo("ada");
        assertThat(life.cluster.objects.of(GRANT_UID)).isEmpty();
    }

    @Test
    void aKeepLeavesAnActiveOneItsTime() {
        GrantLife life = GrantLife.of(Scene.inOrder().breakGlass()).settle();

        life.cluster.keep();
        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Active);
    }

    @Test
    void anEntryThatAllowsItNoMoreEndsIt() {
        GrantLife life = GrantLife.of(Scene.inOrder().breakGlass()).settle();

        life.scene.entry("breakGlass", "");
        life.settle();

        assertThat(life.end().cause()).isEqualTo(EndCause.EligibilityLost);
    }

    @Test
    void anActivationThatWasCutOffIsOwedOnce() {
        GrantLife life = GrantLife.of(Scene.inOrder().breakGlass());
        life.cluster.cut(1, FakeCluster.Cut.KilledAfter);
        assertThat(life.pass()).isFalse();

        life.settle();

        assertThat(life.phase()).isEqualTo(GrantPhase.Active);
        assertThat(life.cluster.debts()).hasSize(1);
    }

    private static Scene owing(Scene scene, BreakGlassDebt... debts) {
        Recollection memory = Recollection.nothing("payments");
        for (BreakGlassDebt debt : debts) {
            memory = memory.with(debt, NOW);
        }
        return scene.memory(memory);
    }

    private static @Nullable Reason obstacle(Scene scene) {
        Optional<Obstacle> first = RequestChecks.first(scene.facts(), NOW);
        return first.map(found -> found instanceof Refused refused ? refused.reason() : ((Waiting) found).reason())
                .orElse(null);
    }

    private static String message(Scene scene) {
        return ((Refused) RequestChecks.first(scene.facts(), NOW).orElseThrow()).message();
    }

    /** What is owed for another grant of the same entry. */
    private static BreakGlassDebt other(Scene scene, String incident, String duration) {
        return other(scene, incident, duration, "another-grant");
    }

    private static BreakGlassDebt other(Scene scene, String incident, String duration, String uid) {
        BreakGlassDebt like = BreakGlass.debt(scene.facts(), NOW).orElseThrow();
        ReviewedRequest request = like.spec().requested();
        ReviewedRequest changed = ReviewedRequestBuilder.builder(request)
                .grant("other")
                .grantUID(uid)
                .duration(duration)
                .claimed(false)
                .ticket(null)
                .incident(incident)
                .waivers(null)
                .credential(null)
                .notBefore(null)
                .notAfter(null)
                .build();
        AccessReviewSpec spec = like.spec();
        return new BreakGlassDebt(
                like.namespace(),
                like.subject(),
                "lapse-" + uid + "-0123456789",
                AccessReviewSpec.of(
                        spec.type(),
                        new IdentityReference(spec.identity()),
                        changed,
                        spec.reviewers(),
                        spec.required(),
                        spec.insiders(),
                        spec.dueAt()),
                null);
    }
}
