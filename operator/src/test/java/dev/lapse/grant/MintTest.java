package dev.lapse.grant;

import static dev.lapse.grant.Scene.GRANT_UID;
import static dev.lapse.grant.Scene.OBJECT_NAME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.Dies;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.TokenDead;
import dev.lapse.grant.end.GrantSweep;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Grants of credential type Mint: nothing is delivered, the requester may create tokens of the grant's account. */
class MintTest {
    private static final GrantObject ROLE = new GrantObject(
            ObjectKind.Role, Lapse.PRINCIPALS_NAMESPACE, OBJECT_NAME + "-mint", null, ObjectState.Creating);

    private static Scene mint() {
        return Scene.inOrder().grant("credential", "{type: Mint}");
    }

    @Test
    void theRightIsAnnouncedThenMadeAndAccessComesLast() {
        GrantLife life = GrantLife.of(mint()).settle();

        assertThat(life.cluster.writes)
                .containsExactly(
                        "addFinalizer",
                        "status Pending",
                        "create ServiceAccount",
                        "create Role",
                        "create RoleBinding",
                        "create RoleBinding",
                        "status Active");
        assertThat(life.status().objects())
                .extracting(object -> object.kind() + " " + object.namespace() + "/" + object.name())
                .containsExactly(
                        "ServiceAccount lapse-principals/" + OBJECT_NAME,
                        "Role lapse-principals/" + OBJECT_NAME + "-mint",
                        "RoleBinding lapse-principals/" + OBJECT_NAME + "-mint",
                        "RoleBinding payments/" + OBJECT_NAME);
        assertThat(life.status().dies()).isEqualTo(Dies.ByOperator);
        assertThat(life.status().credentials()).isEmpty();
        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void itIsForOneAccountAndForNobodyButWhoAsked() {
        GrantLife life = GrantLife.of(mint()).settle();

        Role role = (Role) life.cluster.objects.at(ROLE).orElseThrow();

        assertThat(role.getRules())
                .allSatisfy(rule -> assertThat(rule.getResourceNames()).containsExactly(OBJECT_NAME))
                .extracting(rule -> rule.getVerbs() + " " + rule.getApiGroups() + rule.getResources())
                .containsExactly("[create] [][serviceaccounts/token]", "[mint] [lapse.dev][principals]");
        assertThat(binding(life).getRoleRef().getName())
                .isEqualTo(role.getMetadata().getName());
        assertThat(subjects(life))
                .containsExactly("User null/" + life.observe().request().requestedBy());
    }

    @Test
    void anAccountMayMintAsWell() {
        GrantLife life = GrantLife.of(mint().grant("requestedBy", "system:serviceaccount:ci:deployer"))
                .settle();

        assertThat(subjects(life)).containsExactly("ServiceAccount ci/deployer");
    }

    @Test
    void theRightGoesFirstAndTheTokensWithTheAccount() {
        GrantLife life = GrantLife.of(mint()).settle();
        int before = life.cluster.writes.size();

        life.after(Duration.ofHours(1)).settle();

        assertThat(life.cluster.writes.subList(before, life.cluster.writes.size()))
                .containsExactly(
                        "delete RoleBinding",
                        "delete RoleBinding",
                        "delete ServiceAccount",
                        "delete Role",
                        "status Expired",
                        "release");
        assertThat(life.end().tokenDead()).isEqualTo(TokenDead.Inferred);
        assertThat(life.end().tokenDeadAt()).isEqualTo(life.now.plusSeconds(10));
        life.holdsNothing();
    }

    @Test
    void aRightThatSomebodyWidenedIsMadeAnew() {
        GrantLife life = GrantLife.of(mint()).settle();
        Role widened = new RoleBuilder((Role) life.cluster.objects.at(ROLE).orElseThrow())
                .editFirstRule()
                .withResourceNames()
                .endRule()
                .build();
        life.cluster.objects.put(ROLE, widened);

        life.settle();

        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void aRightThatSomebodyTookIsGivenAgain() {
        GrantLife life = GrantLife.of(mint()).settle();
        life.cluster.objects.remove(ROLE);

        life.settle();

        life.holdsExactlyWhatIsRecorded();
    }

    @Test
    void anotherRoleOfThatNameIsLeftAndTheGrantFails() {
        GrantLife life = GrantLife.of(mint());
        HasMetadata strangers = new RoleBuilder()
                .withNewMetadata()
                .withName(ROLE.name())
                .withNamespace(ROLE.namespace())
                .endMetadata()
                .build();
        life.cluster.objects.put(ROLE, strangers);

        life.settle();

        assertThat(life.end().cause()).isEqualTo(EndCause.Failed);
        assertThat(life.cluster.objects.at(ROLE)).contains(strangers);
    }

    @Test
    void whatNoGrantAnswersForIsSwept() {
        Role left =
                (Role) GrantLife.of(mint()).settle().cluster.objects.at(ROLE).orElseThrow();

        assertThat(GrantSweep.orphans(Map.of(ObjectKind.Role, List.of(left)), java.util.stream.Stream.of()))
                .extracting(orphan -> orphan.object().kind() + " " + orphan.uid())
                .containsExactly("Role " + left.getMetadata().getUid());
    }

    private static RoleBinding binding(GrantLife life) {
        return life.bindings().stream()
                .map(RoleBinding.class::cast)
                .filter(each -> each.getMetadata().getNamespace().equals(Lapse.PRINCIPALS_NAMESPACE))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> subjects(GrantLife life) {
        return binding(life).getSubjects().stream()
                .map(subject -> subject.getKind() + " " + subject.getNamespace() + "/" + subject.getName())
                .toList();
    }

    @Test
    void everythingCarriesTheGrantsLabel() {
        GrantLife life = GrantLife.of(mint()).settle();

        assertThat(life.cluster.objects.of(GRANT_UID)).hasSize(4);
    }
}
