package dev.lapse.access;

import dev.lapse.api.v1alpha1.AccountName;
import dev.lapse.api.v1alpha1.Lapse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who could act as an account: all ways in which Kubernetes lets somebody else use it. The question is asked about
 * people who approve, review or request, because somebody who could act as the account has the privilege themselves.
 */
public final class CouldActAs {

    /** Impersonation that is limited to some requests has verbs and a group of its own. */
    private static final String CONSTRAINED = "impersonate:";

    private static final String AUTHENTICATION = "authentication.k8s.io";

    private static final String RBAC = "rbac.authorization.k8s.io";

    private static final List<String> WORKLOADS = List.of(
            "apps/deployments",
            "apps/statefulsets",
            "apps/daemonsets",
            "apps/replicasets",
            "batch/jobs",
            "batch/cronjobs",
            "/replicationcontrollers");

    private CouldActAs() {}

    /**
     * Rights that open a way: whoever holds all of them could act as the account.
     *
     * @param namespace where they must be held; nothing if it is everywhere
     */
    public record Way(List<Permission> rights, Optional<String> namespace) {
        /** As people say it: {@code create secrets and get secrets}. */
        public String describe() {
            return String.join(
                    " and ", rights.stream().map(Permission::describe).toList());
        }
    }

    /** The ways to act as {@code user}, the plainest first. */
    public static List<Way> ways(String user) {
        return AccountName.of(user)
                .map(account -> waysToAccount(account.namespace(), account.name()))
                .orElseGet(() -> Stream.of(
                                Permission.onResource("impersonate", "", "users", user),
                                Permission.onResource(CONSTRAINED + "user-info", AUTHENTICATION, "users", user))
                        .map(right -> new Way(List.of(right), Optional.empty()))
                        .toList());
    }

    private static List<Way> waysToAccount(String namespace, String name) {
        List<List<Permission>> ways = new ArrayList<>();
        ways.add(List.of(Permission.onResource("impersonate", "", "serviceaccounts", name)));
        ways.add(List.of(
                Permission.onResource(CONSTRAINED + "serviceaccount", AUTHENTICATION, "serviceaccounts", name)));
        // In the operator's own namespace the guard refuses to issue tokens to anybody else.
        if (!namespace.equals(Lapse.PRINCIPALS_NAMESPACE)) {
            ways.add(List.of(Permission.onResource("create", "", "serviceaccounts/token", name)));
        }
        // A Secret of type service-account-token that names the account is filled with a token of it.
        Stream.of("get", "list", "watch")
                .forEach(read -> ways.add(List.of(on("create", "", "secrets"), on(read, "", "secrets"))));
        ways.add(List.of(on("list", "", "secrets")));
        ways.add(List.of(on("create", "", "pods")));
        for (String workload : WORKLOADS) {
            String[] kind = workload.split("/", -1);
            Stream.of("create", "update", "patch").forEach(write -> ways.add(List.of(on(write, kind[0], kind[1]))));
        }
        Stream.of("update", "patch").forEach(write -> ways.add(List.of(on(write, "", "pods/ephemeralcontainers"))));
        Stream.of("create", "get").forEach(enter -> {
            ways.add(List.of(on(enter, "", "pods/exec")));
            ways.add(List.of(on(enter, "", "pods/attach")));
        });
        ways.addAll(waysToGiveOneself());
        return ways.stream()
                .map(rights -> new Way(List.copyOf(rights), Optional.of(namespace)))
                .toList();
    }

    /**
     * The ways to give oneself one of the other rights. Kubernetes lets nobody bind a right that they do not hold,
     * unless they may {@code bind} the role. It lets nobody write such a right into a role, unless they may
     * {@code escalate} the role. The write needs a right of its own: to create a binding, to add oneself to an
     * existing one, to change a role that one is bound to, or to create a role that is aggregated into such a role. A
     * right that is held everywhere is held where the account lives, too.
     */
    private static List<List<Permission>> waysToGiveOneself() {
        List<List<Permission>> ways = new ArrayList<>();
        Stream.of("create", "update", "patch").forEach(write -> {
            ways.add(List.of(on("bind", RBAC, "roles"), on(write, RBAC, "rolebindings")));
            ways.add(List.of(on("bind", RBAC, "clusterroles"), on(write, RBAC, "rolebindings")));
            ways.add(List.of(on("bind", RBAC, "clusterroles"), on(write, RBAC, "clusterrolebindings")));
            ways.add(List.of(on("escalate", RBAC, "roles"), on(write, RBAC, "roles")));
            ways.add(List.of(on("escalate", RBAC, "clusterroles"), on(write, RBAC, "clusterroles")));
        });
        return ways;
    }

    /** On every object of the kind. */
    private static Permission on(String verb, String apiGroup, String resource) {
        return Permission.onResource(verb, apiGroup, resource, "");
    }
}
