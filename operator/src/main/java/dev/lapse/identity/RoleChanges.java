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
 * Records when the role of an entry was seen to allow something else than before, for the next approver. Either the
 * role was changed, or the entry names another one.
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

    /** The entries whose role changed, and whose change was not reported yet. */
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
            // While the role is gone, nothing is given. When it is back, its rules are compared with those from
            // before.
            return entry.withRules(before.rulesHash(), before.roleChangedAt());
        }
        boolean changed = before.rulesHash() != null && !before.rulesHash().equals(entry.rulesHash());
        return entry.withRules(
                entry.rulesHash(), changed ? now.truncatedTo(ChronoUnit.SECONDS) : before.roleChangedAt());
    }
}
