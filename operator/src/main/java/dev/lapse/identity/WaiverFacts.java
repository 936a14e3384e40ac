package dev.lapse.identity;

import dev.lapse.access.ContentHash;
import dev.lapse.access.Permission;
import dev.lapse.access.UserInfo;
import dev.lapse.api.v1alpha1.DutyWaiver;
import dev.lapse.api.v1alpha1.Lapse;
import java.time.Instant;
import java.util.List;

/**
 * One waiver of a conflict of duties, as it is written.
 *
 * @param contentHash over the whole waiver, for the proof of its author's name
 */
public record WaiverFacts(
        List<String> duties,
        String reason,
        Instant until,
        String waivedBy,
        List<String> waivedByAs,
        String contentHash) {
    /** The verb that the author must hold on the identity each time the waiver is used. */
    public static final String VERB = "govern";

    static WaiverFacts of(DutyWaiver waiver) {
        List<String> groups = waiver.waivedByAs() == null ? List.of() : List.copyOf(waiver.waivedByAs());
        return new WaiverFacts(
                List.copyOf(waiver.duties()),
                waiver.reason(),
                waiver.until(),
                waiver.waivedBy(),
                groups,
                ContentHash.of(
                        String.join("/", waiver.duties()),
                        waiver.reason(),
                        waiver.until().toString(),
                        waiver.waivedBy(),
                        ContentHash.of(groups.toArray(String[]::new))));
    }

    /** Whether the waiver is for the conflict of these two duties. */
    public boolean covers(String one, String other) {
        return duties.contains(one) && duties.contains(other) && !one.equals(other);
    }

    public UserInfo author() {
        return UserInfo.of(waivedBy, waivedByAs);
    }

    /** What the API server is asked about its author. */
    public static Permission govern(String identity) {
        return Permission.onResource(VERB, Lapse.GROUP, "serviceidentities", identity);
    }
}
