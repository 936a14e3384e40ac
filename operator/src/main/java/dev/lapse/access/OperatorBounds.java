package dev.lapse.access;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who the operator is, and where it grants nothing even if RBAC lets it bind. Policy lapse-operator-reach enforces the
 * same; this check answers before anybody is asked to approve.
 *
 * @param user the operator's user name
 * @param protectedNamespaces namespaces of an administrator's list, besides those where nothing is ever granted
 * @param clusterWide whether anything may be granted in the whole cluster
 */
public record OperatorBounds(String user, Set<String> protectedNamespaces, boolean clusterWide) {
    private static final Set<String> ALWAYS =
            Set.of("kube-system", "kube-public", "kube-node-lease", "lapse-system", "lapse-principals");
    private static final String PARAMETERS = " in ConfigMap lapse-guard of namespace lapse-system";

    public OperatorBounds {
        protectedNamespaces = Set.copyOf(protectedNamespaces);
    }

    /**
     * Why nothing is granted there, as a sentence.
     *
     * @param namespaces empty for cluster-wide
     */
    public Optional<String> refusal(List<String> namespaces) {
        if (namespaces.isEmpty()) {
            return clusterWide
                    ? Optional.empty()
                    : Optional.of(
                            "Lapse grants nothing in the whole cluster: name namespaces instead; or an administrator sets"
                                    + " clusterWide: \"true\"" + PARAMETERS);
        }
        return namespaces.stream()
                .flatMap(name -> ALWAYS.contains(name)
                        ? Stream.of("Lapse grants nothing in namespace " + name + ": leave it out")
                        : protectedNamespaces.contains(name)
                                ? Stream.of("Lapse grants nothing in namespace " + name
                                        + ": leave it out, or an administrator takes it out of protectedNamespaces"
                                        + PARAMETERS)
                                : Stream.empty())
                .findFirst();
    }
}
