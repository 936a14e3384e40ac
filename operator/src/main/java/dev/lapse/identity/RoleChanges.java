package dev.lapse.identity;

import dev.lapse.api.v1alpha1.ServiceIdentityStatus;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notes when the role of an entry was seen to allow something else than before, for whoever approves next: the role was
 * changed, or the entry names another one.
 */
final class RoleChanges {
    private RoleChanges() {}

    /** @param recorded what status said until now */
    static List<EntryStatus> noted(List<EntryStatus> recorded, List<EntryStatus> judged, Instant now) {
        Map<String, EntryStatus> before =
                recorded.stream().collect(Collectors.toMap(EntryStatus::name, Function.identity(), (one, two) -> one));
        return judged.stream()
                .map(entry -> Optional.ofNullable(before.get(entry.name()))
                        .map(known -> noted(known, entry, now))
                        .orElse(entry))
                .toList();
    }

    /** Those whose change was not told yet. */
    static List<EntryStatus> news(@Nullable ServiceIdentityStatus before, ServiceIdentityStatus after) {
        if (before == null || before.entries() == null) {
            return List.of();
        }
        return after.entries().stream()
                .filter(entry -> entry.roleChangedAt() != null)
                .filter(entry -> before.entries().stream()
                        .anyMatch(known -> known.name().equals(entry.name())
                                && !Objects.equals(entry.roleChangedAt(), known.roleChangedAt())))
                .toList();
    }

    private static EntryStatus noted(EntryStatus before, EntryStatus entry, Instant now) {
        if (entry.rulesHash() == null) {
            // Without its role nothing is given; what it allows when it is back is compared with what it allowed.
            return entry.withRules(before.rulesHash(), before.roleChangedAt());
        }
        boolean changed = before.rulesHash() != null && !before.rulesHash().equals(entry.rulesHash());
        return entry.withRules(
                entry.rulesHash(), changed ? now.truncatedTo(ChronoUnit.SECONDS) : before.roleChangedAt());
    }
}
