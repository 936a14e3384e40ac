package dev.lapse.fault;

import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.story.Cluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The real cluster, an operator behind a proxy that fails on purpose, and namespaces with an identity each. */
final class Stage implements AutoCloseable {
    /** On a small machine that does other things besides. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String OPERATOR = "operator";

    private final Cluster cluster = Cluster.running();
    private final ApiServer server = new ApiServer(cluster);
    private final FaultProxy proxy = new FaultProxy(server);

    /** With the operator running and its guard settled. */
    static Stage set() {
        Stage stage = new Stage();
        stage.cluster.operator("stop");
        stage.cluster.installOperator(stage.environment(Map.of()));
        return stage;
    }

    Cluster cluster() {
        return cluster;
    }

    KubernetesClient admin() {
        return cluster.admin();
    }

    ApiServer server() {
        return server;
    }

    FaultProxy proxy() {
        return proxy;
    }

    /** Returns when it is ready. */
    void start() {
        cluster.operator(environment(Map.of()), "start");
    }

    /** Returns at once, for an operator that is not to become ready. */
    void startUnready() {
        cluster.operator(environment(Map.of()), "start", "--no-wait");
    }

    void kill() {
        cluster.operator("kill");
        // The dead do not read on.
        proxy.letGo();
        proxy.cutWatches();
    }

    void stop() {
        cluster.operator("stop");
    }

    private Map<String, String> environment(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "LAPSE_OPERATOR_SERVER", proxy.address(),
                "LAPSE_GUARD_SETTLE", "1s",
                // So many that what is held does not hold up the rest.
                "LAPSE_RECONCILERS", "64",
                "LAPSE_EXPIRY_WORKERS", "64"));
        all.putAll(more);
        return all;
    }

    /** Makes a namespace with an identity whose one entry, look, gives view there, and waits until it is proved. */
    void place(String namespace, Shape shape) {
        apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %1$s}
                """.formatted(namespace));
        apply("""
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: ci, namespace: %1$s}
                """.formatted(namespace));
        if (shape == Shape.SUBJECT_TOKEN) {
            letMintFor(namespace);
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

    /** The operator may not mint for accounts of other namespaces, but where an administrator names them. */
    private void letMintFor(String namespace) {
        apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: lapse-subjects, namespace: %1$s}
                rules:
                  - apiGroups: [""]
                    resources: [serviceaccounts/token]
                    resourceNames: [ci]
                    verbs: [create]
                """.formatted(namespace));
        apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: lapse-subjects, namespace: %1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: lapse-subjects}
                subjects: [{kind: ServiceAccount, name: lapse-operator, namespace: lapse-system}]
                """.formatted(namespace));
    }

    void awaitReady(String namespace) {
        await().atMost(PATIENCE)
                .until(() -> Optional.ofNullable(admin().resources(ServiceIdentity.class)
                                .inNamespace(namespace)
                                .withName("ci")
                                .get()
                                .getStatus())
                        .stream()
                        .flatMap(status -> status.conditions().stream())
                        .anyMatch(condition -> condition.type().equals("Ready")
                                && condition.status().name().equals("True")));
    }

    /** Asks for the entry look of a {@link #place}. */
    PrivilegeGrant ask(String namespace, String name, Shape shape, Duration duration) {
        return admin().resource(admin().getKubernetesSerialization()
                        .unmarshal(
                                """
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata: {name: %2$s, namespace: %1$s}
                spec:
                  identityRef: {name: ci}
                  privilege: look
                  duration: %3$ds
                  reason: to see what a fault does
                  requestedBy: admin
                  credential: {type: %4$s}
                """.formatted(namespace, name, duration.toSeconds(), shape.credential),
                                PrivilegeGrant.class))
                .create();
    }

    void revoke(String namespace, String name) {
        admin().resources(PrivilegeGrant.class)
                .inNamespace(namespace)
                .withName(name)
                .patch(
                        io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                                io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
                        "{\"spec\":{\"revoked\":true,\"revokedBy\":\"admin\",\"revokeReason\":\"enough\"}}");
    }

    PrivilegeGrant grant(String namespace, String name) {
        return admin().resources(PrivilegeGrant.class)
                .inNamespace(namespace)
                .withName(name)
                .require();
    }

    /** Everything in the cluster that carries the label of this grant. */
    List<HasMetadata> objectsOf(String uid) {
        String label = "lapse.dev/grant-uid";
        List<HasMetadata> found = new java.util.ArrayList<>();
        found.addAll(admin().serviceAccounts()
                .inAnyNamespace()
                .withLabel(label, uid)
                .list()
                .getItems());
        found.addAll(
                admin().secrets().inAnyNamespace().withLabel(label, uid).list().getItems());
        found.addAll(admin().rbac()
                .roleBindings()
                .inAnyNamespace()
                .withLabel(label, uid)
                .list()
                .getItems());
        found.addAll(admin().rbac()
                .clusterRoleBindings()
                .withLabel(label, uid)
                .list()
                .getItems());
        return found;
    }

    private void apply(String yaml) {
        admin().resource(yaml).create();
    }

    String operatorLog() {
        try {
            return java.nio.file.Files.readString(cluster.dir().resolve("logs/" + OPERATOR + ".log"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        proxy.passAll();
        stop();
        proxy.close();
    }
}
