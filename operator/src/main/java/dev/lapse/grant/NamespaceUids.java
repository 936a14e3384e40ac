package dev.lapse.grant;

import io.fabric8.kubernetes.api.model.Namespace;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which namespace has which name. A namespace that was deleted and created again is another one; where the watch was broken
 * meanwhile, only its UID tells that.
 */
final class NamespaceUids {
    private final Map<String, String> uids = new ConcurrentHashMap<>();

    /**
     * @param now the namespace that has the name by now
     * @return whether the one that had it goes, is gone, or has another one in its place
     */
    boolean ends(String name, Optional<Namespace> now) {
        if (now.isEmpty()) {
            uids.remove(name);
            return true;
        }
        String uid = now.get().getMetadata().getUid();
        String before = uids.put(name, uid);
        return now.get().getMetadata().getDeletionTimestamp() != null || (before != null && !before.equals(uid));
    }
}
