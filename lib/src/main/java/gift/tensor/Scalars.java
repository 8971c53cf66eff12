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

    /** {@link #divide} by a number that is another one at every call, as one that follows a {@link Curve}: it is not kept. */
    public static NDArray divideOnce(NDArray x, double divisor) {
        return once("divide", x, divisor);
    }

    /** {@link NativeOps#scale} by such a number. */
    public static NDArray scaleOnce(NDArray x, double factor) {
        return once("scale", x, factor);
    }

    private static NDArray once(String method, NDArray x, double number) {
        try (NDArray n = NativeOps.newScalar(number)) {
            return NativeOps.call(method, x, n);
        }
    }

    /** x &lt;- x times a number, without graph. */
    public static void scaleInPlace(NDArray x, double factor) {
        NativeOps.call("scale_in_place", x, NativeOps.scalar(factor)).close();
    }

    /** x &lt;- the least of x and a number, without graph. */
    public static void limitInPlace(NDArray x, double most) {
        NativeOps.call("limit_in_place", x, NativeOps.scalar(most)).close();
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
