package dev.lapse.story;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One eligible entry as somebody writes it, pre-approved unless the story says otherwise. */
final class Entry {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    private Entry(String name, String kind, String role) {
        fields.put("name", name);
        fields.put("role", Map.of("kind", kind, "name", role));
        fields.put("approvals", Map.of("required", 0));
    }

    static Entry of(String name, String clusterRole) {
        return new Entry(name, "ClusterRole", clusterRole);
    }

    static Entry ofRole(String name, String role) {
        return new Entry(name, "Role", role);
    }

    String name() {
        return String.valueOf(fields.get("name"));
    }

    Entry in(String... namespaces) {
        return with("namespaces", List.of(namespaces));
    }

    Entry clusterWide() {
        return with("clusterWide", true);
    }

    /** For the identity's own account, in places where the entry must accept that by name. */
    Entry forSubject() {
        return with("principal", "Subject")
                .with("accepts", List.of(Map.of("risk", "SubjectReach", "reason", "its token cannot be changed")));
    }

    /** With each of these risks accepted by its name. */
    Entry accepting(String... risks) {
        return with(
                "accepts",
                Arrays.stream(risks)
                        .map(risk -> Map.of("risk", risk, "reason", "the release needs it"))
                        .toList());
    }

    /** With all that the built-in role {@code edit} holds of what outlives a grant. */
    Entry acceptingEdit() {
        return accepting(
                "TokenCreate", "SecretsRead", "PodsWrite", "WorkloadsWrite", "Exec", "Impersonate", "NodesProxy");
    }

    /** An empty text leaves the field out. */
    Entry with(String field, Object value) {
        fields.put(field, value);
        return this;
    }

    /** As written by {@code author}, unless it names one itself. */
    Map<String, Object> by(String author) {
        Map<String, Object> written = new LinkedHashMap<>(fields);
        written.putIfAbsent("entitledBy", author);
        written.values().removeIf(""::equals);
        return written;
    }
}
