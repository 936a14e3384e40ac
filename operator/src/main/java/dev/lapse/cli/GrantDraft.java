package dev.lapse.cli;

import dev.lapse.api.v1alpha1.BuiltByName;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.Lapse;
import dev.lapse.api.v1alpha1.PrivilegeGrantSpec.CredentialType;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A PrivilegeGrant as it will be asked for. */
@BuiltByName
record GrantDraft(
        String namespace,
        String name,
        String identity,
        String privilege,
        List<String> namespaces,
        Duration duration,
        Optional<Instant> notBefore,
        Optional<Instant> notAfter,
        String reason,
        Optional<String> ticket,
        Optional<String> incident,
        String requestedBy,
        List<String> requestedByAs,
        Optional<CredentialType> credential) {

    /** Without vowels and what looks alike, as Kubernetes makes its own. */
    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private static final int RANDOM_LETTERS = 6;
    private static final int LONGEST_NAME = 253;

    /** A name nobody has used yet, from which one sees what it is. */
    static String freshName(String identity, String privilege, RandomGenerator random) {
        StringBuilder tail = new StringBuilder("-").append(privilege).append('-');
        for (int i = 0; i < RANDOM_LETTERS; i++) {
            tail.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        // Names that begin with lapse- are the operator's.
        String head = identity.startsWith(Lapse.NAME_PREFIX) ? "of-" + identity : identity;
        return head.substring(0, Math.min(head.length(), LONGEST_NAME - tail.length())) + tail;
    }

    /** In the order in which people write it. */
    Map<String, Object> manifest() {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("identityRef", Map.of("name", identity));
        spec.put("privilege", privilege);
        if (!namespaces.isEmpty()) {
            spec.put("namespaces", namespaces);
        }
        spec.put("duration", Durations.format(duration));
        notBefore.ifPresent(at -> spec.put("notBefore", at.toString()));
        notAfter.ifPresent(at -> spec.put("notAfter", at.toString()));
        spec.put("reason", reason);
        ticket.ifPresent(number -> spec.put("ticket", number));
        incident.ifPresent(what -> spec.put("breakGlass", Map.of("incident", what)));
        spec.put("requestedBy", requestedBy);
        if (!requestedByAs.isEmpty()) {
            spec.put("requestedByAs", requestedByAs);
        }
        credential.ifPresent(type -> spec.put("credential", Map.of("type", type.name())));
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", name);
        metadata.put("namespace", namespace);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("apiVersion", Lapse.GROUP + "/" + Lapse.VERSION);
        manifest.put("kind", "PrivilegeGrant");
        manifest.put("metadata", metadata);
        manifest.put("spec", spec);
        return manifest;
    }
}
