package dev.lapse.cli;

import dev.lapse.api.v1alpha1.AccessReview;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.api.v1alpha1.ServiceIdentity;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestStatus;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a command asks of the API server and writes there, with the caller's own rights. */
final class KubernetesSession implements AutoCloseable {
    private static final String DRY_RUN = "All";

    private final KubernetesClient client;
    private final String namespace;

    private KubernetesSession(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    static KubernetesSession open(Config config, @Nullable String namespace) {
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
        String where = namespace != null ? namespace : config.getNamespace();
        return new KubernetesSession(client, where == null || where.isEmpty() ? "default" : where);
    }

    String namespace() {
        return namespace;
    }

    /** The same, elsewhere; closed with this one. */
    KubernetesSession in(String otherNamespace) {
        return new KubernetesSession(client, otherNamespace);
    }

    /** Names the cluster, and the way in, among those of this user. */
    String place() {
        Config config = client.getConfiguration();
        String context = config.getCurrentContext() == null
                ? ""
                : config.getCurrentContext().getName();
        String as = config.getImpersonateUsername() == null ? "" : config.getImpersonateUsername();
        return client.getMasterUrl() + " " + context + " " + as;
    }

    Person whoAmI() {
        SelfSubjectReview me = ask(
                () -> client.authentication().v1().selfSubjectReviews().create(new SelfSubjectReviewBuilder().build()));
        List<String> groups = me.getStatus().getUserInfo().getGroups();
        return new Person(me.getStatus().getUserInfo().getUsername(), groups == null ? List.of() : groups);
    }

    /**
     * Whether the caller may.
     *
     * @param group the API group; the empty string is the core group
     * @param name of the object, or null for all
     */
    Right may(String verb, String group, String resource, String where, @Nullable String name) {
        SubjectAccessReviewStatus answer = ask(() -> client.authorization()
                        .v1()
                        .selfSubjectAccessReview()
                        .create(new SelfSubjectAccessReviewBuilder()
                                .withNewSpec()
                                .withNewResourceAttributes()
                                .withVerb(verb)
                                .withGroup(group)
                                .withResource(resource)
                                .withNamespace(where)
                                .withName(name)
                                .endResourceAttributes()
                                .endSpec()
                                .build()))
                .getStatus();
        return Right.of(
                Boolean.TRUE.equals(answer.getAllowed()),
                Optional.ofNullable(answer.getReason()).orElse(""));
    }

    /** One of the verbs that are Lapse's own, on an identity. */
    Right may(String verb, String identity) {
        return may(verb, Lapse.GROUP, "serviceidentities", namespace, identity);
    }

    Optional<PrivilegeGrant> grant(String name) {
        return find(PrivilegeGrant.class, name);
    }

    Optional<AccessReview> review(String name) {
        return find(AccessReview.class, name);
    }

    Optional<ServiceIdentity> identity(String name) {
        return find(ServiceIdentity.class, name);
    }

    Optional<Secret> secret(String name) {
        return find(Secret.class, name);
    }

    /** Creates a token of an account; the API server says for how long. */
    TokenRequestStatus mint(String where, String account, Duration lifetime) {
        TokenRequest wish = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(lifetime.toSeconds())
                .endSpec()
                .build();
        return ask(() -> client.serviceAccounts()
                .inNamespace(where)
                .withName(account)
                .tokenRequest(wish)
                .getStatus());
    }

    <T extends HasMetadata> Optional<T> find(Class<T> kind, String name) {
        return Optional.ofNullable(ask(() ->
                client.resources(kind).inNamespace(namespace).withName(name).get()));
    }

    /** Of the session's namespace. */
    <T extends HasMetadata> List<T> list(Class<T> kind) {
        return ask(() -> items(
                client.resources(kind), each -> each.inNamespace(namespace).list()));
    }

    /** Of every namespace, and what belongs to none. */
    <T extends HasMetadata> List<T> listAll(Class<T> kind) {
        return ask(() ->
                items(client.resources(kind), each -> each.inAnyNamespace().list()));
    }

    private static <T extends HasMetadata> List<T> items(
            MixedOperation<T, KubernetesResourceList<T>, Resource<T>> all,
            Function<MixedOperation<T, KubernetesResourceList<T>, Resource<T>>, KubernetesResourceList<T>> call) {
        return call.apply(all).getItems();
    }

    /** @param manifest as it would stand in a YAML file */
    GenericKubernetesResource create(Map<String, Object> manifest, boolean dryRun) {
        GenericKubernetesResource wanted =
                Serialization.unmarshal(Serialization.asJson(manifest), GenericKubernetesResource.class);
        return ask(() -> dryRun
                ? client.resource(wanted).inNamespace(namespace).dryRun(true).create()
                : client.resource(wanted).inNamespace(namespace).create());
    }

    /** @param patch a JSON patch */
    <T extends HasMetadata> T patch(Class<T> kind, String name, String patch, boolean dryRun) {
        PatchContext context = new PatchContext.Builder()
                .withPatchType(PatchType.JSON)
                .withFieldManager("kubectl-lapse")
                .withDryRun(dryRun ? List.of(DRY_RUN) : null)
                .build();
        return ask(() ->
                client.resources(kind).inNamespace(namespace).withName(name).patch(context, patch));
    }

    static <T> T as(Class<T> kind, Object object) {
        return Serialization.unmarshal(Serialization.asJson(object), kind);
    }

    @Override
    public void close() {
        client.close();
    }

    private static <T> T ask(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException broken) {
            throw KubernetesErrors.told(broken);
        }
    }
}
