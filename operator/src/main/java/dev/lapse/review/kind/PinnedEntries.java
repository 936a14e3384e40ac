package dev.lapse.review.kind;

import dev.lapse.access.ContentHash;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.api.v1alpha1.PinnedEntry;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.identity.EntryFacts;
import dev.lapse.identity.IdentityFacts;
import dev.lapse.identity.KubernetesRoles;
import dev.lapse.identity.RoleFacts;
import java.util.List;

/** Takes down eligible entries as they stand, so that a verdict is about exactly what was looked at. */
final class PinnedEntries {
    private PinnedEntries() {}

    /** Every entry of an identity. */
    static List<PinnedEntry> of(KubernetesCluster cluster, IdentityFacts identity) {
        return identity.entries().stream()
                .map(entry -> of(identity, entry, KubernetesRoles.find(cluster, entry.role(), entry.namespaces())))
                .toList();
    }

    private static PinnedEntry of(IdentityFacts identity, EntryFacts entry, RoleFacts role) {
        return of(
                ContentHash.of(
                        identity.uid(),
                        identity.type().name(),
                        entry.contentHash(),
                        String.join(",", role.uids()),
                        role.hash()),
                entry,
                role);
    }

    /** @param hash over everything that a verdict stands for */
    static PinnedEntry of(String hash, EntryFacts entry, RoleFacts role) {
        return new PinnedEntry(
                entry.name(),
                hash,
                entry.role().text(),
                entry.namespaces(),
                entry.principal(),
                Durations.format(entry.maxDuration()),
                role.risks(),
                entry.author().orElse(null),
                entry.via().orElse(null));
    }

    /** Over all that is pinned, as people see it. */
    static String hash(List<PinnedEntry> entries) {
        return ContentHash.of(entries.stream().map(PinnedEntry::toString).toArray(String[]::new));
    }
}
