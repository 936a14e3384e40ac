package dev.lapse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is read from the lines that the prober prints. */
class ProbeTest {
    @Test
    void eachNumberIsFoundByItsName() {
        assertThat(Probe.Seen.of("calls 1140\nlast200 -17\nfirst403 26\nfirst401 1472\n"))
                .isEqualTo(new Probe.Seen(1140, -17, 26, 1472));
    }
}
