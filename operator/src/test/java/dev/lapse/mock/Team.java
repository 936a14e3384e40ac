package dev.lapse.mock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.AccessReviewStatus.ReviewPhase;
import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.IdentityPhase;
import dev.lapse.mock.MockApiServer.Exchange;
import dev.lapse.runtime.MockedOperator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.ResourceNotFoundException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
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
        operator.awaitGuardStands();
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
    public void hasIdentity(int approvals) {
        hasAccount("ci");
        hasClusterRole();
        hasIdentity("ci", "name: ci", approvals, "ClusterRole");
    }

    /** @param account of its own, as a line of YAML */
    public void hasIdentity(String name, String account, int approvals, String roleKind) {
        create("""
            apiVersion: lapse.dev/v1alpha1
            kind: ServiceIdentity
            metadata: {name: %s, namespace: %s}
            spec:
              actorType: Pipeline
              subject: {serviceAccount: {%3$s}}
              owner: {user: olivia}
              state: Active
              changedBy: olivia
              eligible:
                - {name: look, role: {kind: %5$s, name: %2$s}, namespaces: [%2$s],
                   approvals: {required: %4$d, insiders: Refuse}, principal: Dedicated, entitledBy: olivia}
            """.formatted(name, namespace, account, approvals, roleKind));
    }

    public void hasAccount(String name) {
        create("""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: %s, namespace: %s}
            """.formatted(name, namespace));
    }

    public void hasClusterRole() {
        create("""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: %s}
            rules: [{apiGroups: [''], resources: [configmaps], verbs: [get]}]
            """.formatted(namespace));
    }

    public void hasRole() {
        create("""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: %s, namespace: %1$s}
            rules: [{apiGroups: [''], resources: [configmaps], verbs: [get]}]
            """.formatted(namespace));
    }

    public void clusterRoleIsDeleted() {
        client().rbac().clusterRoles().withName(namespace).delete();
    }

    public void accountIsDeleted(String name) {
        client().serviceAccounts().inNamespace(namespace).withName(name).delete();
    }

    /** It allows something else than before. */
    public void clusterRoleAllows(String verb) {
        client().rbac().clusterRoles().withName(namespace).edit(role -> {
            role.getRules().get(0).setVerbs(List.of(verb));
            return role;
        });
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

    /** What there is of account, Secret and binding that are made for the grant. */
    public List<String> made() {
        return made(objectName());
    }

    public List<String> made(String objectName) {
        return Stream.<HasMetadata>of(
                        client().serviceAccounts()
                                .inNamespace(Lapse.PRINCIPALS_NAMESPACE)
                                .withName(objectName)
                                .get(),
                        client().secrets()
                                .inNamespace(namespace)
                                .withName(objectName)
                                .get(),
                        client().rbac()
                                .roleBindings()
                                .inNamespace(namespace)
                                .withName(objectName)
                                .get())
                .filter(Objects::nonNull)
                .map(HasMetadata::getKind)
                .toList();
    }

    /** While a request is being answered. */
    public void labelsMeanwhile(String identity) {
        api().edited(
                        path("serviceidentities", identity),
                        now -> now.getMetadata().setLabels(Map.of("by", "somebody")));
    }

    /** While a request is being answered. */
    public void revokesMeanwhile() {
        api().edited(path("privilegegrants", "g"), grant -> {
            Map<String, Object> spec = grant.get("spec");
            spec.put("revoked", true);
            spec.put("revokedBy", "rashid");
        });
    }

    /** The name of every object that is made for the grant. */
    public String objectName() {
        return "lapse-" + grant().getMetadata().getUid();
    }

    /** Of the grant. */
    public AccessReview review() {
        return resource(
                        AccessReview.class,
                        Objects.requireNonNull(grant().getStatus().review()))
                .require();
    }

    /** Adds a verdict to what others have said. */
    public void says(String person, String verdict) {
        AccessReview review = review();
        resource(AccessReview.class, review.getMetadata().getName())
                .patch(
                        PatchContext.of(PatchType.JSON),
                        Serialization.asJson(List.of(Map.of(
                                "op",
                                "add",
                                "path",
                                "/spec/decisions/-",
                                "value",
                                decision(review, person, verdict)))));
    }

    /** The same while a request is being answered. */
    public void saysMeanwhile(String person, AccessReview review, String verdict) {
        api().edited(path("accessreviews", review.getMetadata().getName()), now -> {
            List<Object> decisions = now.get("spec", "decisions");
            decisions.add(decision(review, person, verdict));
        });
    }

    private static Map<String, Object> decision(AccessReview review, String person, String verdict) {
        var item = review.getSpec().itemHashes().entrySet().iterator().next();
        return Map.of("item", item.getKey(), "by", person, "verdict", verdict, "itemHash", item.getValue());
    }

    private String path(String plural, String name) {
        return "/apis/lapse.dev/v1alpha1/namespaces/" + namespace + "/" + plural + "/" + name;
    }

    /** Which installation of the guard the identity's status rests on. */
    public String guardOfTheIdentity() {
        return identity("ci").getStatus().proof().epoch();
    }

    public String guardOfTheReview() {
        return review().getStatus().proof().epoch();
    }

    public void awaitIdentity(String name, IdentityPhase wanted) {
        await(() -> assertThat(identity(name).getStatus())
                .isNotNull()
                .satisfies(status ->
                        assertThat(status.phase()).as(status.toString()).isEqualTo(wanted)));
    }

    public void awaitEntry(String identity, String reason) {
        await(() -> assertThat(identity(identity).getStatus())
                .isNotNull()
                .satisfies(status -> assertThat(status.entries())
                        .extracting(EntryStatus::reason)
                        .containsExactly(reason)));
    }

    public void awaitActiveGrants(String identity, String... names) {
        await(() -> assertThat(identity(identity).getStatus())
                .isNotNull()
                .satisfies(status ->
                        assertThat(status.activeGrants()).as(status.toString()).containsExactly(names)));
    }

    public void awaitGrant(GrantPhase wanted) {
        await(() -> assertThat(grant().getStatus())
                .isNotNull()
                .satisfies(status ->
                        assertThat(status.phase()).as(status.toString()).isEqualTo(wanted)));
    }

    public void awaitReview(ReviewPhase wanted) {
        await(() -> assertThat(review().getStatus())
                .isNotNull()
                .satisfies(status ->
                        assertThat(status.phase()).as(status.toString()).isEqualTo(wanted)));
    }

    /** The codes of what was answered to each write of a status of this kind in the namespace, in order. */
    public List<Integer> statusWrites(String plural) {
        return api().asked("PUT", statusPath(plural)).stream()
                .map(Exchange::code)
                .toList();
    }

    public String statusPath(String plural) {
        return ".*/namespaces/" + namespace + "/" + plural + "/[^/]+/status";
    }

    public static void await(ThrowingRunnable asserted) {
        limit().untilAsserted(asserted);
    }

    private static ConditionFactory limit() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsMatching(Team::isNotThereYet);
    }

    /** The object, or its status. */
    private static boolean isNotThereYet(Throwable why) {
        return why instanceof NullPointerException || why instanceof ResourceNotFoundException;
    }
}
