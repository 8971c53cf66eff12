package gift.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatsTest {
    @Test
    void knownF16Values() {
        // the table of examples of IEEE 754 binary16
        assertThat(HalfFloats.f16ToFloat((short) 0x0001)).isEqualTo(0x1p-24f);
        assertThat(HalfFloats.f16ToFloat((short) 0x03ff)).isEqualTo(1023 * 0x1p-24f);
        assertThat(HalfFloats.f16ToFloat((short) 0x0400)).isEqualTo(0x1p-14f);
        assertThat(HalfFloats.f16ToFloat((short) 0x3555)).isEqualTo(0.33325195f);
        assertThat(HalfFloats.f16ToFloat((short) 0x3c00)).isEqualTo(1f);
        assertThat(HalfFloats.f16ToFloat((short) 0xc000)).isEqualTo(-2f);
        assertThat(HalfFloats.f16ToFloat((short) 0x7bff)).isEqualTo(65504f);
        assertThat(HalfFloats.f16ToFloat((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(HalfFloats.f16ToFloat((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(HalfFloats.f16ToFloat((short) 0x7e00)).isNaN();
        assertThat(Float.floatToRawIntBits(HalfFloats.f16ToFloat((short) 0x8000))).isEqualTo(0x80000000);
    }

    @Test
    void everyF16AndBf16SurvivesTheWayToFloatAndBack() {
        for (int i = 0; i < 1 << 16; i++) {
            float a = HalfFloats.f16ToFloat((short) i);
            float b = HalfFloats.bf16ToFloat((short) i);
            if (!Float.isNaN(a)) {
                assertThat(HalfFloats.floatToF16(a)).isEqualTo((short) i);
            }
            if (!Float.isNaN(b)) {
                assertThat(HalfFloats.floatToBf16(b)).isEqualTo((short) i);
            }
        }
    }

    @Test
    void f16TakesTheNearestAndTiesGoToEven() {
        for (int i = 0; i < 0x7bff; i++) { // between each pair of neighbours
            float low = HalfFloats.f16ToFloat((short) i);
            float high = HalfFloats.f16ToFloat((short) (i + 1));
            float middle = (low + high) / 2; // exact in float
            assertThat(HalfFloats.floatToF16(middle)).isEqualTo((short) (i + (i & 1)));
            assertThat(HalfFloats.floatToF16(Math.nextDown(middle))).isEqualTo((short) i);
            assertThat(HalfFloats.floatToF16(-Math.nextUp(middle))).isEqualTo((short) (0x8000 | i + 1));
        }
        assertThat(HalfFloats.floatToF16(Math.nextDown(65520f))).isEqualTo((short) 0x7bff);
        assertThat(HalfFloats.floatToF16(65520f)).isEqualTo((short) 0x7c00);
        assertThat(HalfFloats.floatToF16(Float.MIN_VALUE)).isZero();
        assertThat(HalfFloats.f16ToFloat(HalfFloats.floatToF16(Float.NaN))).isNaN();
    }

    @Test
    void bf16TakesTheNearestAndTiesGoToEven() {
        assertThat(HalfFloats.floatToBf16(Float.intBitsToFloat(0x3f808000))).isEqualTo((short) 0x3f80); // tie, even below
        assertThat(HalfFloats.floatToBf16(Float.intBitsToFloat(0x3f818000))).isEqualTo((short) 0x3f82); // tie, even above
        assertThat(HalfFloats.floatToBf16(Float.intBitsToFloat(0x3f808001))).isEqualTo((short) 0x3f81);
        assertThat(HalfFloats.floatToBf16(Float.MAX_VALUE)).isEqualTo((short) 0x7f80); // rounds up to infinity
        assertThat(HalfFloats.bf16ToFloat(HalfFloats.floatToBf16(Float.intBitsToFloat(0x7f800001)))).isNaN();
        assertThat(HalfFloats.bf16ToFloat(HalfFloats.floatToBf16(Float.NEGATIVE_INFINITY)))
                .isEqualTo(Float.NEGATIVE_INFINITY);
    }
}
