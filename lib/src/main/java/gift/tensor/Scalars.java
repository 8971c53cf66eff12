package gift.tensor;

import ai.djl.ndarray.NDArray;

/**
 * Arithmetic with numbers, beside {@link NativeOps#scale}. DJL's own makes an array of the number on the device of x, for
 * which a GPU waits; here it stays on the CPU.
 */
public final class Scalars {
    private Scalars() {}

    /** x divided by a number. */
    public static NDArray divide(NDArray x, double divisor) {
        return NativeOps.call("divide", x, NativeOps.scalar(divisor));
    }

    /** x and a number. */
    public static NDArray add(NDArray x, double number) {
        return NativeOps.call("plus", x, NativeOps.scalar(number));
    }

    /** 1 where x is 0, else 0; fp32. */
    public static NDArray isZero(NDArray x) {
        return NativeOps.call("is_zero", x);
    }

    /** x where it lies between two numbers, else the nearer of them. */
    public static NDArray clamp(NDArray x, double least, double most) {
        return NativeOps.call("clamp", x, NativeOps.scalar(least), NativeOps.scalar(most));
    }
}
