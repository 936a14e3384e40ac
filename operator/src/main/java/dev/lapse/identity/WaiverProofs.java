package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ServiceIdentityStatus.WaiverStatus;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import dev.lapse.guard.NameProof.Recorded;
import dev.lapse.guard.NameProof.RecordedEntry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether the author's name of each waiver of an identity is proved. A waiver has no name of its own: its content
 * identifies it.
 */
public final class WaiverProofs {
    private WaiverProofs() {}

    public static NameProof.Answer of(IdentityFacts identity, WaiverFacts waiver, GuardState guard, Instant now) {
        return of(identity, guard, now).getOrDefault(waiver.contentHash(), NameProof.Answer.UNKNOWN);
    }

    static Map<String, NameProof.Answer> of(IdentityFacts identity, GuardState guard, Instant now) {
        Map<String, String> hashes = new HashMap<>();
        identity.waivers().forEach(waiver -> hashes.put(waiver.contentHash(), waiver.contentHash()));
        return NameProof.entries(guard, recorded(identity), identity.createdAt(), hashes, now);
    }

    private static Recorded recorded(IdentityFacts identity) {
        Map<String, RecordedEntry> waivers = new HashMap<>();
        for (WaiverStatus waiver : identity.recordedWaivers()) {
            if (!waiver.hash().isEmpty()) {
                waivers.put(waiver.hash(), new RecordedEntry(waiver.hash(), waiver.nameProved()));
            }
        }
        return new Recorded(identity.recordedProof(), Map.copyOf(waivers));
    }
}
