package dev.lapse.cli;

import dev.lapse.access.ParameterWords;
import dev.lapse.access.Rule;
import dev.lapse.access.WayRound.Account;
import dev.lapse.api.v1alpha1.AccountName;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.cli.BypassReport.Given;
import dev.lapse.cli.SecretReaders.Subject;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads RBAC where it matters to the guard, as far as the caller may. */
final class KubernetesBypassReport {
    private static final String PARAMETERS = "lapse-guard";

    private final KubernetesSession session;
    private final List<String> unknown = new ArrayList<>();

    KubernetesBypassReport(KubernetesSession session) {
        this.session = session;
    }

    /** @param known subjects that may */
    BypassReport of(Set<String> known) {
        List<Account> appliers = appliers();
        Set<String> places =
                new LinkedHashSet<>(List.of(Lapse.SYSTEM_NAMESPACE, Lapse.PRINCIPALS_NAMESPACE, "kube-system"));
        appliers.forEach(applier -> places.add(applier.namespace()));
        Map<String, List<Rule>> clusterRoles = new HashMap<>();
        readable("clusterroles", () -> session.listAll(ClusterRole.class))
                .forEach(role -> clusterRoles.put(name(role), Rule.of(role.getRules())));
        List<Given> given = new ArrayList<>();
        readable("clusterrolebindings", () -> session.listAll(ClusterRoleBinding.class))
                .forEach(binding -> given.add(
                        given(binding, Optional.empty(), binding.getRoleRef(), binding.getSubjects(), clusterRoles)));
        places.forEach(place -> given.addAll(in(place, clusterRoles)));
        return BypassReport.of(given, appliers, known, unknown);
    }

    private List<Given> in(String namespace, Map<String, List<Rule>> clusterRoles) {
        KubernetesSession there = session.in(namespace);
        Map<String, List<Rule>> roles = new HashMap<>(clusterRoles);
        readable("roles in " + namespace, () -> there.list(Role.class))
                .forEach(role -> roles.put(name(role), Rule.of(role.getRules())));
        return readable("rolebindings in " + namespace, () -> there.list(RoleBinding.class)).stream()
                .map(binding ->
                        given(binding, Optional.of(namespace), binding.getRoleRef(), binding.getSubjects(), roles))
                .toList();
    }

    /** Of the list that the guard goes by, those that somebody else could act as by means of a namespace. */
    private List<Account> appliers() {
        Optional<ConfigMap> parameters = readable(
                        "ConfigMap " + Lapse.SYSTEM_NAMESPACE + "/" + PARAMETERS,
                        () -> session.in(Lapse.SYSTEM_NAMESPACE)
                                .find(ConfigMap.class, PARAMETERS)
                                .map(List::of)
                                .orElseThrow(() -> Failure.because("there is no ConfigMap " + PARAMETERS
                                        + " in namespace " + Lapse.SYSTEM_NAMESPACE + ": the guard is not installed")))
                .stream()
                .findFirst();
        return parameters.map(ConfigMap::getData).map(data -> data.get("appliers")).stream()
                .flatMap(names -> ParameterWords.of(names).stream())
                .flatMap(name -> AccountName.of(name).stream())
                .map(account -> new Account(account.namespace(), account.name()))
                .toList();
    }

    private static Given given(
            HasMetadata binding,
            Optional<String> namespace,
            RoleRef role,
            @Nullable List<io.fabric8.kubernetes.api.model.rbac.Subject> subjects,
            Map<String, List<Rule>> roles) {
        String roleName = role.getKind() + "/" + role.getName();
        Map<String, String> labels = binding.getMetadata().getLabels();
        return new Given(
                name(binding),
                namespace,
                roleName,
                roles.getOrDefault(roleName, List.of()),
                subjects == null
                        ? List.of()
                        : subjects.stream()
                                .map(each -> new Subject(
                                        each.getKind(), Optional.ofNullable(each.getNamespace()), each.getName()))
                                .toList(),
                labels != null && labels.containsKey(Lapse.GRANT_UID_LABEL));
    }

    private static String name(HasMetadata object) {
        return object.getKind() + "/" + object.getMetadata().getName();
    }

    private <T extends HasMetadata> List<T> readable(String what, Supplier<List<T>> list) {
        return IfAllowed.read(list, failure -> unknown.add(what)).orElse(List.of());
    }
}
