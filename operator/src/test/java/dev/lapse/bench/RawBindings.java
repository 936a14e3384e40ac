package dev.lapse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The raw loop of P5: the smallest client that deletes bindings by UID, eight in parallel, as a ServiceAccount. */
final class RawBindings {
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/";

    private final Scene scene;
    private final AuditLog audit;
    private final String namespace;
    private final Api raw;

    RawBindings(Scene scene, AuditLog audit, String namespace) {
        this.scene = scene;
        this.audit = audit;
        this.namespace = namespace;
        scene.namespace(namespace);
        scene.admin()
                .create("/api/v1/namespaces/" + namespace + "/serviceaccounts", "{\"metadata\": {\"name\": \"raw\"}}");
        scene.admin().create(RBAC + namespace + "/roles", """
                        {"metadata": {"name": "raw"}, "rules": [{"apiGroups": ["rbac.authorization.k8s.io"],
                         "resources": ["rolebindings"], "verbs": ["delete"]}]}""");
        bind("raw", "Role", "raw");
        raw = scene.admin().as(scene.tokenOf(namespace, "raw"));
    }

    /** Makes {@code count} bindings and deletes them; how long that took until the last was answered, in ms. */
    double deleteAll(int count) {
        String[] uids = new String[count];
        Scene.inParallel(
                count,
                i -> uids[i] = bind("b" + i, "ClusterRole", Scene.ROLE)
                        .path("metadata")
                        .path("uid")
                        .asText());
        Scene.pause(Duration.ofSeconds(2));
        long place = audit.end();
        Instant begin = Instant.now();
        Scene.inParallel(count, i -> {
            var answer = raw.send("DELETE", RBAC + namespace + "/rolebindings/b" + i, """
                    {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background",
                     "preconditions": {"uid": "%s"}}""".formatted(uids[i]));
            if (answer.code() != 200) {
                throw new IllegalStateException("the raw loop was answered with " + answer.body());
            }
        });
        Instant last = audit.since(place, "system:serviceaccount:" + namespace + ":raw").stream()
                .map(AuditLog.Request::answered)
                .max(Instant::compareTo)
                .orElseThrow();
        return ChronoUnit.MICROS.between(begin, last) / 1000.0;
    }

    private JsonNode bind(String name, String kind, String role) {
        return scene.admin().create(RBAC + namespace + "/rolebindings", """
                        {"metadata": {"name": "%s"},
                         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "%s", "name": "%s"},
                         "subjects": [{"kind": "ServiceAccount", "namespace": "%s", "name": "raw"}]}""".formatted(name, kind, role, namespace));
    }
}
