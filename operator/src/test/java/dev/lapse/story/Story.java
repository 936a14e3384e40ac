package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lapse.api.v1alpha1.ServiceIdentity;
import dev.lapse.story.Caller.Answer;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One story on the real server: a namespace of its own, an identity in it, and people who can do there what their part
 * takes and nothing else.
 *
 * <p>Olivia answers for the identity and writes its entries; she may bind {@code view} in the story's namespace. Rashid
 * asks for grants, reads what is delivered, and may revoke.
 */
final class Story {
    static final String IDENTITIES = "lapse.dev/serviceidentities";
    static final String GRANTS = "lapse.dev/privilegegrants";
    static final String ROLE_BINDINGS = "rbac.authorization.k8s.io/rolebindings";
    static final String CLUSTER_ROLE_BINDINGS = "rbac.authorization.k8s.io/clusterrolebindings";
    static final String CLUSTER_ROLES = "rbac.authorization.k8s.io/clusterroles";
    static final String IDENTITY = "ci";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Cluster cluster = Cluster.running();
    private final Rights rights = new Rights(cluster.admin());
    private final String namespace;

    private Story() {
        InstalledOperator.awaitReady();
        namespace = anotherNamespace();
        let("olivia", "create get update patch delete govern", IDENTITIES);
        letBind("olivia", "view", namespace);
        let("rashid", "create get patch", GRANTS);
        let("rashid", "request", IDENTITIES);
        let("rashid", "get", "secrets");
        account(IDENTITY);
    }

    static Story begins() {
        return new Story();
    }

    String namespace() {
        return namespace;
    }

    Cluster cluster() {
        return cluster;
    }

    KubernetesClient admin() {
        return cluster.admin();
    }

    Rights rights() {
        return rights;
    }

    String anotherNamespace() {
        String name = "story-" + NUMBER.incrementAndGet();
        admin().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    /** A namespace of the same name takes the place of one that is deleted. */
    void madeAnew(String name) {
        var there = admin().namespaces().withName(name);
        String before = there.require().getMetadata().getUid();
        there.delete();
        await(name + " is gone").atMost(InstalledOperator.LIMIT).until(() -> there.get() == null);
        String after = admin().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getUid();
        assertThat(after).isNotEqualTo(before);
    }

    /** In the story's own namespace. */
    void let(String person, String verbs, String resource) {
        rights.give(Rights.user(person), namespace, verbs, resource);
    }

    /** The operator may give this account what entries with principal Subject name. */
    void letGrantTo(String account) {
        rights.give(
                Rights.serviceAccount("lapse-system", "lapse-operator"),
                namespace,
                "grant",
                "lapse.dev/serviceaccounts:" + account);
    }

    /** To create bindings in the namespace, and to bind this one ClusterRole. */
    void letBind(String person, String clusterRole, String where) {
        rights.give(Rights.user(person), where, "create", ROLE_BINDINGS);
        rights.give(Rights.user(person), where, "bind", CLUSTER_ROLES + ":" + clusterRole);
    }

    void account(String name) {
        admin().resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    /** Identity {@code ci} of account {@code ci}, with entries that Olivia writes. */
    void identity(Entry... entries) {
        identity(Map.of(), entries);
    }

    /** The same identity, with entries that somebody else writes. */
    void identityBy(String person, Entry... entries) {
        identity(person, IDENTITY, Map.of(), entries);
        awaitIdentityKnown(IDENTITY);
    }

    /** @param fields of the spec, over the usual ones; an empty text leaves one out */
    void identity(Map<String, Object> fields, Entry... entries) {
        identity("olivia", IDENTITY, fields, entries);
        awaitIdentityKnown(IDENTITY);
    }

    void identity(String person, String name, Map<String, Object> fields, Entry... entries) {
        Answer answer = createIdentity(person, name, fields, entries);
        assertThat(answer.passed()).as(answer.body()).isTrue();
    }

    /** What the API server answers to this person, who may be refused. */
    Answer createIdentity(String person, String name, Map<String, Object> fields, Entry... entries) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("actorType", "Pipeline");
        spec.put("subject", Map.of("serviceAccount", Map.of("name", name)));
        spec.put("owner", Map.of("user", "olivia"));
        spec.put("changedBy", person);
        spec.put(
                "eligible",
                Arrays.stream(entries).map(entry -> entry.by(person)).toList());
        return create(new Caller(cluster.as(person)), "ServiceIdentity", name, spec, fields);
    }

    ServiceIdentity identityNow() {
        return identityNow(IDENTITY);
    }

    /** Once the operator has looked at it. */
    ServiceIdentity identityNow(String name) {
        return await("a status of ServiceIdentity " + name)
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> admin().resources(ServiceIdentity.class)
                                .inNamespace(namespace)
                                .withName(name)
                                .require(),
                        identity -> identity.getStatus() != null);
    }

