package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lease has run out when it has not changed here for its time: whatever is written in it, and whatever clock wrote it. */
class SeenLeaseTest {
    private final SeenLease lease = new SeenLease(Duration.ofSeconds(15));

    @ParameterizedTest
    @ValueSource(strings = {"2099-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "2026-11-26T12:00:00Z"})
    void itIsFreeOnceItHasNotChangedForItsTimeWhateverItSays(String renewed) {
        lease.saw(lease("other", renewed), at(0));

        assertThat(lease.free("me", at(14.9))).isFalse();
        assertThat(lease.free("me", at(15))).isTrue();
    }

    @Test
    void whoRenewsKeepsItHoweverSlowTheClockIs() {
        for (int i = 0; i < 100; i++) {
            lease.saw(lease("other", "1999-01-01T00:00:%02dZ".formatted(i % 60)), at(i * 10));
            assertThat(lease.free("me", at(i * 10 + 9))).isFalse();
        }
    }

    @Test
    void ifItWasGivenBackOrIsOursOrDoesNotExistItIsFreeAtOnce() {
        lease.saw(null, at(0));
        assertThat(lease.free("me", at(0))).isTrue();

        lease.saw(lease("me", "2026-11-26T12:00:00Z"), at(1));
        assertThat(lease.free("me", at(1))).isTrue();

        lease.saw(lease(null, "2026-11-26T12:00:00Z"), at(2));
        assertThat(lease.free("me", at(2))).isTrue();
    }

    @Test
    void whatWasNeverSeenIsNotFree() {
        assertThat(lease.free("me", at(100))).isFalse();
    }

    @Test
    void itTellsForHowLongNobodyHasRenewedIt() {
        lease.saw(lease("other", "2026-11-26T12:00:00Z"), at(3));
        lease.saw(lease("other", "2026-11-26T12:00:00Z"), at(20));

        assertThat(lease.unchanged(at(33))).isEqualTo(Duration.ofSeconds(30));
        assertThat(lease.holder()).isEqualTo("other");
    }

    private static long at(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static LeaseSpec lease(@Nullable String holder, String renewed) {
        return new LeaseSpecBuilder()
                .withHolderIdentity(holder)
                .withRenewTime(ZonedDateTime.parse(renewed))
                .build();
    }
}
