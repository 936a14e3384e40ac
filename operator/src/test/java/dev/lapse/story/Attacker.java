package dev.lapse.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapse.story.Caller.Answer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Mallory, with every right on Lapse's three kinds in the story's namespace and the built-in {@code edit} there: she reads
 * its Secrets, and acts as each of its accounts. What she is after is the role {@code edit} in another namespace.
 */
final class Attacker {
    static final String NAME = "mallory";

    private static final String JWT = "eyJ";

    private final Story story;
    private final String target;
    private final Caller herself;

    private Attacker(Story story, String target) {
        this.story = story;
        this.target = target;
        this.herself = new Caller(story.cluster().as(NAME));
    }

    static Attacker of(Story story, String target) {
        story.let(NAME, "*", "lapse.dev/*");
        story.rights().bind(Rights.user(NAME), story.namespace(), "ClusterRole", "edit");
        return new Attacker(story, target);
    }

    Answer creates(String path, Map<String, Object> object) {
        return herself.create(path, Caller.json(object));
    }

    Answer merges(String path, Map<String, Object> change) {
        return herself.send("PATCH", path, "application/merge-patch+json", Caller.json(change));
    }

    @SafeVarargs
    final Answer patches(String path, Map<String, Object>... operations) {
        return herself.send("PATCH", path, "application/json-patch+json", Caller.json(Arrays.asList(operations)));
    }

    Answer deletes(String path, String propagation) {
        return herself.send("DELETE", path + "?propagationPolicy=" + propagation, "application/json", "{}");
    }

    /** With an account and entries of her own, which she writes; she answers for it in her own name. */
    Grant asksOfHerOwn(String name, Map<String, Object> fields, Entry entry) {
        creates(core("serviceaccounts"), object("ServiceAccount", name));
        story.identity(NAME, name, fields, entry);
        return asks(entry.name(), Map.of("identityRef", Map.of("name", name)));
    }

    Grant asks(String privilege, Map<String, Object> fields) {
        return story.asks(NAME, privilege, "10m", fields);
    }

    /** With a token that she makes, as every holder of {@code edit} may. */
    TokenClient as(String account) {
        Answer token = creates(
                core("serviceaccounts/" + account + "/token"),
                Map.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest", "spec", Map.of()));
        assertThat(token.passed()).as(token.body()).isTrue();
        return TokenClient.of(story.cluster(), token.json().at("/status/token").asText());
    }

    Caller impersonating(String user) {
        var config = new ConfigBuilder(story.cluster().as(NAME).getConfiguration())
                .withImpersonateUsername(user)
                .build();
        return new Caller(new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build());
    }

    /** Neither she, nor an account of the namespace, nor any token that lies about there, has what she is after. */
    void reachedNothing() {
        hasNothing("she herself", herself);
        for (JsonNode account : items("serviceaccounts")) {
            String name = account.at("/metadata/name").asText();
            hasNothing("account " + name, as(name).caller());
        }
        for (JsonNode secret : items("secrets")) {
            tokensIn(secret)
                    .forEach(token -> hasNothing(
                            "the token in " + secret.at("/metadata/name").asText(),
                            TokenClient.of(story.cluster(), token).caller()));
        }
    }

    private void hasNothing(String who, Caller caller) {
        Stream.of(
                        "/api/v1/namespaces/" + target + "/secrets",
                        "/api/v1/namespaces/" + target + "/configmaps",
                        "/api/v1/configmaps?limit=1",
                        "/api/v1/namespaces/lapse-system/configmaps")
                .forEach(path -> assertThat(caller.get(path).code())
                        .as(who + " on " + path)
                        .isIn(TokenClient.UNAUTHORIZED, TokenClient.FORBIDDEN));
    }

    private Iterable<JsonNode> items(String plural) {
        Answer all = herself.get(core(plural));
        assertThat(all.passed()).as(all.body()).isTrue();
        return all.json().path("items");
    }

    private static List<String> tokensIn(JsonNode secret) {
        return StreamSupport.stream(secret.path("data").spliterator(), false)
                .map(value -> new String(Base64.getDecoder().decode(value.asText()), StandardCharsets.UTF_8))
                .filter(text -> text.startsWith(JWT))
                .toList();
    }

    String core(String plural) {
        return "/api/v1/namespaces/" + story.namespace() + "/" + plural;
    }

    static Map<String, Object> object(String kind, String name) {
        return Map.of("apiVersion", "v1", "kind", kind, "metadata", Map.of("name", name));
    }

    /** One operation of a JSON patch. */
    static Map<String, Object> op(String op, String path, Object value) {
        Map<String, Object> operation = new HashMap<>(Map.of("op", op, "path", path));
        operation.put(List.of("copy", "move").contains(op) ? "from" : "value", value);
        return operation;
    }

    static Map<String, Object> remove(String path) {
        return Map.of("op", "remove", "path", path);
    }
}
