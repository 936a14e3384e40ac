package dev.lapse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Namespaces, accounts, identities and grants to measure with, made by an administrator outside the operator. */
public final class Scene {
    /** Gives one permission that nothing else gives, so that asking about what is left takes one question. */
    static final String ROLE = "bench-reader";

    private static final String LAPSE = "/apis/lapse.dev/v1alpha1/namespaces/";
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Api admin;

    Scene(Api admin) {
        this.admin = admin;
    }

    static Scene in(Path dir) {
        var scene = new Scene(Api.of(dir.resolve("admin.kubeconfig")));
        scene.role();
        return scene;
    }

    Api admin() {
        return admin;
    }

    private void role() {
        admin.create(RBAC + "/clusterroles", """
                {"metadata": {"name": "%s"},
                 "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]}""".formatted(ROLE));
        // As an administrator adds a role that may be granted: by its name.
        JsonNode grantable = admin.get(RBAC + "/clusterroles/lapse-operator-grantable");
        ((ArrayNode) grantable.path("rules").path(0).path("resourceNames")).add(ROLE);
        admin.replace(RBAC + "/clusterroles/lapse-operator-grantable", grantable);
    }

    public void namespace(String name) {
        admin.create("/api/v1/namespaces", "{\"metadata\": {\"name\": \"%s\"}}".formatted(name));
    }

    /** An identity, its account of the same name, and one pre-approved privilege {@code read} in its own namespace. */
    public void identity(String namespace, String name, String principal) {
        identity(namespace, name, principal, ROLE);
    }

    /** The same with another ClusterRole. */
    public void identity(String namespace, String name, String principal, String role) {
        admin.create(
                "/api/v1/namespaces/" + namespace + "/serviceaccounts",
                "{\"metadata\": {\"name\": \"%s\"}}".formatted(name));
        if (principal.equals("Subject")) {
            // The operator binds roles to an account of a tenant only if it may mint for it.
            letMintFor(namespace, name);
        }
        admin.create(LAPSE + namespace + "/serviceidentities", """
                {"apiVersion": "lapse.dev/v1alpha1", "kind": "ServiceIdentity", "metadata": {"name": "%s"},
                 "spec": {"actorType": "Pipeline", "subject": {"serviceAccount": {"name": "%s"}},
                  "owner": {"user": "olivia"}, "changedBy": "admin",
                  "eligible": [{"name": "read", "role": {"kind": "ClusterRole", "name": "%s"}, "namespaces": ["%s"],
                   "approvals": {"required": 0}, "principal": "%s",
                   "entitledBy": "admin", "entitledByAs": ["system:masters"]}]}}""".formatted(name, name, role, namespace, principal));
    }

    void awaitEligible(String namespace, String identity) {
        await(
                "identity " + identity + " is ready",
                () -> admin.get(LAPSE + namespace + "/serviceidentities/" + identity)
                        .path("status")
                        .path("phase")
                        .asText()
                        .equals("Ready"));
    }

    /** Lets the operator mint tokens for one account of a tenant, as an administrator does: by its name. */
    void letMintFor(String namespace, String account) {
        admin.create(RBAC + "/namespaces/" + namespace + "/roles", """
                {"metadata": {"name": "mint-%s"}, "rules": [{"apiGroups": [""], "resources": ["serviceaccounts/token"],
                 "resourceNames": ["%s"], "verbs": ["create"]}]}""".formatted(account, account));
        admin.create(RBAC + "/namespaces/" + namespace + "/rolebindings", """
                {"metadata": {"name": "mint-%s"},
                 "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "mint-%s"},
                 "subjects": [{"kind": "ServiceAccount", "namespace": "lapse-system", "name": "lapse-operator"}]}""".formatted(account, account));
    }

    /** A token of an account, as a workload has one. */
    String tokenOf(String namespace, String account) {
        return admin.create(
                        "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account + "/token",
                        "{\"spec\": {\"expirationSeconds\": 7200}}")
                .path("status")
                .path("token")
                .asText();
    }

    /** @param notAfter when it ends at the latest, in whole seconds */
    public JsonNode grant(
            String namespace, String name, String identity, String duration, String credential, Instant notAfter) {
        return admin.create(
                LAPSE + namespace + "/privilegegrants", """
                {"apiVersion": "lapse.dev/v1alpha1", "kind": "PrivilegeGrant", "metadata": {"name": "%s"},
                 "spec": {"identityRef": {"name": "%s"}, "privilege": "read", "duration": "%s", "notAfter": "%s",
                  "reason": "benchmark", "requestedBy": "admin", "requestedByAs": ["system:masters"], "credential": {"type": "%s"}}}""".formatted(name, identity, duration, notAfter, credential));
    }

