package gift.io;

/**
 * The two 16-bit floating-point formats of published weights.
 *
 * <pre>
 * F16   sign 1, exponent 5 (bias 15),  fraction 10   IEEE 754 binary16
 * BF16  sign 1, exponent 8 (bias 127), fraction 7    the upper half of a float
 * F32   sign 1, exponent 8 (bias 127), fraction 23
 * </pre>
 *
 * Widening is exact. Narrowing rounds to the nearest value, ties to even, as PyTorch does; what is too large becomes
 * infinite, and a NaN stays a (quiet) NaN.
 */
public final class HalfFloats {
    private HalfFloats() {}

    /** F16 to float, exactly: zeros, subnormals, infinities and NaNs included. */
    public static float f16ToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) { // zero or subnormal: fraction * 2^-24
            float value = fraction * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        if (exponent == 0x1f) { // infinity or NaN
            return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
        }
        return Float.intBitsToFloat(sign | exponent - 15 + 127 << 23 | fraction << 13);
    }

    /** Float to F16, nearest, ties to even. */
    public static short floatToF16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) { // NaN
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= 0x477ff000) { // from 65520 on, half-way above the largest F16, 65504
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) { // below 2^-14: subnormal, a multiple of 2^-24; rint rounds ties to even
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
        }
        int rebased = magnitude - (127 - 15 << 23);
        return (short) (sign | roundShift(rebased, 13)); // a carry moves into the exponent, as it must
    }

    /** BF16 to float, exactly. */
    public static float bf16ToFloat(short half) {
        return Float.intBitsToFloat(half << 16);
    }

    /** Float to BF16, nearest, ties to even. */
    public static short floatToBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits >>> 16 & 0x8000 | roundShift(bits & 0x7fffffff, 16));
    }

    /** {@code value / 2^shift}, nearest, ties to even; {@code value} is not negative. */
    private static int roundShift(int value, int shift) {
        int even = value >>> shift & 1;
        return value + (1 << shift - 1) - 1 + even >>> shift;
    }
}
