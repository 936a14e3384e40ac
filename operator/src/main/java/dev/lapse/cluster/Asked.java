package dev.lapse.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Objects;

/** Whether people ask for something else by an object than before; what its status says is no part of that. */
public final class Asked {
    private Asked() {}

    public static boolean forSomethingElse(HasMetadata before, HasMetadata after) {
        return !Objects.equals(
                        before.getMetadata().getUid(), after.getMetadata().getUid())
                || !Objects.equals(
                        before.getMetadata().getGeneration(),
                        after.getMetadata().getGeneration())
                || !Objects.equals(
                        before.getMetadata().getDeletionTimestamp(),
                        after.getMetadata().getDeletionTimestamp());
    }
}
