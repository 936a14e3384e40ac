package dev.lapse.guard;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps in a ConfigMap of lapse-system since when the present parts of the guard refuse, so that a new process knows
 * it.
 */
final class KubernetesGuardMemory {
    static final String NAMESPACE = "lapse-system";
    static final String NAME = "lapse-guard-epoch";

    private static final String SHAPE = "guard-epoch/1";

    private final KubernetesClient client;
    private final Seal seal;

    KubernetesGuardMemory(KubernetesClient client, Seal seal) {
        this.client = client;
        this.seal = seal;
    }

    /** What was kept: which parts, and since when all of them refuse. */
    private record Kept(String parts, Instant firstRefusal) {}

    /** A ConfigMap that is unreadable, or was not written by an operator, counts as unknown: the epoch begins anew. */
    private Optional<Kept> kept(ConfigMap map) {
        Map<String, String> data = Optional.ofNullable(map.getData()).orElse(Map.of());
        String parts = data.getOrDefault("parts", "");
        String firstRefusal = data.getOrDefault("firstRefusal", "");
        if (!seal.verifies(data.getOrDefault("seal", ""), SHAPE, parts, firstRefusal)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Kept(parts, Instant.parse(firstRefusal)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Since when {@code epoch} stands: the kept instant, if it is of the same parts and not before {@code notBefore};
     * otherwise {@code now}, which is then kept. Two operators agree, because the later writer gets a conflict.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if it could not be read or written
     */
    Instant since(GuardEpoch epoch, Instant notBefore, Instant now) {
        ConfigMap present =
                client.configMaps().inNamespace(NAMESPACE).withName(NAME).get();
        Optional<Kept> kept = Optional.ofNullable(present)
                .flatMap(this::kept)
                .filter(known -> known.parts().equals(epoch.parts()))
                .filter(known -> !known.firstRefusal().isBefore(notBefore));
        if (kept.isPresent()) {
            return kept.get().firstRefusal();
        }
        Map<String, String> data = Map.of(
                "parts",
                epoch.parts(),
                "firstRefusal",
                now.toString(),
                "epoch",
                epoch.since(now),
                "seal",
                seal.over(SHAPE, epoch.parts(), now.toString()));
        if (present == null) {
            client.resource(map(data)).create();
        } else {
            // The write carries the resourceVersion that was read. On a conflict another operator has written, and the
            // next look reads that.
            client.resource(new ConfigMapBuilder(present).withData(data).build())
                    .update();
        }
        return now;
    }

    /**
     * Makes the kept instant void, so that an operator that starts before the next first refusal does not use it.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if it could not be read or written
     */
    void forget() {
        ConfigMap present =
                client.configMaps().inNamespace(NAMESPACE).withName(NAME).get();
        if (present != null && kept(present).isPresent()) {
            client.resource(new ConfigMapBuilder(present).withData(Map.of()).build())
                    .update();
        }
    }

    private static ConfigMap map(Map<String, String> data) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(NAMESPACE)
                .addToLabels("app.kubernetes.io/part-of", "lapse")
                .endMetadata()
                .withData(data)
                .build();
    }
}
