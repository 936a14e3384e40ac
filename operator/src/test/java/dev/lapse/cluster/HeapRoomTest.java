package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HeapRoomTest {
    private long live;
    private long garbage;
    private int collections;
    private final HeapRoom room = new HeapRoom(() -> live + garbage, 1_000, () -> {
        garbage = 0;
        collections++;
    });

    @Test
    void whatIsNotFullIsNotCollected() {
        live = 400;
        garbage = 340;

        room.take();

        assertThat(collections).isZero();
    }

    @Test
    void garbageDoesNotFillIt() {
        live = 400;
        garbage = 500;

        room.take();

        assertThat(room.isFull()).isFalse();
        assertThat(collections).isOne();
    }

    @Test
    void whatIsInUseFillsItAndNothingMoreIsTaken() {
        live = 750;

        assertThatThrownBy(room::take).isInstanceOf(HeapFull.class).hasMessageContaining("runbook heap-full");
        assertThat(room.isFull()).isTrue();
    }

    @Test
    void itStaysFullUntilSomebodySaysThatItWasEmptied() {
        live = 800;
        assertThat(room.isFull()).isTrue();
        live = 100;

        assertThat(room.isFull()).isTrue();
        room.emptied();

        assertThat(room.isFull()).isFalse();
        room.take();
    }

    /** Or a heap that is used to three quarters would be collected at each object. */
    @Test
    void itIsCollectedAgainOnlyWhenSomeMoreIsUsed() {
        live = 740;
        garbage = 20;
        room.take();
        for (int i = 0; i < 40; i++) {
            garbage++;
            room.take();
        }
        assertThat(collections).isOne();

        garbage = 60;
        room.take();

        assertThat(collections).isEqualTo(2);
    }
}
