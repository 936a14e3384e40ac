package dev.lapse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    private final WaitingRoom room = new WaitingRoom(10, 3);

    @Test
    void oneNamespaceTakesNotTheRoomOfOthers() {
        long loud = IntStream.range(0, 100).filter(i -> room.enters("loud")).count();

        assertThat(loud).isEqualTo(3);
        assertThat(room.enters("quiet")).isTrue();
    }

    @Test
    void isBoundedHoweverManyNamespacesThereAre() {
        long entered =
                IntStream.range(0, 100).filter(i -> room.enters("team-" + i)).count();

        assertThat(entered).isEqualTo(10);
    }

    @Test
    void hasRoomAgainWhenSomebodyHasLeft() {
        IntStream.range(0, 3).forEach(i -> room.enters("loud"));

        room.left("loud");

        assertThat(room.enters("loud")).isTrue();
        assertThat(room.enters("loud")).isFalse();
    }
}
