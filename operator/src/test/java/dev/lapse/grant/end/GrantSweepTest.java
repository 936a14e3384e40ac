package dev.lapse.grant.end;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectKind;
import dev.lapse.grant.Scene;
import dev.lapse.grant.end.GrantSweep.Orphan;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrantSweepTest {
    private static final String OTHER_UID = "11111111-0000-0000-0000-000000000000";

    @Test
    void whatAnOpenGrantAnswersForStays() {
        PrivilegeGrant open = Scene.inOrder().grantResource();

        assertThat(orphans(binding(Scene.OBJECT_NAME, Map.of(Lapse.GRANT_UID_LABEL, Scene.GRANT_UID)), open))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = GrantPhase.class,
            names = {"Expired", "Revoked", "Denied", "Failed"})
    void whatAnEndedGrantLeftGoes(GrantPhase phase) {
        PrivilegeGrant ended = Scene.inOrder().status(inPhase(phase)).grantResource();

        assertThat(orphans(binding(Scene.OBJECT_NAME, Map.of(Lapse.GRANT_UID_LABEL, Scene.GRANT_UID)), ended))
                .extracting(Orphan::uid)
                .containsExactly("binding-uid");
    }

    @Test
    void whatNoGrantAnswersForGoes() {
        HasMetadata left = binding("lapse-" + OTHER_UID, Map.of(Lapse.GRANT_UID_LABEL, OTHER_UID));

        assertThat(orphans(left, Scene.inOrder().grantResource()))
                .singleElement()
                .satisfies(orphan -> {
                    assertThat(orphan.object().kind()).isEqualTo(ObjectKind.RoleBinding);
                    assertThat(orphan.object().namespace()).isEqualTo("payments");
                    assertThat(orphan.object().name()).isEqualTo("lapse-" + OTHER_UID);
                });
    }

    @Test
    void whatCarriesALabelUnderAnotherNameIsSomebodyElses() {
        assertThat(orphans(binding("developers", Map.of(Lapse.GRANT_UID_LABEL, OTHER_UID))))
                .isEmpty();
        assertThat(orphans(binding("lapse-" + Scene.GRANT_UID, Map.of(Lapse.GRANT_UID_LABEL, OTHER_UID))))
                .isEmpty();
    }

    @Test
    void whatHasOurNameWithoutTheLabelIsSomebodyElses() {
        assertThat(orphans(binding("lapse-" + OTHER_UID, Map.of()))).isEmpty();
    }

    private static List<Orphan> orphans(HasMetadata object, PrivilegeGrant... grants) {
        return GrantSweep.orphans(Map.of(ObjectKind.RoleBinding, List.of(object)), Stream.of(grants));
    }

    private static PrivilegeGrantStatus inPhase(GrantPhase phase) {
        return new KubernetesSerialization().convertValue(Map.of("phase", phase.name()), PrivilegeGrantStatus.class);
    }

    private static HasMetadata binding(String name, Map<String, String> labels) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("payments")
                .withUid("binding-uid")
                .withLabels(labels)
                .endMetadata()
                .build();
    }
}
