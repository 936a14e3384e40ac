package dev.lapse.cluster;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the status of one kind: sealed, only where it says something new, only over the version that was read, and
 * remembered, so that the next pass reads it before the watch brings it.
 *
 * @param <S> what the spec is
 * @param <T> what the status is
 */
public final class KubernetesStatusWriter<P extends CustomResource<S, T>, S, T> {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesStatusWriter.class);

    private final KubernetesClient client;
    private final Supplier<P> empty;
    private final BiFunction<T, String, T> seal;
    private volatile @Nullable IndexerResourceCache<P> cache;

    /**
     * @param empty an object of the kind
     * @param seal puts the operator's seal on a status, for the UID of its object
     */
    public KubernetesStatusWriter(KubernetesClient client, Supplier<P> empty, BiFunction<T, String, T> seal) {
        this.client = client;
        this.empty = empty;
        this.seal = seal;
    }

    /** From here on what is written is remembered there. */
    public void connect(IndexerResourceCache<P> objects) {
        cache = objects;
    }

    /**
     * @return the object as it was written; nothing if its status says the same already
     * @throws KubernetesClientException with code 409 if the object is not the version any more that was read
     */
    public Optional<P> write(P read, T status) {
        T sealed = seal.apply(status, read.getMetadata().getUid());
        return sealed.equals(read.getStatus()) ? Optional.empty() : Optional.of(put(read, sealed));
    }

    /** Writes it also where it says the same, so that a second leader that has read the same version is refused. */
    public P fence(P read, T status) {
        return put(read, seal.apply(status, read.getMetadata().getUid()));
    }

    /**
     * Says that a pass has failed. What its proofs rest on stays as it was, and so does its seal.
     *
     * @param status the last one, with the failure in it
     */
    public void writeFailure(P read, T status) {
        try {
            if (!status.equals(read.getStatus())) {
                put(read, status);
            }
        } catch (KubernetesClientException refused) {
            // The pass is repeated, and with it this.
            LOG.atDebug().addKeyValue("error", refused.getMessage()).log("the failure of a pass could not be told");
        }
    }

    private P put(P read, T status) {
        P fresh = empty.get();
        fresh.setMetadata(read.getMetadata());
        fresh.setSpec(read.getSpec());
        fresh.setStatus(status);
        P written = client.resource(fresh).updateStatus();
        remember(written, read);
        return written;
    }

    /** For whatever else is written of an object. */
    public void remember(P written, P before) {
        IndexerResourceCache<P> connected = cache;
        if (connected != null) {
            KubernetesSdk.remember(connected, written, before);
        }
    }
}
