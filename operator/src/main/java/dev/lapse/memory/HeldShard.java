package dev.lapse.memory;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One ConfigMap as it was last seen, and what this process knows of it.
 *
 * @param uid empty if it is not there
 * @param version the resourceVersion it was read with
 * @param sound what is remembered; absent if it is gone, or if it is not the operator's word
 * @param last what was last known of it, by this process
 * @param kept what was known of it outside the cluster when this process began; only what stands is judged by it
 * @param putBack whether something older than what is known stands there, so that it has to be written again
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

    /** What stands is believed, unless more is known already: of an older content all is kept that either knows. */
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

    /** What has to be written because something else stands there. What is only known from elsewhere may be too old. */
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

    /** The API server's versions are numbers that grow, until etcd is restored. */
    static long versionOf(ConfigMap map) {
        return Long.parseLong(map.getMetadata().getResourceVersion());
    }
}
