package dev.lapse.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeoplesTextTest {

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00,
                0x07,
                0x08,
                0x09,
                0x0A,
                0x0B,
                0x0C,
                0x0D,
                0x1B,
                0x7F, // of ASCII
                0x85,
                0x90,
                0x9B,
                0x9D, // begin what a terminal obeys, in eight bits
                0x2028,
                0x2029, // separate lines, paragraphs
                0x061C,
                0x200E,
                0x200F,
                0x202A,
                0x202D,
                0x202E,
                0x2066,
                0x2067,
                0x2069, // turn the direction
                0x00AD,
                0x200B,
                0x200D,
                0x2060,
                0xFEFF,
                0xE0041, // are not seen
                0x00A0,
                0x2003,
                0x3000, // look like a space
                0x2800,
                0x115F,
                0x1160,
                0x3164,
                0xFFA0,
                0x17B4,
                0x180E,
                0x1D159, // letters that are blank
                0x034F,
                0xFE0F,
                0xE0101,
                0x2065,
                0xFFFC,
                0xE000,
                0xF0000 // mean what each reader likes
            })
    void isSpaceWhereItWouldChangeHowTheRestIsShown(int character) {
        assertThat(PeoplesText.oneLine("a fault" + Character.toString(character) + "risks  none known"))
                .isEqualTo("a fault risks none known");
    }

    @Test
    void isLeftAloneInEveryScript() {
        assertThat(PeoplesText.oneLine("störung: заказы, 注文, الطلبات, 🔥 (INC-7) \\ [2J"))
                .isEqualTo("störung: заказы, 注文, الطلبات, 🔥 (INC-7) \\ [2J");
    }

    @Test
    void isNeverNothingWhereThereWasSomething() {
        assertThat(PeoplesText.oneLine("\u200B")).isEqualTo(" ");
    }
}
