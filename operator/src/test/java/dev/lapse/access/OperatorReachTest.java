package dev.lapse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.access.AccessOracle.Answer;
import dev.lapse.access.AccessOracle.Verdict;
import dev.lapse.access.Entitlement.Entitled;
import dev.lapse.access.Entitlement.OutOfReach;
import dev.lapse.access.Entitlement.OutOfReach.Limit;
import dev.lapse.access.Entitlement.Undecided;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleKind;
import dev.lapse.api.v1alpha1.EligibleEntry.RoleReference;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OperatorReachTest {
    private static final String OPERATOR = "system:serviceaccount:lapse-system:lapse-operator";
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final RoleReference VIEW = new RoleReference(RoleKind.ClusterRole, "view");
    private static final RoleReference DEPLOYER = new RoleReference(RoleKind.Role, "deployer");

    @Test
    void aRoleThatTheOperatorMayBindEverywhereItIsWantedIsWithinReach() {
        assertThat(reach((who, what, where) -> yes()).mayBind(VIEW, List.of("payments", "orders")))
                .isEqualTo(new Entitled());
    }

    @Test
    void itIsAskedAboutTheOperatorAndTheVerbBindOnThatRole() {
        reach((who, what, where) -> {
                    assertThat(who.user()).isEqualTo("system:serviceaccount:lapse-system:lapse-operator");
                    assertThat(what).isEqualTo(Permission.onResource("bind", RBAC, "roles", "deployer"));
                    assertThat(where).contains("payments");
                    return yes();
                })
                .mayBind(DEPLOYER, List.of("payments"));
        reach((who, what, where) -> {
                    assertThat(what).isEqualTo(Permission.onResource("bind", RBAC, "clusterroles", "view"));
                    assertThat(where).isEmpty();
                    return yes();
                })
                .mayBind(VIEW, List.of());
    }

    @Test
    void oneNamespaceOutOfReachIsEnoughAndIsNamed() {
        OperatorReach reach = reach((who, what, where) -> where.orElse("").equals("orders") ? no() : yes());

        assertThat(reach.mayBind(VIEW, List.of("payments", "orders")))
                .isEqualTo(
                        new OutOfReach(
                                Limit.Role,
                                "ClusterRole/view is not among the roles that Lapse may grant in namespace orders: an administrator may add it to grantableRoles"));
    }

    @Test
    void anAccountThatIsNotListedIsNamedWithBothRemedies() {
        assertThat(reach((who, what, where) -> no()).mayIssueTokensOf("payments", "ci"))
                .isInstanceOfSatisfying(OutOfReach.class, refused -> {
                    assertThat(refused.limit()).isEqualTo(Limit.Subject);
                    assertThat(refused.why())
                            .contains("ServiceAccount ci in namespace payments", "grantableSubjects", "Dedicated");
                });
    }

    @Test
    void whereNothingIsGrantedNobodyIsAsked() {
        AccessOracle nobody = (who, what, where) -> {
            throw new AssertionError("asked about " + what);
        };

        for (String place : List.of("kube-system", "lapse-system", "lapse-principals", "vault")) {
            assertThat(reach(nobody).mayBind(VIEW, List.of("payments", place)))
                    .isInstanceOfSatisfying(OutOfReach.class, refused -> {
                        assertThat(refused.limit()).isEqualTo(Limit.Place);
                        assertThat(refused.why()).contains("nothing in namespace " + place);
                    });
        }
        assertThat(new OperatorReach(() -> new OperatorBounds(OPERATOR, Set.of(), false), nobody)
                        .mayBind(VIEW, List.of()))
                .isInstanceOfSatisfying(OutOfReach.class, refused -> {
                    assertThat(refused.limit()).isEqualTo(Limit.Place);
                    assertThat(refused.why()).contains("clusterWide: \"true\"");
                });
    }

    @Test
    void aSubjectIsGrantableByTheVerbOrByItsTokens() {
        AccessOracle grants = (who, what, where) -> what.verb().equals("grant") ? yes() : no();
        AccessOracle tokens = (who, what, where) -> what.verb().equals("create") ? yes() : no();

        assertThat(reach(grants).mayGrantTo("payments", "system:serviceaccount:payments:ci", Optional.of("ci")))
                .isEqualTo(new Entitled());
        assertThat(reach(tokens).mayGrantTo("payments", "system:serviceaccount:payments:ci", Optional.of("ci")))
                .isEqualTo(new Entitled());
        assertThat(reach(tokens).mayGrantTo("payments", "robot", Optional.empty()))
                .isInstanceOf(OutOfReach.class);
        assertThat(reach((who, what, where) -> no())
                        .mayGrantTo("payments", "system:serviceaccount:payments:ci", Optional.of("ci")))
                .isInstanceOfSatisfying(
                        OutOfReach.class, refused -> assertThat(refused.why()).contains("grantableSubjects"));
    }

    @Test
    void aFailedLookUpIsNoAnswer() {
        OperatorReach reach = reach((who, what, where) -> new Answer(Verdict.Unknown, "it is away"));

        assertThat(reach.mayBind(VIEW, List.of())).isInstanceOf(Undecided.class);
        assertThat(reach.mayIssueTokensOf("payments", "ci"))
                .isInstanceOfSatisfying(
                        Undecided.class, open -> assertThat(open.why()).contains("it is away"));
    }

    private static OperatorReach reach(AccessOracle oracle) {
        return new OperatorReach(() -> new OperatorBounds(OPERATOR, Set.of("vault"), true), oracle);
    }

    private static Answer yes() {
        return new Answer(Verdict.Allowed, "");
    }

    private static Answer no() {
        return new Answer(Verdict.Denied, "");
    }
}
