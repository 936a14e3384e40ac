package dev.lapse.guard;

import dev.lapse.access.ParameterWords;
import dev.lapse.guard.GuardPart.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Identifies an installation of the guard: a hash over the identity of its parts, or what is wrong with them.
 *
 * <p>An object that was deleted and made again has another UID, one that was edited another generation. A ConfigMap
 * has no generation, so its data is hashed.
 *
 * @param parts 16 hexadecimal digits; empty if there is a problem
 * @param problem a sentence that names the part that is missing or too weak; empty if none is
 */
public record GuardEpoch(String parts, String problem) {
    /** Every binding of the guard, and the policy it binds. */
    static final Map<String, String> POLICY_OF_BINDING = Map.ofEntries(
            Map.entry("lapse-identities", "lapse-identities"),
            Map.entry("lapse-grants", "lapse-grants"),
            Map.entry("lapse-reviews", "lapse-reviews"),
            Map.entry("lapse-status", "lapse-status"),
            Map.entry("lapse-names", "lapse-names"),
            Map.entry("lapse-secrets", "lapse-secrets"),
            Map.entry("lapse-objects-grant-uid", "lapse-objects"),
            Map.entry("lapse-objects-grant-namespace", "lapse-objects"),
            Map.entry("lapse-objects-identity-uid", "lapse-objects"),
            Map.entry("lapse-principals", "lapse-principals"),
            Map.entry("lapse-memory", "lapse-memory"),
            Map.entry("lapse-size", "lapse-size"),
            Map.entry("lapse-operator", "lapse-operator"),
            Map.entry("lapse-operator-reach", "lapse-operator-reach"),
            Map.entry("lapse-operator-words", "lapse-operator-words"),
            Map.entry("lapse-operator-lease", "lapse-operator-lease"));

    /**
     * The policies without parameters. They match other people's objects, which must not wait for a ConfigMap, or only
     * the operator's.
     */
    static final Set<String> WITHOUT_PARAMETERS = Set.of(
            "lapse-names",
            "lapse-secrets",
            "lapse-memory",
            "lapse-size",
            "lapse-operator",
            "lapse-operator-words",
            "lapse-operator-lease");

    static final String PARAMETERS = "lapse-guard";

    private static final String APPLIERS = "appliers";

    /**
     * The parameters that a policy reads to prove a name. Other keys of the ConfigMap do not change what the guard
     * refuses, so they begin no epoch: how far an applier reaches is asked when an entry is used, not when it is
     * written.
     */
    static final Set<String> READ_BY_POLICIES = Set.of("operator", APPLIERS);

    /**
     * The parameters that policy lapse-operator-reach reads. They prove no name, so a change of them begins no epoch
     * either.
     */
    static final Set<String> READ_FOR_THE_OPERATORS_REACH = Set.of("protectedNamespaces", "clusterWide");

    /** The parameter ConfigMap as it stands in the cluster. */
    public record Parameters(String uid, Map<String, String> data) {
        /** The parameters that policies read, with the appliers in a fixed order. */
        Parameters asPoliciesReadIt() {
            TreeMap<String, String> read = new TreeMap<>(data);
            read.keySet().retainAll(READ_BY_POLICIES);
            read.computeIfPresent(
                    APPLIERS,
                    (key, names) -> ParameterWords.of(names).stream()
                            .sorted()
                            .distinct()
                            .collect(Collectors.joining(" ")));
            return new Parameters(uid, Map.copyOf(read));
        }
    }

    public static GuardEpoch of(Collection<GuardPart> found, Optional<Parameters> parameters) {
        TreeMap<String, GuardPart> parts = new TreeMap<>();
        found.forEach(part -> parts.put(part.kind() + "/" + part.name(), part));
        TreeMap<String, String> expected = new TreeMap<>();
        POLICY_OF_BINDING.forEach((binding, policy) -> {
            expected.put(Kind.ValidatingAdmissionPolicy + "/" + policy, policy);
            expected.put(Kind.ValidatingAdmissionPolicyBinding + "/" + binding, policy);
        });

        StringBuilder identities = new StringBuilder();
        for (Map.Entry<String, String> entry : expected.entrySet()) {
            GuardPart part = parts.get(entry.getKey());
            if (part == null) {
                return problem(entry.getKey() + " is missing");
            }
            if (!part.policy().equals(entry.getValue())) {
                return problem(entry.getKey() + " binds " + part.policy() + " instead of " + entry.getValue());
            }
            if (!part.fault().isEmpty()) {
                return problem(entry.getKey() + " " + part.fault());
            }
            line(identities, entry.getKey(), part.uid(), Long.toString(part.generation()));
        }
        if (parameters.isEmpty()) {
            return problem("ConfigMap lapse-system/" + PARAMETERS + " is missing");
        }
        Optional<String> hidden = GuardParameters.hidden(parameters.get().data());
        if (hidden.isPresent()) {
            return problem(hidden.get());
        }
        line(identities, PARAMETERS, parameters.get().uid());
        new TreeMap<>(parameters.get().asPoliciesReadIt().data())
                .forEach((key, value) -> line(identities, key, hash(value)));
        return new GuardEpoch(hash(identities.toString()), "");
    }

    /**
     * The epoch of these parts, counted from {@code firstRefusal}. The hash includes the instant, so that no epoch
     * comes back. If a parameter is changed and changed back, proofs from before do not belong to the epoch after.
     */
    public String since(Instant firstRefusal) {
        return hash(parts + " " + firstRefusal);
    }

    private static GuardEpoch problem(String sentence) {
        return new GuardEpoch("", sentence);
    }

    private static void line(StringBuilder text, String... words) {
        text.append(String.join(" ", words)).append('\n');
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
