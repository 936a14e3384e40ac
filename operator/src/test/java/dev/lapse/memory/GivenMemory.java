package dev.lapse.memory;

import dev.lapse.guard.Seal;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.List;
import java.util.stream.IntStream;

/** The memory of a new installation, for tests of the packages above. */
public final class GivenMemory {
    private GivenMemory() {}

    public static List<ConfigMap> empty(Seal seal) {
        return IntStream.range(0, Shard.COUNT)
                .mapToObj(number -> new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(Shard.name(number))
                        .endMetadata()
                        .withData(Shard.empty(number).next().data(seal))
                        .build())
                .toList();
    }
}
