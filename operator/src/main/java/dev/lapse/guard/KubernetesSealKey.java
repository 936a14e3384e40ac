package dev.lapse.guard;

import static dev.lapse.cluster.KubernetesFailure.CONFLICT;

import dev.lapse.api.v1alpha1.Lapse;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The key of the seal, in a Secret of the operator's own namespace; made once. If it is lost, every active grant ends.
 */
public final class KubernetesSealKey {
    static final String NAME = "lapse-seal";

    private static final String FIELD = "key";
    private static final int BYTES = 32;

    private KubernetesSealKey() {}

    /** The seal, and when its key was made, which is when the installation began. */
    public record Loaded(Seal seal, Instant madeAt) {}

    public static Loaded load(KubernetesClient client) {
        Secret found = read(client);
        if (found == null) {
            try {
                found = client.resource(fresh()).create();
            } catch (KubernetesClientException failed) {
                // Another instance has made the key first.
                if (failed.getCode() != CONFLICT) {
                    throw failed;
                }
                found = read(client);
            }
        }
        String key = found == null || found.getData() == null
                ? null
                : found.getData().get(FIELD);
        if (found == null || key == null) {
            throw new IllegalStateException("Secret " + Lapse.SYSTEM_NAMESPACE + "/" + NAME + " has no " + FIELD
                    + ": delete it, and every active grant ends");
        }
        return new Loaded(
                new Seal(Base64.getDecoder().decode(key)),
                Instant.parse(found.getMetadata().getCreationTimestamp()));
    }

    private static @Nullable Secret read(KubernetesClient client) {
        return client.secrets()
                .inNamespace(Lapse.SYSTEM_NAMESPACE)
                .withName(NAME)
                .get();
    }

    private static Secret fresh() {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(Lapse.SYSTEM_NAMESPACE)
                .withName(NAME)
                .endMetadata()
                .withType("Opaque")
                .addToData(FIELD, Base64.getEncoder().encodeToString(key))
                .build();
    }
}
