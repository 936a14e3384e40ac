package dev.lapse.fault;

import dev.lapse.fault.AuditLog.Entry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.util.List;
import java.util.stream.Stream;

/**
 * One thing that RBAC lets the operator do.
 *
 * @param where a namespace, or {@code everywhere}
 * @param group empty for the core group
 * @param name empty for every object
 */
record Right(String where, String group, String resource, String name, String verb) {
    private static final String EVERYWHERE = "everywhere";

    static Stream<Right> of(HasMetadata object) {
        if (object instanceof ClusterRole role) {
            return role.getRules().stream().flatMap(rule -> of(EVERYWHERE, rule));
        }
        return object instanceof Role role
                ? role.getRules().stream().flatMap(rule -> of(role.getMetadata().getNamespace(), rule))
                : Stream.empty();
    }

    private static Stream<Right> of(String where, PolicyRule rule) {
        List<String> names = rule.getResourceNames().isEmpty() ? List.of("") : rule.getResourceNames();
        return rule.getApiGroups().stream()
                .flatMap(group -> rule.getResources().stream()
                        .flatMap(resource -> names.stream()
                                .flatMap(name -> rule.getVerbs().stream()
                                        .map(verb -> new Right(where, group, resource, name, verb)))));
    }

    boolean usedBy(Entry entry) {
        return verb.equals(entry.verb())
                && group.equals(entry.group())
                && resource.equals(entry.rbacResource())
                && (where.equals(EVERYWHERE) || where.equals(entry.namespace()))
                && (name.isEmpty() || name.equals(entry.name()));
    }

    /** As in the golden list: where, verb, resource.group:name. */
    @Override
    public String toString() {
        return where + " " + verb + " " + resource + (group.isEmpty() ? "" : "." + group)
                + (name.isEmpty() ? "" : ":" + name);
    }
}
