package dev.lapse.memory;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One ConfigMap as it was last seen, and what this process knows of it.
 *
 * @param uid empty if there is no ConfigMap
 * @param version the resourceVersion it was read with
 * @param sound the records; absent if the ConfigMap is gone or does not carry a valid seal
 * @param last the last content that this process knew
 * @param kept the content that was known outside the cluster when this process began; used only to judge what the
 *     ConfigMap says
 * @param putBack whether the ConfigMap holds an older content, so that the known content has to be written again
 */
record HeldShard(
        String uid,
        long version,
        Optional<Shard> sound,
        Optional<Shard> last,
        Optional<Shard> kept,
        boolean putBack,
        String problem) {
    static HeldShard unread(Optional<Shard> kept, String problem) {
        return new HeldShard("", 0, Optional.empty(), Optional.empty(), kept, false, problem);
    }

    /**
     * Believes the ConfigMap, unless newer content is known already. If the ConfigMap is older, the records of both
     * are kept.
     */
    HeldShard with(ConfigMap map, Shard standing) {
        if (sound.isPresent() && uid.equals(uidOf(map)) && version == versionOf(map)) {
            return this;
        }
        Optional<Shard> more = known().filter(standing::isOlderThan);
        Optional<Shard> now =
                Optional.of(more.map(known -> known.strictest(standing)).orElse(standing));
        return new HeldShard(uidOf(map), versionOf(map), now, now, Optional.empty(), more.isPresent(), "");
    }

    HeldShard unsound(ConfigMap map, String why) {
        return new HeldShard(uidOf(map), versionOf(map), Optional.empty(), last, kept, false, why);
    }

    HeldShard knownAs(Shard shard) {
        return new HeldShard(uid, version, sound, Optional.of(shard), kept, putBack, problem);
    }

    HeldShard gone(String why) {
        return new HeldShard("", version, Optional.empty(), last, kept, false, why);
    }

    /**
     * The content to write where the ConfigMap differs. A copy from outside the cluster alone is not written: it may
     * be too old.
     */
    Optional<Shard> unwritten() {
        return putBack ? last.map(Shard::next) : sound.isEmpty() ? last : Optional.empty();
    }

    Optional<Shard> known() {
        return last.or(() -> kept);
    }

    static String uidOf(ConfigMap map) {
        @Nullable String uid = map.getMetadata().getUid();
        return uid == null ? "" : uid;
    }

    /** Versions are numbers that grow. Only a restore of etcd makes them lower. */
    static long versionOf(ConfigMap map) {
        return Long.parseLong(map.getMetadata().getResourceVersion());
    }
}
