package dev.lapse.identity;

import dev.lapse.guard.GuardParameters.ApplierLimit;
import java.util.List;

/** Decides whether an entry that an applier wrote stays within the applier's limits. */
public final class ApplierReach {
    private ApplierReach() {}

    /** @param own the identity's namespace, which every applier may reach */
    public static boolean covers(ApplierLimit limit, EntryFacts entry, String own) {
        String role = entry.role().text();
        if (!limit.roles().contains(role)) {
            return false;
        }
        List<String> beyond = entry.namespaces().stream()
                .filter(namespace ->
                        !namespace.equals(own) && !limit.namespaces().contains(namespace))
                .toList();
        return entry.clusterWide() ? limit.clusterWide() : beyond.isEmpty();
    }
}
