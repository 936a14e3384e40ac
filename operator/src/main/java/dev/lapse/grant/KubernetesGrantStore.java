package dev.lapse.grant;

import dev.lapse.api.v1alpha1.PrivilegeGrant;
import dev.lapse.cluster.HeapRoom;
import dev.lapse.grant.KubernetesPacking.Packed;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The grants that the informer shows. One that has ended stays in the cluster for as long as somebody wants to read it, and
 * is packed here: by its name it is found whole, in walks over all only its outline is.
 */
final class KubernetesGrantStore implements ItemStore<PrivilegeGrant> {
    private final KubernetesPacking packing;
    private final HeapRoom room;
    private final ConcurrentHashMap<String, Held> grants = new ConcurrentHashMap<>();

    /** One of the two is absent. */
    private record Held(
            @Nullable PrivilegeGrant open, @Nullable Packed ended) {
        PrivilegeGrant whole() {
            return open != null ? open : packed().grant();
        }

        PrivilegeGrant outline() {
            return open != null ? open : packed().outline();
        }

        private Packed packed() {
            return Optional.ofNullable(ended).orElseThrow();
        }
    }

    KubernetesGrantStore(KubernetesPacking packing, HeapRoom room) {
        this.packing = packing;
        this.room = room;
    }

    @Override
    public String getKey(PrivilegeGrant grant) {
        return Cache.metaNamespaceKeyFunc(grant);
    }

    @Override
    public @Nullable PrivilegeGrant put(String key, PrivilegeGrant grant) {
        room.take();
        return whole(
                grants.put(key, GrantGlance.open(grant) ? new Held(grant, null) : new Held(null, packing.pack(grant))));
    }

    @Override
    public @Nullable PrivilegeGrant remove(String key) {
        return whole(grants.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return grants.keySet().stream();
    }

    /** Outlines, of those that have ended. */
    @Override
    public Stream<PrivilegeGrant> values() {
        return grants.values().stream().map(Held::outline);
    }

    @Override
    public int size() {
        return grants.size();
    }

    @Override
    public @Nullable PrivilegeGrant get(String key) {
        return whole(grants.get(key));
    }

    private static @Nullable PrivilegeGrant whole(@Nullable Held held) {
        return held == null ? null : held.whole();
    }
}
