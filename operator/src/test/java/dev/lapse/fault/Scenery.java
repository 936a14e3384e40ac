package dev.lapse.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.PrivilegeGrantStatus;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Namespaces with an identity each, the grants of these, and what there is of them: all with an administrator's eyes. */
final class Scenery {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient admin;

    Scenery(KubernetesClient admin) {
        this.admin = admin;
    }

    /** Makes namespaces with an identity each whose one entry, look, gives view there; returns when all are proved. */
    void place(List<Life> lives) {
        lives.forEach(life -> place(life.namespace, life.shape));
        lives.forEach(life -> awaitReady(life.namespace));
    }

    /** Its entry gives view in the whole cluster; its account is made for it. */
    void placeEverywhere(Life life) {
        letGrantClusterWide();
        namespace(life.namespace);
        apply("""
                apiVersion: lapse.dev/v1alpha1
                kind: ServiceIdentity
                metadata: {name: ci, namespace: %1$s}
                spec:
                  actorType: Pipeline
                  subject: {serviceAccount: {name: ci, create: true}}
                  owner: {user: olivia}
                  changedBy: admin
                  eligible:
                    - name: look
                      role: {kind: ClusterRole, name: view}
                      clusterWide: true
                      approvals: {required: 0}
                      principal: %2$s
                      entitledBy: admin
                      entitledByAs: [system:masters]
                """.formatted(life.namespace, life.shape.principal));
        awaitReady(life.namespace);
    }

    /** As shipped nothing is. It begins no epoch of the guard. */
    private void letGrantClusterWide() {
        admin.configMaps().inNamespace("lapse-system").withName("lapse-guard").edit(map -> {
            map.getData().put("clusterWide", "true");
            return map;
        });
    }

    void namespace(String name) {
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    /** Begins another epoch of the guard. */
    void changeGuard() {
        changeGuard("somebody-else");
    }

    /** Begins another epoch of the guard, if the applier was another one before. */
    void changeGuard(String applier) {
        admin.configMaps().inNamespace("lapse-system").withName("lapse-guard").edit(map -> {
            map.getData().put("appliers", applier);
            return map;
        });
    }

    /** Something that has to be remembered: an applier's request, which is denied at once. */
    void claim(String namespace) {
        admin.configMaps().inNamespace("lapse-system").withName("lapse-guard").edit(map -> {
            map.getData().put("appliers", "admin");
            return map;
        });
        var grants = admin.resources(PrivilegeGrant.class).inNamespace(namespace);
        // The API server goes by the parameter a moment later.
        await().atMost(Stage.PATIENCE).ignoreExceptions().untilAsserted(() -> apply("""
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata: {name: claimed, namespace: %s}
                spec:
                  identityRef: {name: asked}
                  privilege: none-of-its
                  duration: 10m
                  reason: to see what is remembered
                  notAfter: 2099-01-01T00:00:00Z
                  requestedBy: olivia
                  requestedByVia: admin
                """.formatted(namespace)));
        await().atMost(Stage.PATIENCE)
                .until(() -> Optional.ofNullable(grants.withName("claimed").get())
                        .map(PrivilegeGrant::getStatus)
                        .filter(status -> status.phase() == GrantPhase.Denied)
                        .isPresent());
    }

    void retire(Life life) {
        patchIdentity(life, MERGE, "{\"spec\":{\"state\":\"Retired\"}}");
    }

    /** How long the entry look may be asked for, at most. */
    void limit(Life life, String duration) {
        admin.resources(ServiceIdentity.class)
                .inNamespace(life.namespace)
                .withName("ci")
                .patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\": \"add\", \"path\": \"/spec/eligible/0/maxDuration\", \"value\": \"" + duration
                                + "\"}]");
    }

    /** The entry look gives view there too. */
    void reach(Life life, String other) {
        namespace(other);
        patchIdentity(
                life,
                PatchContext.of(PatchType.JSON),
                "[{\"op\": \"add\", \"path\": \"/spec/eligible/0/namespaces/-\", \"value\": \"" + other + "\"}]");
    }

