package dev.lapse.memory;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One ConfigMap as it was last seen.
 *
 * @param uid empty if it is not there
 * @param version the resourceVersion it was read with
 * @param sound what the operator wrote into it; absent if it is gone, or if it is not the operator's word
 * @param last what was last known of it, by this process
 */
record HeldShard(String uid, long version, Optional<Shard> sound, Optional<Shard> last, String problem) {
    static HeldShard sound(ConfigMap map, Shard shard) {
        return new HeldShard(uidOf(map), versionOf(map), Optional.of(shard), Optional.of(shard), "");
    }

    HeldShard unsound(ConfigMap map, String problem) {
        return new HeldShard(uidOf(map), versionOf(map), Optional.empty(), last, problem);
    }

    HeldShard knownAs(Shard shard) {
        return new HeldShard(uid, version, sound, Optional.of(shard), problem);
    }

    HeldShard gone(String problem) {
        return new HeldShard("", version, Optional.empty(), last, problem);
    }

    static String uidOf(ConfigMap map) {
        @Nullable String uid = map.getMetadata().getUid();
        return uid == null ? "" : uid;
    }

    /** The API server's versions are numbers that grow. */
    static long versionOf(ConfigMap map) {
        return Long.parseLong(map.getMetadata().getResourceVersion());
    }
}
