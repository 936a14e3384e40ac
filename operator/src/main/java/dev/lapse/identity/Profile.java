package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ActorType;
import dev.lapse.api.v1alpha1.PrincipalType;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * The defaults of an actor type where an identity says nothing, and its ceilings.
 *
 * @param longestGrant the ceiling of every entry's maxDuration
 * @param approvals how many people must approve, where an entry does not say
 * @param principal who receives the privilege, where an entry does not say
 * @param validUntilRequired whether an identity of this type must have an end
 */
public record Profile(Duration longestGrant, int approvals, PrincipalType principal, boolean validUntilRequired) {

    /** The profiles of an installation that sets none. */
    public static Map<ActorType, Profile> defaults() {
        Map<ActorType, Profile> profiles = new EnumMap<>(ActorType.class);
        profiles.put(ActorType.Workload, new Profile(Duration.ofHours(8), 1, PrincipalType.Dedicated, false));
        profiles.put(ActorType.Pipeline, new Profile(Duration.ofHours(4), 1, PrincipalType.Dedicated, false));
        profiles.put(ActorType.Agent, new Profile(Duration.ofHours(1), 1, PrincipalType.Dedicated, true));
        profiles.put(ActorType.Vendor, new Profile(Duration.ofHours(8), 2, PrincipalType.Dedicated, true));
        profiles.put(ActorType.Admin, new Profile(Duration.ofHours(4), 1, PrincipalType.Dedicated, false));
        return profiles;
    }
}
