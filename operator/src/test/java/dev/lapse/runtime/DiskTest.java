package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DiskTest {
    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration LATE = Duration.ofMinutes(1);

    private final Disk disk = new Disk();
    private final CountDownLatch answers = new CountDownLatch(1);
    private final List<String> written = new CopyOnWriteArrayList<>();

    private boolean hanging() throws InterruptedException {
        answers.await();
        return written.add("first");
    }

    @Test
    void oneThatHangsHoldsNobodyUp() {
        assertThatThrownBy(() -> disk.call(SOON, this::hanging))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk did not answer within 50 ms");

        long begun = System.nanoTime();
        assertThatThrownBy(() -> disk.call(LATE, () -> written.add("second"))).isInstanceOf(IOException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .as("nobody waits for it again")
                .isLessThan(Duration.ofSeconds(30));
        answers.countDown();
    }

    @Test
    void whatItDidNotAnswerIsDoneInItsOrderWhenItAnswers() throws Exception {
        assertThatThrownBy(() -> disk.call(SOON, this::hanging)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> disk.call(LATE, () -> written.add("second"))).isInstanceOf(IOException.class);
        answers.countDown();

        org.awaitility.Awaitility.await().until(() -> written.size() == 2);
        assertThat(disk.call(LATE, () -> written.add("third"))).isTrue();

        assertThat(written).containsExactly("first", "second", "third");
    }

    @Test
    void whatFailsIsToldAsItFailed() {
        assertThatThrownBy(() -> disk.call(LATE, () -> {
                    throw new IOException("no space left");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no space left");
    }

    @Test
    void whatWaitsForItIsBounded() {
        assertThatThrownBy(() -> disk.call(SOON, this::hanging)).isInstanceOf(IOException.class);
        for (int i = 0; i < 1_000; i++) {
            assertThatThrownBy(() -> disk.call(LATE, () -> written.add("more"))).isInstanceOf(IOException.class);
        }

        assertThatThrownBy(() -> disk.call(LATE, () -> written.add("too many")))
                .hasMessage("the disk does not answer, and no more is kept for it");
        answers.countDown();
    }
}