    /** Nobody answers for the identity any more. */
    void loseOwner(Life life) {
        patchIdentity(life, MERGE, "{\"spec\":{\"owner\":null}}");
    }

    void loseEntries(Life life) {
        patchIdentity(life, MERGE, "{\"spec\":{\"eligible\":[]}}");
    }

    private void patchIdentity(Life life, PatchContext how, String patch) {
        admin.resources(ServiceIdentity.class)
                .inNamespace(life.namespace)
                .withName("ci")
                .patch(how, patch);
    }

    private void place(String namespace, Shape shape) {
        namespace(namespace);
        apply("""
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: ci, namespace: %1$s}
                """.formatted(namespace));
        if (shape == Shape.SUBJECT_TOKEN) {
            letOperator(namespace, "\"\"", "serviceaccounts/token", "create");
        }
        if (shape == Shape.SUBJECT_NONE) {
            letOperator(namespace, "lapse.dev", "serviceaccounts", "grant");
        }
        apply("""
                apiVersion: lapse.dev/v1alpha1
                kind: ServiceIdentity
                metadata: {name: ci, namespace: %1$s}
                spec:
                  actorType: Pipeline
                  subject: {serviceAccount: {name: ci}}
                  owner: {user: olivia}
                  changedBy: admin
                  eligible:
                    - name: look
                      role: {kind: ClusterRole, name: view}
                      namespaces: [%1$s]
                      approvals: {required: 0}
                      principal: %2$s
                      entitledBy: admin
                      entitledByAs: [system:masters]
                """.formatted(namespace, shape.principal));
    }

