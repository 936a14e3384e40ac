package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.Condition.ConditionStatus;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.GrantObject;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus.ObjectState;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;

/** A write of the operator that a quota or a policy of somebody else refuses: it is told, and tried again without haste. */
@SharesCluster
class RefusedByOthersIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ATTEMPTS = 5;

    /** 0.2, 0.4, 0.8 and 1.6 s lie between the first five; a hot loop made 20 in that time. */
    private static final Duration LEAST = Duration.ofMillis(2900);

    private Story story;
    private String here;

    @BeforeEach
    void begins() {
        story = Story.begins();
        here = story.namespace();
        story.identity(Entry.of("look", "view").in(here));
    }

    @StoryTest
    void aSecretThatAQuotaRefusesIsTriedEverMoreRarelyAndComesWhenThereIsRoom() {
        ResourceQuota quota = quota("no-secrets", "count/secrets", "0");
        refused(() -> story.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("one-more")
                        .withNamespace(here)
                        .endMetadata()
                        .build())
                .dryRun()
                .create());

        Grant grant = story.asks("rashid", "look", "10m");
        List<Instant> attempts = await("attempts to make the Secret")
                .atMost(InstalledOperator.LIMIT)
                .until(this::secretsTried, tried -> tried.size() >= ATTEMPTS);

        assertThat(Duration.between(attempts.get(0), attempts.get(ATTEMPTS - 1)))
                .as("between the first and the fifth attempt, of %s", attempts)
                .isGreaterThan(LEAST);
        assertThat(grant.phase()).isNotEqualTo(GrantPhase.Active);
        await().atMost(InstalledOperator.LIMIT)
                .untilAsserted(
                        () -> assertThat(grant.status().conditions().toString()).contains("no-secrets"));

        story.admin().resource(quota).delete();
        grant.awaitActive();
        grant.revokedBy("rashid", "rashid");
        grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
    }

    @StoryTest
    void aRemovalThatAPolicyRefusesIsToldWithItsNameAndWithWhatIsGoneAllTheSame() {
        Grant grant = story.asks("rashid", "look", "10m").awaitActive();
        String policy = "keep-bindings-" + here;
        List<HasMetadata> keeps = keepsBindings(policy);
        keeps.forEach(object -> story.admin().resource(object).create());
        try {
            refused(() -> story.cluster()
                    .asOperator()
                    .rbac()
                    .roleBindings()
                    .inNamespace(here)
                    .withName(grant.objectName())
                    .dryRun()
                    .delete());

            grant.revokedBy("rashid", "rashid");

            await("what is gone is shown as gone")
                    .atMost(InstalledOperator.LIMIT)
                    .untilAsserted(() -> assertThat(objects(grant))
                            .containsEntry("RoleBinding", ObjectState.Present)
                            .containsEntry("Secret", ObjectState.Gone)
                            .containsEntry("ServiceAccount", ObjectState.Gone));
            assertThat(grant.phase()).isEqualTo(GrantPhase.Revoking);
            assertThat(grant.status().conditions().toString()).contains(policy);
            await("an Event names the policy")
                    .atMost(InstalledOperator.LIMIT)
                    .untilAsserted(() -> assertThat(warnings())
                            .anySatisfy(event -> assertThat(event.getMessage()).contains(policy)));
        } finally {
            keeps.forEach(object -> story.admin().resource(object).delete());
        }
        grant.awaitEnd(GrantPhase.Revoked, EndCause.Revoked);
        grant.assertAccessRemoved();
    }

    @StoryTest
    void anAccountThatAQuotaRefusesIsToldInTheIdentitysStatusUntilThereIsRoom() {
        ResourceQuota quota = quota("no-accounts", "count/serviceaccounts", "1");
        refused(() -> story.admin()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("one-more")
                        .withNamespace(here)
                        .endMetadata()
                        .build())
                .dryRun()
                .create());
        Map<String, Object> created =
                Map.of("subject", Map.of("serviceAccount", Map.of("name", "made", "create", true)));

        story.identity("olivia", "made", created, Entry.of("look", "view").in(here));

        await("its status says so")
                .atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(ready("made")).satisfies(condition -> {
                    assertThat(condition.status()).isEqualTo(ConditionStatus.Unknown);
                    assertThat(condition.reason()).isEqualTo("StepFailed");
                    assertThat(condition.message()).contains("exceeded quota: no-accounts");
                }));
        story.admin().resource(quota).delete();
        await("it is done once there is room")
                .atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> assertThat(ready("made").status()).isEqualTo(ConditionStatus.True));
    }

    private ResourceQuota quota(String name, String resource, String most) {
        return story.admin()
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(here)
                        .endMetadata()
                        .withNewSpec()
                        .withHard(Map.of(resource, new Quantity(most)))
                        .endSpec()
                        .build())
                .create();
    }

    private Condition ready(String identity) {
        return story.identityNow(identity).getStatus().conditions().stream()
                .filter(condition -> condition.type().equals("Ready"))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, ObjectState> objects(Grant grant) {
        return grant.status().objects().stream()
                .collect(Collectors.toMap(object -> object.kind().name(), GrantObject::state));
    }

    private List<Event> warnings() {
        return story.admin().v1().events().inNamespace(here).list().getItems().stream()
                .filter(event -> event.getType().equals("Warning"))
                .toList();
    }

    /** The API server takes a moment to know a new quota or policy. */
    private static void refused(Runnable dryRun) {
        await("it is refused").atMost(InstalledOperator.LIMIT).until(() -> {
            try {
                dryRun.run();
                return false;
            } catch (KubernetesClientException refusal) {
                return refusal.getCode() == TokenClient.FORBIDDEN || refusal.getCode() == 422;
            }
        });
    }

    private List<HasMetadata> keepsBindings(String name) {
        return List.of(
                new ValidatingAdmissionPolicyBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withFailurePolicy("Fail")
                        .withNewMatchConstraints()
                        .addNewResourceRule()
                        .withApiGroups("rbac.authorization.k8s.io")
                        .withApiVersions("v1")
                        .withResources("rolebindings")
                        .withOperations("DELETE")
                        .endResourceRule()
                        .endMatchConstraints()
                        .addNewValidation()
                        .withExpression("request.namespace != '" + here + "'")
                        .withMessage("bindings stay")
                        .endValidation()
                        .endSpec()
                        .build(),
                new ValidatingAdmissionPolicyBindingBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withPolicyName(name)
                        .withValidationActions("Deny")
                        .endSpec()
                        .build());
    }

    private List<Instant> secretsTried() {
        try (Stream<String> lines = Files.lines(story.cluster().auditLog())) {
            return lines.filter(line -> line.contains(here) && line.contains("\"secrets\""))
                    .map((Function<String, JsonNode>) RefusedByOthersIT::parsed)
                    .filter(event -> event.at("/verb").asText().equals("create"))
                    .filter(event -> event.at("/objectRef/namespace").asText().equals(here))
                    .filter(event -> event.at("/user/username").asText().endsWith(":lapse-operator"))
                    .map(event ->
                            Instant.parse(event.path("requestReceivedTimestamp").asText()))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
