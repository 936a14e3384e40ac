package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Each kind is alive by what was heard of it, and by nothing else. */
class WatchesTest {
    private long now = 1;
    private final Watches watches = new Watches(() -> now);

    @Test
    void aKindThatIsNotWatchedIsNotAlive() {
        assertThat(watches.problems()).hasSize(WatchedKind.values().length);
    }

    @Test
    void aWatchIsAliveAsLongAsItIsHeardOf() {
        Watches.Open open = watches.opened(WatchedKind.ROLES, () -> {});
        for (int i = 0; i < 10; i++) {
            pass(61);
            open.heard();
            assertThat(watches.problem(WatchedKind.ROLES)).isEmpty();
        }
    }

    @Test
    void aDeafWatchIsSeenAndBrokenOff() {
        AtomicInteger cancelled = new AtomicInteger();
        watches.opened(WatchedKind.ROLES, cancelled::incrementAndGet);
        pass(149);
        watches.breakOffTheDeaf();
        assertThat(cancelled).hasValue(0);

        pass(2);
        watches.breakOffTheDeaf();

        assertThat(cancelled).hasValue(1);
        assertThat(watches.problem(WatchedKind.ROLES)).hasValue("nothing heard for 151 s");
    }

    @Test
    void aKindThatIsRefusedIsNotAliveAtOnceAndAliveAgainWithTheNextAnswer() {
        watches.opened(WatchedKind.ROLES, () -> {}).closed();
        watches.refused(WatchedKind.ROLES, "answered 404");
        assertThat(watches.problem(WatchedKind.ROLES)).hasValue("answered 404");
        pass(12);
        watches.refused(WatchedKind.ROLES, "answered 404");
        assertThat(watches.silent(WatchedKind.ROLES)).isEqualTo(Duration.ofSeconds(12));

        watches.listed(WatchedKind.ROLES);

        assertThat(watches.problem(WatchedKind.ROLES)).isEmpty();
        assertThat(watches.silent(WatchedKind.ROLES)).isZero();
    }

    @Test
    void aWatchThatEndedMayBeAwayForAMoment() {
        watches.opened(WatchedKind.ROLES, () -> {}).closed();
        pass(9);
        assertThat(watches.problem(WatchedKind.ROLES)).isEmpty();
        pass(2);
        assertThat(watches.problem(WatchedKind.ROLES)).isPresent();
    }

    @Test
    void theEndOfAnEarlierWatchIsNotThatOfItsSuccessor() {
        Watches.Open earlier = watches.opened(WatchedKind.ROLES, () -> {});
        watches.opened(WatchedKind.ROLES, () -> {});

        earlier.closed();
        pass(60);

        assertThat(watches.problem(WatchedKind.ROLES)).isEmpty();
    }

    @Test
    void aRequestIsOfAKindByItsPathAndItsSelector() {
        assertThat(WatchedKind.of("/api/v1/namespaces/lapse-system/configmaps", true, false))
                .hasValue(WatchedKind.PARAMETERS);
        assertThat(WatchedKind.of("/api/v1/namespaces/lapse-system/configmaps", false, false))
                .hasValue(WatchedKind.MEMORY);
        assertThat(WatchedKind.of("/apis/rbac.authorization.k8s.io/v1/rolebindings", false, false))
                .isEmpty();
        assertThat(WatchedKind.ROLE_BINDINGS.probe())
                .isEqualTo("/apis/rbac.authorization.k8s.io/v1/rolebindings?limit=1&labelSelector=lapse.dev/grant-uid");
    }

    private void pass(long seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }
}
