package dev.lapse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryState;
import dev.lapse.api.v1alpha1.ServiceIdentityStatus.EntryStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoleChangesTest {
    private static final Instant NOW = Instant.parse("2026-12-01T08:00:00Z");
    private static final Instant EARLIER = NOW.minusSeconds(3600);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // what it shows                            | rules then | changed then | rules now | changed now |
                // rules noted
                "nothing was known                          |            |              | b         |             | b",
                "the same                                   | a          |              | a         |             | a",
                "the same, after a change                   | a          | earlier      | a         | earlier     | a",
                "changed                                    | a          |              | b         | now         | b",
                "changed again                              | a          | earlier      | b         | now         | b",
                "gone: what it was is kept for when it is back | a       | earlier      |           | earlier     | a",
            })
    void areNoted(String title, String then, String changedThen, String rules, String changed, String noted) {
        EntryStatus after = RoleChanges.noted(
                        List.of(entry(then, at(changedThen))), List.of(entry(rules, null)), NOW.plusMillis(300))
                .get(0);

        assertThat(after.rulesHash()).as(title).isEqualTo(noted);
        assertThat(after.roleChangedAt()).as(title).isEqualTo(at(changed));
    }

    @Test
    void ofAnEntryThatIsNewNothingIsSaid() {
        assertThat(RoleChanges.noted(List.of(), List.of(entry("a", null)), NOW)).containsExactly(entry("a", null));
    }

    private static EntryStatus entry(@Nullable String rules, @Nullable Instant changedAt) {
        return new EntryStatus("look", "h", true, EntryState.Eligible, "Eligible", "so it is", rules, changedAt);
    }

    private static @Nullable Instant at(@Nullable String word) {
        return word == null ? null : word.equals("now") ? NOW : EARLIER;
    }
}
