package dev.lapse.guard;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The guard as an API server has it: the shipped policies, and the words in which they refuse a canary. */
public final class StandingGuard {
    private static final List<Canary> CANARIES = Canary.all();

    private StandingGuard() {}

    /** @param operator its user name */
    public static List<HasMetadata> parts(String operator) {
        List<HasMetadata> parts = new ArrayList<>();
        KubernetesShippedPolicies.FILES.forEach(file -> parts.addAll(read(file)));
        parts.add(new ConfigMapBuilder()
                .withNewMetadata()
                .withName(GuardEpoch.PARAMETERS)
                .withNamespace(KubernetesGuardMemory.NAMESPACE)
                .endMetadata()
                .addToData("operator", operator)
                .build());
        return parts;
    }

    private static List<HasMetadata> read(String file) {
        try (InputStream text = Objects.requireNonNull(KubernetesShippedPolicies.class.getResourceAsStream(file))) {
            return new KubernetesSerialization().unmarshal(text);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What is answered if this is a canary. */
    public static Optional<String> refusal(String pathAndQuery, String body) {
        return CANARIES.stream()
                .filter(canary ->
                        canary.path().equals(pathAndQuery) && canary.body().equals(body))
                .map(canary -> "ValidatingAdmissionPolicy '" + GuardEpoch.POLICY_OF_BINDING.get(canary.binding())
                        + "' with binding '" + canary.binding() + "' denied request: " + canary.refusal())
                .findFirst();
    }
}
