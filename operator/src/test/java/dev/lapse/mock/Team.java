package dev.lapse.mock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.mock.MockApiServer.Exchange;
import dev.lapse.runtime.MockedOperator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/**
 * A namespace of the mocked operator, where one test plays. Olivia answers for its identity {@code ci} and may bind the
 * ClusterRole that is named after the namespace; Rashid may ask; Ada may approve.
 */
public final class Team {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final MockedOperator operator = MockedOperator.running();
    private final String namespace = "team-" + NUMBER.incrementAndGet();

    public Team() {
        create("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %s}
                """.formatted(namespace));
        operator.let("olivia", namespace, "create", "bind");
        operator.let("rashid", namespace, "request");
        operator.let("ada", namespace, "approve");
    }

    public String namespace() {
        return namespace;
    }

    public MockApiServer api() {
        return operator.api();
    }

    public KubernetesClient client() {
        return operator.client();
    }

    public MockedOperator operator() {
        return operator;
    }

    /** The identity, its account and its role, with one entry {@code look}. */
    public void identity(int approvals) {
        account("ci");
        clusterRole();
        identity("ci", "serviceAccount: {name: ci}", approvals);
    }

    public void identity(String name, String subject, int approvals) {
        create("""
                apiVersion: lapse.dev/v1alpha1
                kind: ServiceIdentity
                metadata: {name: %s, namespace: %s}
                spec:
                  actorType: Pipeline
                  subject: {%s}
                  owner: {user: olivia}
                  state: Active
                  changedBy: olivia
                  eligible:
                    - {name: look, role: {kind: ClusterRole, name: %2$s}, namespaces: [%2$s],
                       approvals: {required: %4$d, insiders: Refuse}, principal: Dedicated, entitledBy: olivia}
                """.formatted(name, namespace, subject, approvals));
    }

    public void account(String name) {
        create("""
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: %s, namespace: %s}
                """.formatted(name, namespace));
    }

    public void clusterRole() {
        create("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: %s}
                rules: [{apiGroups: [''], resources: [configmaps], verbs: [get]}]
                """.formatted(namespace));
    }

    public void clusterRoleIsDeleted() {
        client().rbac().clusterRoles().withName(namespace).delete();
    }

    public void accountIsDeleted(String name) {
        client().serviceAccounts().inNamespace(namespace).withName(name).delete();
    }

    /** A change that means nothing to the operator, but has it look at what the account is about. */
    public void accountIsTouched(String name) {
        client().serviceAccounts().inNamespace(namespace).withName(name).edit(account -> {
            account.getMetadata().getAnnotations().put("touched", String.valueOf(NUMBER.incrementAndGet()));
            return account;
        });
    }

    /** Grant {@code g}: Rashid asks for {@code look}. */
    public void asks(String duration) {
        create("""
                apiVersion: lapse.dev/v1alpha1
                kind: PrivilegeGrant
                metadata: {name: g, namespace: %s}
                spec:
                  identityRef: {name: ci}
                  privilege: look
                  duration: %s
                  reason: a fault
                  requestedBy: rashid
                  credential: {type: Token}
                """.formatted(namespace, duration));
    }

    public HasMetadata create(String yaml) {
        return client().resource((HasMetadata) Serialization.unmarshal(yaml)).create();
    }

    /** @param spec what is changed of it, as JSON */
    public <T extends HasMetadata> void changes(Class<T> kind, String name, String spec) {
        resource(kind, name).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": " + spec + "}");
    }

    public <T extends HasMetadata> Resource<T> resource(Class<T> kind, String name) {
        return client().resources(kind).inNamespace(namespace).withName(name);
    }

    public ServiceIdentity identity(String name) {
        return resource(ServiceIdentity.class, name).require();
    }

    public PrivilegeGrant grant() {
        return resource(PrivilegeGrant.class, "g").require();
    }

    /** The name of every object that is made for the grant. */
    public String objectName() {
        return "lapse-" + grant().getMetadata().getUid();
    }

    /** Of the grant. */
    public AccessReview review() {
        return resource(AccessReview.class, Objects.requireNonNull(grant().getStatus().review()))
                .require();
    }

    /** Adds a verdict to what others have said. */
    public void says(String person, String verdict) {
        AccessReview review = review();
        var item = review.getSpec().itemHashes().entrySet().iterator().next();
        String decision = Serialization.asJson(java.util.Map.of(
                "item", item.getKey(), "by", person, "verdict", verdict, "itemHash", item.getValue()));
        resource(AccessReview.class, review.getMetadata().getName())
                .patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\": \"add\", \"path\": \"/spec/decisions/-\", \"value\": " + decision + "}]");
    }

    public EntryStatus entry(String identity) {
        return identity(identity).getStatus().entries().get(0);
    }

    public void awaitIdentity(String name, IdentityPhase wanted) {
        await(() -> assertThat(identity(name).getStatus())
                .isNotNull()
                .satisfies(status -> assertThat(status.phase()).as(status.toString()).isEqualTo(wanted)));
    }

    public void awaitEntry(String identity, String reason) {
        await(() -> assertThat(identity(identity).getStatus())
                .isNotNull()
                .satisfies(status -> assertThat(status.entries())
                        .extracting(EntryStatus::reason)
                        .containsExactly(reason)));
    }

    public void awaitGrant(GrantPhase wanted) {
        await(() -> assertThat(grant().getStatus())
                .isNotNull()
                .satisfies(status -> assertThat(status.phase()).as(status.toString()).isEqualTo(wanted)));
    }

    public void awaitReview(ReviewPhase wanted) {
        await(() -> assertThat(grant().getStatus())
                .isNotNull()
                .satisfies(status -> assertThat(status.review()).isNotNull()));
        await(() -> assertThat(review().getStatus())
                .isNotNull()
                .satisfies(status -> assertThat(status.phase()).as(status.toString()).isEqualTo(wanted)));
    }

    /** The writes of a status of this kind in the namespace, in order. */
    public List<Exchange> statusWrites(String plural) {
        return api().asked("PUT", statusPath(plural));
    }

    public String statusPath(String plural) {
        return ".*/namespaces/" + namespace + "/" + plural + "/[^/]+/status";
    }

    public static void await(ThrowingRunnable asserted) {
        limit().untilAsserted(asserted);
    }

    private static ConditionFactory limit() {
        return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(20));
    }
}
