package dev.lapse.cli;

import dev.lapse.access.Rule;
import dev.lapse.cli.SecretReaders.Given;
import dev.lapse.cli.SecretReaders.Subject;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads RBAC as far as the caller may, to tell who reads a Secret. */
final class KubernetesSecretReaders {
    private final KubernetesSession session;
    private final List<String> unknown = new ArrayList<>();

    KubernetesSecretReaders(KubernetesSession session) {
        this.session = session;
    }

    SecretReaders of(String secret) {
        Map<String, List<Rule>> roles = new HashMap<>();
        readable("roles", () -> session.list(Role.class))
                .forEach(role -> roles.put("Role/" + role.getMetadata().getName(), Rule.of(role.getRules())));
        readable("clusterroles", () -> session.listAll(ClusterRole.class))
                .forEach(role -> roles.put("ClusterRole/" + role.getMetadata().getName(), Rule.of(role.getRules())));
        List<Given> given = new ArrayList<>();
        readable("rolebindings", () -> session.list(RoleBinding.class))
                .forEach(binding -> given.add(given(binding.getRoleRef(), binding.getSubjects())));
        readable("clusterrolebindings", () -> session.listAll(ClusterRoleBinding.class))
                .forEach(binding -> given.add(given(binding.getRoleRef(), binding.getSubjects())));
        return SecretReaders.of(secret, given, roles, unknown);
    }

    private static Given given(RoleRef role, @Nullable List<io.fabric8.kubernetes.api.model.rbac.Subject> subjects) {
        return new Given(
                role.getKind() + "/" + role.getName(),
                subjects == null
                        ? List.of()
                        : subjects.stream()
                                .map(each -> new Subject(
                                        each.getKind(), Optional.ofNullable(each.getNamespace()), each.getName()))
                                .toList());
    }

    private <T extends HasMetadata> List<T> readable(String what, Supplier<List<T>> list) {
        return IfAllowed.read(list, failure -> unknown.add(what)).orElse(List.of());
    }
}
