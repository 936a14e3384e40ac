package dev.lapse.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ScrapeTest {
    private final AtomicLong nanos = new AtomicLong(-7);
    private final Meters meters = new Meters(nanos::get);
    private final AtomicInteger counts = new AtomicInteger();

    @Test
    void whoeverReadsWithoutAPauseHasTheGrantsCountedOnceASecond() {
        meters.beforeScrape(counts::incrementAndGet);

        for (int i = 0; i < 100; i++) {
            meters.scrape();
            nanos.addAndGet(Duration.ofMillis(20).toNanos());
        }

        assertThat(counts).hasValue(2);
    }

    @Test
    void whoeverReadsAfterAPauseSeesWhatIsThereNow() {
        meters.beforeScrape(counts::incrementAndGet);
        meters.scrape();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        meters.scrape();

        assertThat(counts).hasValue(2);
    }
}
