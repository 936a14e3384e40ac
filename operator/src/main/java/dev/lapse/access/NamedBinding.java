package dev.lapse.access;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The binding that Kubernetes' RBAC authorizer names as the reason of a yes.
 *
 * @param namespace absent for a ClusterRoleBinding
 */
public record NamedBinding(Optional<String> namespace, String name) {
    private static final Pattern REASON =
            Pattern.compile("by (?:ClusterRoleBinding \"([^\"/]+)\"|RoleBinding \"([^\"/]+)/([^\"/]+)\")");

    /** Nothing where another authorizer said yes, or the text is cut. */
    public static Optional<NamedBinding> in(String reason) {
        Matcher found = REASON.matcher(reason);
        if (!found.find()) {
            return Optional.empty();
        }
        return Optional.of(
                found.group(1) == null
                        ? new NamedBinding(Optional.of(found.group(3)), found.group(2))
                        : new NamedBinding(Optional.empty(), found.group(1)));
    }
}