    /** The messages of an identity's Events, once there is one. */
    String awaitEventOfIdentity(String name) {
        String uid = identityNow(name).getMetadata().getUid();
        return await("Event of identity " + name)
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> admin().v1().events().inNamespace(namespace).list().getItems().stream()
                                .filter(event ->
                                        uid.equals(event.getInvolvedObject().getUid()))
                                .map(Event::getMessage)
                                .collect(Collectors.joining("\n")),
                        messages -> !messages.isEmpty());
    }

    /** Normal or Warning, once there is one of this reason. */
    String awaitTypeOfEventOfIdentity(String reason) {
        String uid = identityNow().getMetadata().getUid();
        return await("Event " + reason)
                .atMost(InstalledOperator.LIMIT)
                .until(
                        () -> admin().v1().events().inNamespace(namespace).list().getItems().stream()
                                .filter(event ->
                                        uid.equals(event.getInvolvedObject().getUid()))
                                .filter(event -> reason.equals(event.getReason()))
                                .map(Event::getType)
                                .findFirst()
                                .orElse(""),
                        type -> !type.isEmpty());
    }

    /** Bindings and Secrets that any grant left in the story's namespace. */
    List<HasMetadata> objectsOfLapse() {
        return Stream.<HasMetadata>concat(
                        admin().rbac().roleBindings().inNamespace(namespace).list().getItems().stream(),
                        admin().secrets().inNamespace(namespace).list().getItems().stream())
                .filter(object -> object.getMetadata().getName().startsWith("lapse-"))
                .toList();
    }

    /** As this person edits it, with the rights and under the name they have. */
    void changeIdentity(String person, String spec) {
        changeIdentity(person, IDENTITY, spec);
    }

    void changeIdentity(String person, String name, String spec) {
        cluster.as(person)
                .resources(ServiceIdentity.class)
                .inNamespace(namespace)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": " + spec + "}");
    }

    /** A token as the account's own workload has one. */
    TokenClient workloadToken(String account) {
        return TokenClient.of(
                cluster,
                admin().serviceAccounts()
                        .inNamespace(namespace)
                        .withName(account)
                        .tokenRequest()
                        .getStatus()
                        .getToken());
    }

    /** Once its status is about the newest spec. */
    void awaitIdentityKnown(String name) {
        var identity =
                admin().resources(ServiceIdentity.class).inNamespace(namespace).withName(name);
        await("identity " + name + " is known").atMost(InstalledOperator.LIMIT).until(() -> {
            ServiceIdentity now = identity.require();
            return now.getStatus() != null
                    && Objects.equals(
                            now.getMetadata().getGeneration(), now.getStatus().observedGeneration());
        });
    }

    Grant asks(String person, String privilege, String duration) {
        return asks(person, privilege, duration, Map.of());
    }

    /** @param fields of the spec, over the usual ones; an empty text leaves one out */
    Grant asks(String person, String privilege, String duration, Map<String, Object> fields) {
        return asksUnder("grant-" + NUMBER.incrementAndGet(), person, privilege, duration, fields);
    }

    Grant asksUnder(String name, String person, String privilege, String duration, Map<String, Object> fields) {
        Answer answer = createGrant(name, person, privilege, duration, fields);
        assertThat(answer.passed()).as(answer.body()).isTrue();
        return new Grant(
                cluster, namespace, name, answer.json().at("/metadata/uid").asText());
    }

    /** With credentials that are nobody's own. */
    Grant asksAs(Caller caller, String user, String privilege) {
        return asksAs(caller, user, privilege, Map.of());
    }

    Grant asksAs(Caller caller, String user, String privilege, Map<String, Object> fields) {
        String name = "grant-" + NUMBER.incrementAndGet();
        Answer answer = create(caller, "PrivilegeGrant", name, request(user, privilege, "10m"), fields);
        assertThat(answer.passed()).as(answer.body()).isTrue();
        return new Grant(
                cluster, namespace, name, answer.json().at("/metadata/uid").asText());
    }

    /** What the API server answers to this person, who may be refused. */
    Answer createGrant(String name, String person, String privilege, String duration, Map<String, Object> fields) {
        return create(
                new Caller(cluster.as(person)), "PrivilegeGrant", name, request(person, privilege, duration), fields);
    }

    private static Map<String, Object> request(String user, String privilege, String duration) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("identityRef", Map.of("name", IDENTITY));
        spec.put("privilege", privilege);
        spec.put("duration", duration);
        spec.put("reason", "a fault in production");
        spec.put("requestedBy", user);
        return spec;
    }

    private Answer create(
            Caller caller, String kind, String name, Map<String, Object> usual, Map<String, Object> fields) {
        usual.putAll(fields);
        usual.values().removeIf(""::equals);
        Map<String, Object> object = Map.of(
                "apiVersion", "lapse.dev/v1alpha1", "kind", kind, "metadata", Map.of("name", name), "spec", usual);
        String all = kind.equals("PrivilegeGrant") ? "privilegegrants" : "serviceidentities";
        return caller.create(path(all), Serialization.asYaml(object));
    }

    /** Of a collection of Lapse's kinds in the story's namespace. */
    String path(String plural) {
        return "/apis/lapse.dev/v1alpha1/namespaces/" + namespace + "/" + plural;
    }
}
