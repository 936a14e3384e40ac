package dev.lapse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The raw loop of P6b: the smallest client that does the same writes for as many ends, eight in parallel: a binding, an
 * account and a Secret deleted, a status written. The status is that of a grant, in a kind of the same schema that nobody
 * watches and no policy sees.
 */
final class RawEnds {
    private static final String GROUP = "bench.example.com";
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/";

    private final Api admin;
    private final String namespace;
    private final String grants;
    private final String core;

    RawEnds(Scene scene, String namespace) {
        this.admin = scene.admin();
        this.namespace = namespace;
        this.core = "/api/v1/namespaces/" + namespace + "/";
        this.grants = "/apis/" + GROUP + "/v1alpha1/namespaces/" + namespace + "/privilegegrants";
        scene.namespace(namespace);
        admin.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition());
        Scene.await("the raw loop's kind is served", () -> admin.status(grants) == 200);
    }

    private static String definition() {
        Path crds = Path.of(System.getProperty("lapse.cluster")).resolveSibling("../crds");
        try {
            JsonNode crd = new ObjectMapper(new YAMLFactory())
                    .readTree(crds.resolve("privilegegrants.lapse.dev.yaml").toFile());
            ((ObjectNode) crd.path("metadata")).put("name", "privilegegrants." + GROUP);
            ((ObjectNode) crd.path("spec")).put("group", GROUP);
            ((ObjectNode) crd.path("spec").path("names")).remove("shortNames");
            ((ObjectNode) crd.path("spec").path("names")).remove("categories");
            return crd.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes what {@code count} grants have, and takes it away, the bindings first.
     *
     * @param ended a grant that has ended
     * @return how long it took until the last write was answered, in ms
     */
    double end(int count, JsonNode ended) {
        JsonNode[] made = new JsonNode[count];
        Scene.inParallel(count, i -> {
            String name = "g" + i;
            admin.create(core + "serviceaccounts", "{\"metadata\": {\"name\": \"" + name + "\"}}");
            admin.create(core + "secrets", "{\"metadata\": {\"name\": \"" + name + "\"}}");
            admin.create(RBAC + namespace + "/rolebindings", """
                    {"metadata": {"name": "%s"},
                     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "%s"},
                     "subjects": [{"kind": "ServiceAccount", "namespace": "%s", "name": "%s"}]}""".formatted(name, Scene.ROLE, namespace, name));
            ObjectNode grant = ended.deepCopy();
            grant.put("apiVersion", GROUP + "/v1alpha1");
            grant.putObject("metadata").put("name", name);
            ObjectNode status = grant.putObject("status");
            status.setAll((ObjectNode) ended.path("status"));
            made[i] = admin.create(grants, grant.toString());
            ((ObjectNode) made[i]).set("status", status);
        });
        Scene.pause(Duration.ofSeconds(2));
        long begin = System.nanoTime();
        Scene.inParallel(count, i -> admin.delete(RBAC + namespace + "/rolebindings/g" + i));
        Scene.inParallel(count, i -> {
            admin.delete(core + "serviceaccounts/g" + i);
            admin.delete(core + "secrets/g" + i);
            admin.replace(grants + "/g" + i + "/status", made[i]);
        });
        double took = (System.nanoTime() - begin) / 1e6;
        Scene.inParallel(count, i -> admin.delete(grants + "/g" + i));
        return took;
    }
}