    /** The operator may not mint for, nor bind to, accounts of other namespaces, but where an administrator names them. */
    private void letOperator(String namespace, String group, String resource, String verb) {
        apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: lapse-subjects, namespace: %1$s}
                rules:
                  - apiGroups: [%2$s]
                    resources: [%3$s]
                    resourceNames: [ci]
                    verbs: [%4$s]
                """.formatted(namespace, group, resource, verb));
        apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: lapse-subjects, namespace: %1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: lapse-subjects}
                subjects: [{kind: ServiceAccount, name: lapse-operator, namespace: lapse-system}]
                """.formatted(namespace));
    }

    /** A grant that people have to approve; returns when its review is open. */
    void askPeople(String namespace) {
        apply("""
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: asked, namespace: %1$s}
                """.formatted(namespace));
        apply("""
                apiVersion: lapse.dev/v1alpha1
                kind: ServiceIdentity
                metadata: {name: asked, namespace: %1$s}
                spec:
                  actorType: Pipeline
                  subject: {serviceAccount: {name: asked}}
                  owner: {user: olivia}
                  changedBy: admin
                  eligible:
                    - name: look
                      role: {kind: ClusterRole, name: view}
                      namespaces: [%1$s]
                      approvals: {required: 1}
                      entitledBy: admin
                      entitledByAs: [system:masters]
                """.formatted(namespace));
        apply("""
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata: {name: asked, namespace: %s}
                spec:
                  identityRef: {name: asked}
                  privilege: look
                  duration: 10m
                  reason: to see who is asked
                  requestedBy: admin
                  requestedByAs: [system:masters]
                """.formatted(namespace));
        await().atMost(Stage.PATIENCE)
                .until(() -> admin.resources(AccessReview.class).inNamespace(namespace).list().getItems().stream()
                        .anyMatch(review -> review.getStatus() != null));
    }

    private void awaitReady(String namespace) {
        awaitReady(namespace, true);
    }

    void awaitReady(String namespace, boolean ready) {
        await().atMost(Stage.PATIENCE)
                .until(() -> Optional.ofNullable(admin.resources(ServiceIdentity.class)
                                .inNamespace(namespace)
                                .withName("ci")
                                .get()
                                .getStatus())
                        .stream()
                        .flatMap(status -> status.conditions().stream())
                        .anyMatch(condition -> condition.type().equals("Ready")
                                && condition.status().name().equals(ready ? "True" : "False")));
    }

    /** Asks for the entry look of each. */
    void ask(List<Life> lives, Duration duration) {
        lives.forEach(life -> life.born(ask(life, duration, "").getMetadata().getUid()));
    }

    /** Asks for the entry look for an hour, or as much of it as lies before {@code notAfter}. */
    void askUntil(Life life, Instant notAfter) {
        life.born(ask(life, Duration.ofHours(1), "notAfter: " + notAfter)
                .getMetadata()
                .getUid());
    }

    private PrivilegeGrant ask(Life life, Duration duration, String field) {
        String yaml = """
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata: {name: g, namespace: %s}
                spec:
                  identityRef: {name: ci}
                  privilege: look
                  duration: %ds
                  reason: to see what a fault does
                  requestedBy: admin
                  requestedByAs: [system:masters]
                  credential: {type: %s}
                  %s
                """.formatted(life.namespace, duration.toSeconds(), life.shape.credential, field);
        return admin.resource(admin.getKubernetesSerialization().unmarshal(yaml, PrivilegeGrant.class))
                .create();
    }

    void revoke(Life life) {
        grants(life).patch(MERGE, "{\"spec\":{\"revoked\":true,\"revokedBy\":\"admin\",\"revokeReason\":\"enough\"}}");
    }

    void suspend(Life life, boolean suspended) {
        admin.resources(ServiceIdentity.class)
                .inNamespace(life.namespace)
                .withName("ci")
                .patch(MERGE, "{\"spec\":{\"state\":\"" + (suspended ? "Suspended" : "Active") + "\"}}");
    }

    PrivilegeGrant grant(Life life) {
        return grants(life).require();
    }

    GrantPhase phase(Life life) {
        PrivilegeGrantStatus status = grant(life).getStatus();
        return status == null ? GrantPhase.Pending : status.phase();
    }

    /** When it is over; it is announced. */
    Instant end(Life life) {
        return Objects.requireNonNull(
                Objects.requireNonNull(grant(life).getStatus()).expiresAt());
    }

    void awaitPhase(List<Life> lives, GrantPhase phase) {
        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(lives)
                        .allSatisfy(life -> assertThat(phase(life))
                                .as(() -> life + ": " + grant(life).getStatus())
                                .isEqualTo(phase)));
    }

    /** Their ends are proved and told: the operator has nothing more to do with them. */
    void awaitReleased(List<Life> lives) {
        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(lives)
                        .allSatisfy(life -> assertThat(grant(life).getMetadata().getFinalizers())
                                .as(life::toString)
                                .isEmpty()));
    }

    private Resource<PrivilegeGrant> grants(Life life) {
        return admin.resources(PrivilegeGrant.class).inNamespace(life.namespace).withName("g");
    }

    /** Everything in the cluster that carries the label of this grant. */
    List<HasMetadata> objectsOf(String uid) {
        String label = "lapse.dev/grant-uid";
        List<HasMetadata> found = new ArrayList<>();
        found.addAll(admin.serviceAccounts()
                .inAnyNamespace()
                .withLabel(label, uid)
                .list()
                .getItems());
        found.addAll(
                admin.secrets().inAnyNamespace().withLabel(label, uid).list().getItems());
        found.addAll(admin.rbac()
                .roles()
                .inAnyNamespace()
                .withLabel(label, uid)
                .list()
                .getItems());
        found.addAll(admin.rbac()
                .roleBindings()
                .inAnyNamespace()
                .withLabel(label, uid)
                .list()
                .getItems());
        found.addAll(
                admin.rbac().clusterRoleBindings().withLabel(label, uid).list().getItems());
        return found;
    }

    private void apply(String yaml) {
        admin.resource(yaml).create();
    }

    /** The identity's account may view there anyway. */
    void letViewByOtherMeans(String namespace) {
        apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: other-means, namespace: %1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
                subjects: [{kind: ServiceAccount, name: ci, namespace: %1$s}]
                """.formatted(namespace));
    }
}
