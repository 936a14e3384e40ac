package dev.lapse.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusTextTest {
    @Test
    void whatFitsStaysAsItIs() {
        String text = "four";

        String fitted = StatusText.fit(text, 4);

        assertThat(fitted).isEqualTo("four");
    }

    @Test
    void whatIsTooLongEndsInAnEllipsis() {
        String text = "fiver";

        String fitted = StatusText.fit(text, 4);

        assertThat(fitted).isEqualTo("fiv…");
    }

    @Test
    void noCharacterIsCutInHalf() {
        String threeKeys = "\uD83D\uDD11".repeat(3);

        String fitted = StatusText.fit(threeKeys, 4);

        assertThat(fitted).isEqualTo("\uD83D\uDD11…");
    }
}
