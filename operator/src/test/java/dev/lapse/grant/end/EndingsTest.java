package dev.lapse.grant.end;

import static dev.lapse.grant.Scene.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lapse.access.Rule;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.PrincipalType;
import dev.lapse.grant.Ending;
import dev.lapse.grant.FakeCluster;
import dev.lapse.grant.GrantFacts.NamespaceState;
import dev.lapse.grant.GrantLife;
import dev.lapse.grant.Scene;
import dev.lapse.guard.GuardState;
import dev.lapse.identity.Profile;
import dev.lapse.identity.RoleFacts;
import dev.lapse.identity.SubjectFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EndingsTest {
    private static final Duration HALF_WAY = Duration.ofMinutes(30);
    private static final Instant THEN = NOW.plus(HALF_WAY);

    private record Cause(String name, EndCause cause, Consumer<GrantLife> happens, String... told) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The strongest first. */
    private static final List<Cause> CAUSES = List.of(
            new Cause(
                    "revoked",
                    EndCause.Revoked,
                    life -> life.scene
                            .grant("revoked", "true")
                            .grant("revokedBy", "olivia")
                            .grant("revokeReason", "done with it"),
                    "revoked by olivia: done with it"),
            new Cause(
                    "deleted",
                    EndCause.Deleted,
                    life -> life.scene.grantMetadata("deletionTimestamp", NOW.toString()),
                    "the PrivilegeGrant was deleted"),
            new Cause(
                    "its time is over",
                    EndCause.Expired,
                    life -> life.now = NOW.plusSeconds(3600),
                    "its time was over at 2026-11-02T11:00:00Z"),
            new Cause(
                    "the identity is gone",
                    EndCause.IdentityGone,
                    life -> life.scene.withoutIdentity(),
                    "ServiceIdentity ci is gone"),
            new Cause(
                    "the identity is suspended",
                    EndCause.IdentitySuspended,
                    life -> life.scene.identity("state", "Suspended"),
                    "is suspended"),
            new Cause(
                    "nobody answers for the identity",
                    EndCause.OwnerLost,
                    life -> life.scene.identity("owner", ""),
                    "nobody answers for ServiceIdentity ci"),
            new Cause(
                    "the subject is gone",
                    EndCause.SubjectGone,
                    life -> life.scene.subjectUid(null),
                    "the account of ServiceIdentity ci is not the one it was"),
            new Cause(
                    "the entry is gone",
                    EndCause.EligibilityLost,
                    life -> life.scene.entry("name", "other"),
                    "the eligible entry look"),
            new Cause(
                    "the role is gone",
                    EndCause.RoleGone,
                    life -> life.scene.withoutRole(),
                    "ClusterRole/view is gone"),
            new Cause(
                    "a namespace is going",
                    EndCause.NamespaceGone,
                    life -> life.scene.namespace("payments", NamespaceState.Terminating),
                    "namespace payments is going away"),
            new Cause(
                    "a namespace is another one of its name",
                    EndCause.NamespaceGone,
                    life -> life.scene.recreated("payments"),
                    "namespace payments was deleted and created again: the grant was for the one before"),
            new Cause(
                    "the role gives more",
                    EndCause.RoleWidened,
                    life -> life.scene.rules(Scene.rule("get", "", "pods"), Scene.rule("get", "", "secrets")),
                    "ClusterRole/view gained [SecretsRead] while the grant was active"));

    private static GrantLife active() {
        GrantLife life = GrantLife.of(Scene.inOrder()).settle().after(HALF_WAY);
        assertThat(Endings.first(life.observe(), life.now)).isEmpty();
        return life;
    }

    private static Stream<Cause> causes() {
        return CAUSES.stream();
    }

    @ParameterizedTest
    @MethodSource("causes")
    void endsAnActiveGrant(Cause cause) {
        GrantLife life = active();
        cause.happens().accept(life);

        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.cause()).isEqualTo(cause.cause());
        assertThat(ending.message()).contains(cause.told());
    }

    private static Stream<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        for (int stronger = 0; stronger < CAUSES.size(); stronger++) {
            for (int weaker = stronger + 1; weaker < CAUSES.size(); weaker++) {
                pairs.add(arguments(CAUSES.get(stronger), CAUSES.get(weaker)));
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void ofTwoCausesTheStrongerIsTold(Cause stronger, Cause weaker) {
        GrantLife life = active();
        weaker.happens().accept(life);
        stronger.happens().accept(life);

        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.cause()).isEqualTo(stronger.cause());
    }

    private static Stream<Cause> variants() {
        return Stream.of(
                new Cause(
                        "another identity took the name",
                        EndCause.IdentityGone,
                        life -> life.scene.identityMetadata("uid", "another")),
                new Cause(
                        "the identity is being deleted",
                        EndCause.IdentityGone,
                        life -> life.scene.identityMetadata("deletionTimestamp", NOW.toString())),
                new Cause(
                        "the identity is retired",
                        EndCause.IdentityRetired,
                        life -> life.scene.identity("state", "Retired")),
                new Cause(
                        "the identity's own end has come",
                        EndCause.IdentityExpired,
                        life -> life.scene.identity("validUntil", THEN.toString())),
                new Cause(
                        "its type needs an end now",
                        EndCause.IdentityExpired,
                        life -> life.scene.profile(new Profile(Duration.ofHours(8), 0, PrincipalType.Dedicated, true))),
                new Cause(
                        "another subject took the name",
                        EndCause.SubjectGone,
                        life -> life.scene.subjectUid("another")),
                new Cause(
                        "an older identity has the subject",
                        EndCause.SubjectGone,
                        life -> life.scene.subject(new SubjectFacts(
                                "system:serviceaccount:payments:ci",
                                Optional.of("ci"),
                                Optional.of("subject-uid"),
                                false,
                                false,
                                Optional.of("payments/older"),
                                true))),
                new Cause(
                        "the entry is about another role",
                        EndCause.EligibilityLost,
                        life -> life.scene.entry("role", "{kind: ClusterRole, name: edit}")),
                new Cause(
                        "the entry is about a Role of the same name",
                        EndCause.EligibilityLost,
                        life -> life.scene.entry("role", "{kind: Role, name: view}")),
                new Cause(
                        "the entry reaches other namespaces",
                        EndCause.EligibilityLost,
                        life -> life.scene.entry("namespaces", "[orders]")),
                new Cause(
                        "the entry reaches nothing any more",
                        EndCause.EligibilityLost,
                        life -> life.scene.entry("namespaces", "")),
                new Cause(
                        "the entry became cluster-wide, which is another entry",
                        EndCause.EligibilityLost,
                        life -> life.scene.entry("namespaces", "").entry("clusterWide", "true")),
                new Cause(
                        "the entry is for another account",
                        EndCause.EligibilityLost,
                        life -> life.scene.entry("principal", "Subject")),
                new Cause(
                        "another role took the name",
                        EndCause.RoleGone,
                        life -> life.scene.role(
                                new RoleFacts(Map.of("", new RoleFacts.Seen("another", List.of())), List.of("")))),
                new Cause(
                        "the role reads Secrets now",
                        EndCause.RoleWidened,
                        life -> life.scene.rules(Scene.rule("get", "", "pods"), Scene.rule("get", "", "secrets"))),
                new Cause(
                        "the role has a wildcard now",
                        EndCause.RoleWidened,
                        life -> life.scene.rules(Scene.rule("*", "apps", "deployments"))),
                new Cause(
                        "the role is larger now than anybody could judge",
                        EndCause.RoleWidened,
                        life -> life.scene.rules(Scene.tooLargeToJudge())),
                new Cause(
                        "a namespace is not there",
                        EndCause.NamespaceGone,
                        life -> life.scene.namespace("payments", NamespaceState.Absent)));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void endsAnActiveGrantAsWell(Cause cause) {
        GrantLife life = active();
        cause.happens().accept(life);

        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.cause()).isEqualTo(cause.cause());
    }

    static Stream<Arguments> revokers() {
        GuardState later = GuardState.ready("epoch-2", Scene.NOW.plusSeconds(60), Duration.ofSeconds(30));
        return Stream.of(
                Arguments.of("in person", Scene.GUARD, "", "olivia"),
                Arguments.of("through an applier", Scene.GUARD, "argo", "olivia (claimed)"),
                Arguments.of("while the guard is away", GuardState.notReady("it is gone"), "", "olivia (unproved)"),
                Arguments.of("perhaps while the guard was away", later, "", "olivia (unproved)"));
    }

    /** In what people and tools are told alike. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("revokers")
    void namesWhoRevokedWithHowFarThatIsKnown(String how, GuardState guard, String via, String told) {
        GrantLife life = active();
        life.scene
                .guard(guard)
                .grant("revoked", "true")
                .grant("revokedBy", "olivia")
                .grant("revokedByVia", via);

        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.by()).contains(told);
        assertThat(ending.message()).isEqualTo("revoked by " + told);
    }

    private static final String SECRETS = "[{risk: SecretsRead, reason: it rotates them}]";

    /** Active, with a role that reads Secrets or not, of an entry that accepts it. */
    private static GrantLife activeAccepting(Rule... rules) {
        return GrantLife.of(Scene.inOrder().entry("accepts", SECRETS).rules(rules))
                .settle();
    }

    @Test
    void aRiskThatTheEntryAcceptedFromTheBeginningDoesNotEndTheGrant() {
        GrantLife life = activeAccepting(Scene.rule("get", "", "pods"));
        life.scene.rules(Scene.rule("get", "", "pods"), Scene.rule("get", "", "secrets"));

        Optional<Ending> ending = Endings.first(life.observe(), life.now);

        assertThat(ending).isEmpty();
    }

    @Test
    void aRiskBesideTheAcceptedOneEndsTheGrant() {
        GrantLife life = activeAccepting(Scene.rule("get", "", "secrets"));
        life.scene.rules(Scene.rule("get", "", "secrets"), Scene.rule("create", "", "pods/exec"));

        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.cause()).isEqualTo(EndCause.RoleWidened);
        assertThat(ending.message()).contains("gained [Exec]");
    }

    @Test
    void whatIsAcceptedOnlyAfterwardsWasApprovedByNobody() {
        GrantLife life = active();
        life.scene.entry("accepts", SECRETS).rules(Scene.rule("get", "", "secrets"));

        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.cause()).isEqualTo(EndCause.RoleWidened);
    }

    @Test
    void anAcceptedRiskThatIsWithdrawnEndsTheGrant() {
        GrantLife life = activeAccepting(Scene.rule("get", "", "secrets"));
        life.scene.entry("accepts", "");

        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.cause()).isEqualTo(EndCause.EligibilityLost);
        assertThat(ending.message()).isEqualTo("the eligible entry look does not accept SecretsRead any more");
    }

    @Test
    void reachThatIsNotAcceptedAnyMoreEndsTheGrantOfTheIdentitysOwnAccount() {
        GrantLife life = GrantLife.of(Scene.inOrder()
                        .entry("principal", "Subject")
                        .entry("namespaces", "[orders]")
                        .entry("accepts", "[{risk: SubjectReach, reason: it deploys there}]"))
                .settle();
        life.scene.entry("accepts", "");

        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.cause()).isEqualTo(EndCause.EligibilityLost);
        assertThat(ending.message()).contains("does not accept SubjectReach any more");
    }

    @Test
    void aRiskThatIsNotInTheRoleMayBeWithdrawn() {
        GrantLife life = activeAccepting(Scene.rule("get", "", "pods"));
        life.scene.entry("accepts", "");

        Optional<Ending> ending = Endings.first(life.observe(), life.now);

        assertThat(ending).isEmpty();
    }

    private static Stream<Cause> harmless() {
        return Stream.of(
                new Cause("a second before the end", EndCause.Failed, life -> life.now = NOW.plusSeconds(3599)),
                new Cause(
                        "the guard does not stand",
                        EndCause.Failed,
                        life -> life.scene.guard(GuardState.notReady("it is not there"))),
                new Cause("a name is not proved any more", EndCause.Failed, life -> life.scene.entryUnproved()),
                new Cause(
                        "the entry asks for approvals now",
                        EndCause.Failed,
                        life -> life.scene.entry("approvals", "{required: 2}")),
                new Cause(
                        "the entry allows less time now",
                        EndCause.Failed,
                        life -> life.scene.entry("maxDuration", "1m")),
                new Cause(
                        "the entry reaches further now",
                        EndCause.Failed,
                        life -> life.scene.entry("namespaces", "[orders, payments]")),
                new Cause("the role allows less now", EndCause.Failed, life -> life.scene.rules()),
                new Cause(
                        "the role allows more that is harmless",
                        EndCause.Failed,
                        life -> life.scene.rules(Scene.rule("get", "", "pods"), Scene.rule("get", "", "configmaps"))),
                new Cause(
                        "the identity's end came nearer",
                        EndCause.Failed,
                        life -> life.scene.identity(
                                "validUntil", THEN.plusSeconds(1).toString())));
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void letsAnActiveGrantRun(Cause harmless) {
        GrantLife life = active();
        harmless.happens().accept(life);

        Optional<Ending> ending = Endings.first(life.observe(), life.now);

        assertThat(ending).isEmpty();
    }

    @Test
    void anEndThatBeganGoesOnWithItsCause() {
        GrantLife life = active();
        life.scene.identity("state", "Suspended");
        life.cluster.cut(0, FakeCluster.Cut.Refused);
        life.pass();

        life.scene.identity("state", "Active");
        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.cause()).isEqualTo(EndCause.IdentitySuspended);
        assertThat(ending.dueAt()).isEqualTo(THEN);
    }

    @Test
    void whatEndsAGrantLateWasDueAtItsExpiry() {
        GrantLife life = active();
        life.scene.grant("revoked", "true").grant("revokedBy", "olivia");

        Ending ending = Endings.first(life.observe(), NOW.plusSeconds(7200)).orElseThrow();

        assertThat(ending.dueAt()).isEqualTo(NOW.plusSeconds(3600));
    }

    @Test
    void theIdentitysOwnEndWasDueWhenItCame() {
        GrantLife life = active();
        life.scene.identity("validUntil", THEN.minusSeconds(5).toString());

        Ending ending = Endings.first(life.observe(), life.now).orElseThrow();

        assertThat(ending.dueAt()).isEqualTo(THEN.minusSeconds(5));
    }

    @Test
    void aRequestIsEndedOnlyByWhoeverAskedOrMayRevoke() {
        GrantLife life =
                GrantLife.of(Scene.inOrder().entry("approvals", "{required: 1}").identity("state", "Suspended"));

        Optional<Ending> ending = Endings.first(life.observe(), NOW.plusSeconds(7200));

        assertThat(ending).isEmpty();
    }
}
