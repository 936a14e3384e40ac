package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTParser;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.IssuedCredential;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;

/** What has to be true of a grant, active or ended, whatever happened to the operator on the way there. */
final class LifeInspection {
    private final Stage stage;
    private final Witness witness;
    private final SoftAssertions all;

    LifeInspection(Stage stage, Witness witness, SoftAssertions all) {
        this.stage = stage;
        this.witness = witness;
        this.all = all;
    }

    void isActiveOnce(Life life) {
        PrivilegeGrantStatus status = stage.scenery().grant(life).getStatus();
        List<HasMetadata> objects = stage.scenery().objectsOf(life.uid());

        all.assertThat(status.history().stream().filter(step -> step.phase() == GrantPhase.Active))
                .as("%s: times it became active", life)
                .hasSize(1);
        all.assertThat(witness.ends(life.uid())).as("%s: expiresAt", life).containsExactly(status.expiresAt());
        all.assertThat(objects.stream().map(LifeInspection::kindAndUid))
                .as("%s: what there is, and what status says", life)
                .containsExactlyInAnyOrderElementsOf(status.objects().stream()
                        .map(LifeInspection::kindAndUid)
                        .toList());
        all.assertThat(objects.stream().map(HasMetadata::getKind))
                .as("%s: one of each", life)
                .containsExactlyInAnyOrderElementsOf(kinds(life.shape));
        all.assertThat(status.objects().stream().map(GrantObject::state))
                .as("%s: states", life)
                .containsOnly(ObjectState.Present);
        objects.stream()
                .filter(RoleBinding.class::isInstance)
                .map(RoleBinding.class::cast)
                .forEach(binding -> isCorrect(life, binding));
        tokensOfAttemptsAreDead(life, status, objects);
    }

    private void isCorrect(Life life, RoleBinding binding) {
        if (binding.getMetadata().getName().endsWith("-mint")) {
            all.assertThat(binding.getRoleRef().getKind() + "/"
                            + binding.getRoleRef().getName())
                    .as("%s: role for minting", life)
                    .isEqualTo("Role/lapse-" + life.uid() + "-mint");
            all.assertThat(binding.getSubjects().stream().map(subject -> subject.getKind() + " " + subject.getName()))
                    .as("%s: who may mint", life)
                    .containsExactly("User admin");
            return;
        }
        all.assertThat(binding.getRoleRef().getName()).as("%s: role", life).isEqualTo("view");
        all.assertThat(binding.getSubjects())
                .as("%s: subjects", life)
                .singleElement()
                .satisfies(subject -> {
                    String name = life.shape.dedicated() ? "lapse-" + life.uid() : "ci";
                    String namespace = life.shape.dedicated() ? "lapse-principals" : life.namespace;
                    all.assertThat(List.of(subject.getKind(), subject.getNamespace(), subject.getName()))
                            .as("%s: subject", life)
                            .isEqualTo(List.of("ServiceAccount", namespace, name));
                });
    }

    private void tokensOfAttemptsAreDead(Life life, PrivilegeGrantStatus status, List<HasMetadata> objects) {
        Set<String> recorded = status.credentials() == null
                ? Set.of()
                : status.credentials().stream().map(IssuedCredential::id).collect(Collectors.toSet());
        List<String> delivered = objects.stream()
                .filter(Secret.class::isInstance)
                .map(secret -> decoded(((Secret) secret).getData().get("token")))
                .toList();
        delivered.forEach(token -> {
            all.assertThat(recorded).as("%s: recorded credentials", life).containsExactly(id(token));
            all.assertThat(stage.server().code(token, "/api/v1/namespaces/" + life.namespace + "/configmaps"))
                    .as("%s: what was granted", life)
                    .isEqualTo(200);
            all.assertThat(stage.server().code(token, "/api/v1/namespaces/default/configmaps"))
                    .as("%s: what was not granted", life)
                    .isEqualTo(403);
        });
        issued(life)
                .filter(token -> !delivered.contains(token))
                .forEach(token -> all.assertThat(stage.server().code(token, "/api"))
                        .as("%s: a token of a cut-off attempt", life)
                        .isEqualTo(401));
    }

    void isGone(Life life, Instant restarted) {
        PrivilegeGrant grant = stage.scenery().grant(life);
        PrivilegeGrantStatus status = grant.getStatus();

        all.assertThat(stage.scenery().objectsOf(life.uid()))
                .as("%s: what is left", life)
                .isEmpty();
        all.assertThat(status.objects().stream().map(GrantObject::state))
                .as("%s: states", life)
                .containsOnly(ObjectState.Gone);
        all.assertThat(grant.getMetadata().getFinalizers())
                .as("%s: finalizers", life)
                .isEmpty();
        all.assertThat(witness.ends(life.uid())).as("%s: expiresAt", life).hasSize(1);
        all.assertThat(status.end().verifiedAt()).as("%s: proof", life).isNotNull();
        all.assertThat(status.end().residual()).as("%s: residual access", life).isEmpty();
        // The witness hears of it from a watch of its own.
        await().atMost(Stage.PATIENCE)
                .until(() -> witness.lastBindingGone(life.uid()).isPresent());
        all.assertThat(witness.lastBindingGone(life.uid()))
                .as("%s: the last binding goes", life)
                .hasValueSatisfying(at -> {
                    all.assertThat(at).as("%s: after the restart", life).isBefore(restarted.plusSeconds(5));
                    all.assertThat(status.end().effectiveAt())
                            .as("%s: status says when", life)
                            .isBetween(at.minusSeconds(1), restarted.plusSeconds(5));
                });
        issued(life)
                .forEach(token -> await().atMost(Duration.ofSeconds(12))
                        .untilAsserted(() -> assertThat(stage.server().code(token, "/api"))
                                .as("%s: a token after the end", life)
                                .isEqualTo(401)));
    }

    private Stream<String> issued(Life life) {
        String account = life.shape.dedicated() ? "/lapse-" + life.uid() + "/" : "/" + life.namespace + "/";
        return stage.proxy().issued().stream()
                .filter(each -> each.call().path().contains(account))
                .map(FaultProxy.Issued::token);
    }

    private static List<String> kinds(Shape shape) {
        return switch (shape) {
            case DEDICATED_TOKEN -> List.of("ServiceAccount", "Secret", "RoleBinding");
            case DEDICATED_MINT -> List.of("ServiceAccount", "Role", "RoleBinding", "RoleBinding");
            case SUBJECT_TOKEN -> List.of("Secret", "RoleBinding");
            case SUBJECT_NONE -> List.of("RoleBinding");
        };
    }

    private static String kindAndUid(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getUid();
    }

    private static String kindAndUid(GrantObject object) {
        return object.kind() + " " + object.uid();
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static String id(String token) {
        try {
            return JWTParser.parse(token).getJWTClaimsSet().getJWTID();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