    /** A binding only, from {@code notBefore} on. */
    void waiting(String namespace, String name, String identity, Instant notBefore, Instant notAfter) {
        admin.create(LAPSE + namespace + "/privilegegrants", """
                {"apiVersion": "lapse.dev/v1alpha1", "kind": "PrivilegeGrant", "metadata": {"name": "%s"},
                 "spec": {"identityRef": {"name": "%s"}, "privilege": "read", "duration": "4h", "notBefore": "%s", "notAfter": "%s",
                  "reason": "benchmark", "requestedBy": "admin", "requestedByAs": ["system:masters"], "credential": {"type": "None"}}}""".formatted(name, identity, notBefore, notAfter));
    }

    /** Many grants named g0, g1 and so on, each with a token; all are active before the instant at which all end. */
    Instant thatEndTogether(String namespace, String identity, int count) {
        return thatEndTogether(
                namespace,
                identity,
                count,
                Instant.now().plusSeconds(15 + count / 10).truncatedTo(ChronoUnit.SECONDS));
    }

    /** The same with an end that leaves time for something else. */
    Instant thatEndTogether(String namespace, String identity, int count, Instant end) {
        inParallel(count, i -> grant(namespace, "g" + i, identity, "4h", "Token", end));
        await("all are active", Duration.ofMinutes(20), () -> bindings(namespace) >= count);
        if (!Instant.now().isBefore(end)) {
            throw new IllegalStateException("this machine is too slow for " + count + " grants: ask for fewer");
        }
        return end;
    }

    /** A merge patch of one of Lapse's kinds. */
    void patch(String namespace, String plural, String name, String body) {
        admin.patch(LAPSE + namespace + "/" + plural + "/" + name, body);
    }

    public JsonNode grant(String namespace, String name) {
        return admin.get(LAPSE + namespace + "/privilegegrants/" + name);
    }

    JsonNode grants(String namespace) {
        return admin.get(LAPSE + namespace + "/privilegegrants?resourceVersion=0")
                .path("items");
    }

    /** Hears of each change of a grant from now on, until {@code enough} says that this was the last one. */
    void watchGrants(String namespace, Predicate<JsonNode> enough) {
        String path = LAPSE + namespace + "/privilegegrants";
        String now = admin.get(path + "?limit=1")
                .path("metadata")
                .path("resourceVersion")
                .asText();
        admin.watch(path + "?watch=true&resourceVersion=" + now, enough);
    }

    void deleteGrants(String namespace) {
        admin.delete(LAPSE + namespace + "/privilegegrants");
    }

    /** How many bindings there are, asked without listing them. */
    int bindings(String namespace) {
        JsonNode list = admin.get(RBAC + "/namespaces/" + namespace + "/rolebindings?limit=1");
        return list.path("items").size()
                + list.path("metadata").path("remainingItemCount").asInt();
    }

    /** How many objects made for grants there are in the whole cluster. */
    int leftovers() {
        String made = "?labelSelector=lapse.dev%2Fgrant-uid";
        return Stream.of(
                        RBAC + "/rolebindings" + made,
                        RBAC + "/clusterrolebindings" + made,
                        "/api/v1/secrets" + made,
                        "/api/v1/serviceaccounts" + made)
                .mapToInt(path -> admin.get(path).path("items").size())
                .sum();
    }

    static String phase(JsonNode grant) {
        return grant.path("status").path("phase").asText("Pending");
    }

    /** Whether nothing of the operator holds it any more. */
    static boolean released(JsonNode grant) {
        return ((ObjectNode) grant).path("metadata").path("finalizers").isEmpty();
    }

    /** Runs {@code task} for 0 to {@code count} - 1, eight at a time. */
    static void inParallel(int count, IntConsumer task) {
        var next = new AtomicInteger();
        List<CompletableFuture<Void>> running = new ArrayList<>();
        var threads = Executors.newFixedThreadPool(8);
        try {
            for (int worker = 0; worker < 8; worker++) {
                running.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                                task.accept(i);
                            }
                        },
                        threads));
            }
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } finally {
            threads.shutdownNow();
        }
    }

    static void await(String what, BooleanSupplier fact) {
        await(what, LIMIT, fact);
    }

    static void await(String what, Duration limit, BooleanSupplier fact) {
        long until = System.nanoTime() + limit.toNanos();
        while (!fact.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
            }
            pause(Duration.ofMillis(20));
        }
    }

    static void pause(Duration length) {
        LockSupport.parkNanos(length.toNanos());
    }
}
