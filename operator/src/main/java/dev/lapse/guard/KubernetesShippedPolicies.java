package dev.lapse.guard;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapse.guard.GuardPart.Kind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The guard's policies and bindings as this version ships them, and how an installed one differs.
 *
 * <p>A dry run shows that a policy refuses one thing. Only its text shows that it refuses everything else.
 */
final class KubernetesShippedPolicies {
    /** The manifests with a policy or a binding; the build puts them beside this class. */
    static final List<String> FILES = List.of(
            "20-guard-grants.yaml",
            "20-guard-identities.yaml",
            "20-guard-memory.yaml",
            "20-guard-names.yaml",
            "20-guard-objects.yaml",
            "20-guard-operator.yaml",
            "20-guard-principals.yaml",
            "20-guard-reviews.yaml",
            "20-guard-secrets.yaml",
            "20-guard-size.yaml",
            "20-guard-status.yaml");

    /** What the API server writes where a manifest says nothing, by place: a label may have any of these names. */
    private static final Map<Pattern, String> DEFAULTS = Map.of(
            Pattern.compile("spec\\.failurePolicy"),
            "Fail",
            Pattern.compile("spec\\.match(Constraints|Resources)\\.matchPolicy"),
            "Equivalent",
            Pattern.compile("spec\\.match(Constraints|Resources)\\.(r|excludeR)esourceRules\\[\\d+]\\.scope"),
            "*");

    private static final Set<String> KINDS =
            Set.of(Kind.ValidatingAdmissionPolicy.name(), Kind.ValidatingAdmissionPolicyBinding.name());

    private final KubernetesSerialization serialization;
    private final Map<String, JsonNode> specs = new HashMap<>();

    KubernetesShippedPolicies() {
        serialization = new KubernetesSerialization();
        FILES.forEach(this::read);
    }

    private void read(String file) {
        try (InputStream text = KubernetesShippedPolicies.class.getResourceAsStream(file)) {
            if (text == null) {
                throw new IllegalStateException(file + " is not in the jar: build it again with Maven");
            }
            List<HasMetadata> objects = serialization.unmarshal(text);
            objects.stream()
                    .filter(object -> KINDS.contains(object.getKind()))
                    .forEach(object -> specs.put(key(object), spec(object)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code Kind/name} of each policy and binding. */
    Set<String> names() {
        return new TreeSet<>(specs.keySet());
    }

    /**
     * The first field in which {@code installed} differs, as {@code spec.validations[2].expression}; empty if it is
     * the same.
     */
    Optional<String> differenceOf(HasMetadata installed) {
        JsonNode shipped = specs.get(key(installed));
        return shipped == null ? Optional.of("spec") : difference(shipped, spec(installed), "spec");
    }

    private static String key(HasMetadata object) {
        return object.getKind() + "/" + object.getMetadata().getName();
    }

    private JsonNode spec(HasMetadata object) {
        return serialization.convertValue(object, JsonNode.class).path("spec");
    }

    private static Optional<String> difference(JsonNode shipped, JsonNode installed, String path) {
        if (shipped.isObject() && installed.isObject()) {
            return ofObjects(shipped, installed, path);
        }
        if (shipped.isArray() && installed.isArray() && shipped.size() == installed.size()) {
            for (int i = 0; i < shipped.size(); i++) {
                Optional<String> found = difference(shipped.get(i), installed.get(i), path + "[" + i + "]");
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }
        return shipped.equals(installed) ? Optional.empty() : Optional.of(path);
    }

    private static Optional<String> ofObjects(JsonNode shipped, JsonNode installed, String path) {
        Set<String> names = new TreeSet<>();
        shipped.fieldNames().forEachRemaining(names::add);
        installed.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            JsonNode was = shipped.path(name);
            JsonNode is = installed.path(name);
            String place = path + "." + name;
            boolean saysNothing = saysNothing(place, was) && saysNothing(place, is);
            Optional<String> found = saysNothing ? Optional.empty() : difference(was, is, place);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** An absent field, an empty one and one with the API server's default mean the same. */
    private static boolean saysNothing(String place, JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isContainerNode() && value.isEmpty())
                || DEFAULTS.entrySet().stream()
                        .anyMatch(known -> known.getKey().matcher(place).matches()
                                && known.getValue().equals(value.asText()));
    }
}
