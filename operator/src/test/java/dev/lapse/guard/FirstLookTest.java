package dev.lapse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapse.api.v1alpha1.Proof;
import dev.lapse.guard.FirstLook.Named;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirstLookTest {
    private static final Instant REFUSED = Instant.parse("2026-11-28T12:00:00Z");
    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final Instant SETTLED = REFUSED.plus(SETTLE);
    private static final GuardState GUARD = GuardState.ready("epoch", REFUSED, SETTLE);
    private static final Instant OLD = REFUSED.minusSeconds(3_600);

    private final List<Named> present = new ArrayList<>();
    private int asked;
    private final FirstLook look = new FirstLook(() -> {
        asked++;
        return present.stream();
    });

    @Test
    void isNotOverBeforeTheGuardHasSettled() {
        assertThat(look.isOver(GUARD, SETTLED.minusMillis(1))).isFalse();
        assertThat(look.isOver(GuardState.notReady("a policy is gone"), SETTLED))
                .isFalse();
    }

    @Test
    void waitsForWhatIsOlderAndHasNoProofOfThisEpoch() {
        present.add(new Named(OLD, Optional.empty()));
        assertThat(look.isOver(GUARD, SETTLED)).isFalse();

        present.set(0, new Named(OLD, Optional.of(new Proof("before", 1, SETTLED))));
        assertThat(look.isOver(GUARD, SETTLED)).isFalse();

        present.set(0, new Named(OLD, Optional.of(new Proof("epoch", 1, SETTLED.minusSeconds(1)))));
        assertThat(look.isOver(GUARD, SETTLED)).isFalse();

        present.set(0, new Named(OLD, Optional.of(new Proof("epoch", 1, SETTLED))));
        assertThat(look.isOver(GUARD, SETTLED)).isTrue();
    }

    @Test
    void doesNotWaitForWhatWasMadeSince() {
        present.add(new Named(SETTLED, Optional.empty()));

        assertThat(look.isOver(GUARD, SETTLED)).isTrue();
    }

    @Test
    void waitsForNothingForEver() {
        present.add(new Named(OLD, Optional.empty()));

        assertThat(look.isOver(GUARD, SETTLED)).isFalse();
        assertThat(look.isOver(GUARD, SETTLED.plus(FirstLook.AT_MOST))).isFalse();
        assertThat(look.isOver(GUARD, SETTLED.plus(FirstLook.AT_MOST).plusMillis(1)))
                .isTrue();
    }

    @Test
    void waitsAlsoInAnInstanceThatBeginsLongAfterTheGuardHasSettled() {
        Instant begun = SETTLED.plusSeconds(3_600);
        present.add(new Named(OLD, Optional.empty()));

        assertThat(look.isOver(GUARD, begun)).isFalse();
        assertThat(look.isOver(GUARD, begun.plus(FirstLook.AT_MOST))).isFalse();
        assertThat(look.isOver(GUARD, begun.plus(FirstLook.AT_MOST).plusMillis(1)))
                .isTrue();
    }

    @Test
    void isOverOnceForEachTimeTheGuardSettles() {
        assertThat(look.isOver(GUARD, SETTLED)).isTrue();
        present.add(new Named(OLD, Optional.empty()));
        assertThat(look.isOver(GUARD, SETTLED)).isTrue();
        assertThat(asked).isEqualTo(1);

        GuardState another = GuardState.ready("another", REFUSED.plusSeconds(60), SETTLE);
        assertThat(look.isOver(another, another.settledAt())).isFalse();
    }
}
