package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.Condition;
import dev.lapse.api.v1alpha1.EndCause;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.condition.ConditionType;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A grant somebody asked for: what is seen of it, and what people do with it. */
final class Grant {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Cluster cluster;
    private final String namespace;
    private final String name;
    private final String uid;

    Grant(Cluster cluster, String namespace, String name, String uid) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.name = name;
        this.uid = uid;
    }

    String uid() {
        return uid;
    }

    String name() {
        return name;
    }

    String path() {
        return "/apis/lapse.dev/v1alpha1/namespaces/" + namespace + "/privilegegrants/" + name;
    }

    /** What every object made for it is called. */
    String objectName() {
        return "lapse-" + uid;
    }

    PrivilegeGrantStatus status() {
        PrivilegeGrant grant = as(cluster.admin()).get();
        return grant == null ? null : grant.getStatus();
    }

    /** What keeps it from going when somebody deletes it. */
    List<String> finalizers() {
        return as(cluster.admin()).require().getMetadata().getFinalizers();
    }

    boolean exists() {
        return as(cluster.admin()).get() != null;
    }

    GrantPhase phase() {
        PrivilegeGrantStatus status = status();
        return status == null ? null : status.phase();
    }

    Condition condition(ConditionType type) {
        PrivilegeGrantStatus status = status();
        assertThat(status).as("status of " + name).isNotNull();
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(type.name()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no condition " + type + " in " + status));
    }

    String reason() {
        return condition(ConditionType.Ready).reason();
    }

    Grant awaitPhase(GrantPhase wanted) {
        await(name + " is " + wanted)
                .pollInterval(POLL)
                .atMost(InstalledOperator.LIMIT)
                .untilAsserted(
                        () -> assertThat(phase()).as(() -> "status " + status()).isEqualTo(wanted));
        return this;
    }

    Grant awaitActive() {
        return awaitPhase(GrantPhase.Active);
    }

    Grant awaitReason(String wanted) {
        await(name + " says " + wanted)
                .pollInterval(POLL)
                .atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> {
                    assertThat(status()).isNotNull();
                    assertThat(reason()).as(() -> "status " + status()).isEqualTo(wanted);
                });
        return this;
    }

    void awaitGone() {
        await(name + " is gone")
                .pollInterval(POLL)
                .atMost(InstalledOperator.LIMIT)
                .until(() -> !exists());
    }

    /** After its end nothing that it made is left, and the API server was asked whether it still allows anything. */
    PrivilegeGrantStatus.End awaitEnd(GrantPhase wanted, EndCause cause) {
        awaitPhase(wanted);
        PrivilegeGrantStatus.End end = status().end();
        assertThat(end.cause()).as(() -> end.toString()).isEqualTo(cause);
        assertThat(leftovers()).isEmpty();
        return end;
    }

    /** The proof may come after the end: an authorizer that has not noticed yet is asked again. */
    void assertAccessRemoved() {
        await(name + " is seen to be without access")
                .pollInterval(POLL)
                .atMost(InstalledOperator.LIMIT)
                .untilAsserted(() -> {
                    Condition removed = condition(ConditionType.AccessRemoved);
                    assertThat(removed.status()).as(removed.message()).isEqualTo(Condition.ConditionStatus.True);
                });
    }

    /** The messages of its Events, once one has this reason: Events are written beside the work. */
    String awaitEvent(String reason) {
        return await("Event " + reason + " of " + name)
                .pollInterval(POLL)
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> events().filter(event -> event.getReason().equals(reason))
                                .map(Event::getMessage)
                                .collect(Collectors.joining("\n")),
                        messages -> !messages.isEmpty());
    }

    private Stream<Event> events() {
        return cluster.admin().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> uid.equals(event.getInvolvedObject().getUid()));
    }

    /** Reads the delivered Secret with this person's own rights. */
    TokenClient tokenReadBy(String person) {
        Map<String, String> data = cluster.as(person)
                .secrets()
                .inNamespace(namespace)
                .withName(objectName())
                .require()
                .getData();
        return TokenClient.of(data.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new String(Base64.getDecoder().decode(entry.getValue()), StandardCharsets.UTF_8))));
    }

    void revokedBy(String person, String user) {
        as(cluster.as(person))
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\": {\"revoked\": true, \"revokedBy\": \"" + user + "\"}}");
    }

    void deletedBy(String person, DeletionPropagation propagation) {
        as(cluster.as(person)).withPropagationPolicy(propagation).delete();
    }

    void secretDeletedBy(String person) {
        cluster.as(person)
                .secrets()
                .inNamespace(namespace)
                .withName(objectName())
                .delete();
    }

    /** Whatever in the whole cluster carries its UID in name or label. */
    List<String> leftovers() {
        KubernetesClient admin = cluster.admin();
        return Stream.of(
                        admin.rbac().roles().inAnyNamespace().list().getItems(),
                        admin.rbac().roleBindings().inAnyNamespace().list().getItems(),
                        admin.rbac().clusterRoleBindings().list().getItems(),
                        admin.serviceAccounts().inAnyNamespace().list().getItems(),
                        admin.secrets().inAnyNamespace().list().getItems())
                .flatMap(List::stream)
                .filter(this::isOurs)
                .map(object -> object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                        + object.getMetadata().getName())
                .toList();
    }

    private boolean isOurs(HasMetadata object) {
        Map<String, String> labels =
                Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.of());
        return object.getMetadata().getName().contains(uid) || labels.containsValue(uid);
    }

    private Resource<PrivilegeGrant> as(KubernetesClient client) {
        return client.resources(PrivilegeGrant.class).inNamespace(namespace).withName(name);
    }
}
