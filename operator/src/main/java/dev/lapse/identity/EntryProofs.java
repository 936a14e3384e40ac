package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import dev.lapse.guard.GuardState;
import dev.lapse.guard.NameProof;
import dev.lapse.guard.NameProof.Recorded;
import dev.lapse.guard.NameProof.RecordedEntry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Whether the author's name of each entry of an identity is proved. */
public final class EntryProofs {
    private EntryProofs() {}

    public static boolean proved(IdentityFacts identity, String entry, GuardState guard, Instant now) {
        return of(identity, guard, now).get(entry) == NameProof.Answer.PROVED;
    }

    static Map<String, NameProof.Answer> of(IdentityFacts identity, GuardState guard, Instant now) {
        Map<String, String> hashes = new HashMap<>();
        identity.entries().forEach(entry -> hashes.put(entry.name(), entry.contentHash()));
        return NameProof.entries(guard, recorded(identity), identity.createdAt(), hashes, now);
    }

    private static Recorded recorded(IdentityFacts identity) {
        Map<String, RecordedEntry> entries = new HashMap<>();
        for (EntryStatus entry : identity.recordedEntries()) {
            if (!entry.hash().isEmpty()) {
                entries.put(entry.name(), new RecordedEntry(entry.hash(), entry.nameProved()));
            }
        }
        return new Recorded(identity.recordedProof(), Map.copyOf(entries));
    }
}
