package gift.tensor;

import ai.djl.ndarray.NDArray;
import gift.tensor.machine.EngineMode;
import java.util.List;

/** Operators of mixed-precision training: layers that round what goes into them, and the loss scale. */
public final class MixedOps {
    private MixedOps() {}

    /** x W^T + b with x (..., in), weight (out, in) and bias (out), or null, all rounded first; their gradients are fp32. */
    public static NDArray linear(NDArray x, NDArray weight, NDArray bias, Precision precision) {
        NDArray dtype = NativeOps.scalar(precision.dtype());
        return bias == null ? NativeOps.call("linear_in", x, weight, dtype)
                : NativeOps.call("linear_in_bias", x, weight, bias, dtype);
    }

    /**
     * {@link NativeOps#conv2d} with x (B, in, H, W), weight (out, in, k, k) and bias (out), or null, all rounded first; their
     * gradients are fp32.
     */
    public static NDArray conv2d(NDArray x, NDArray weight, NDArray bias, int stride, int padding, Precision precision) {
        NDArray dtype = NativeOps.scalar(precision.dtype());
        String method = EngineCheck.mode() == EngineMode.AS_IT_IS ? "conv_in" : "conv_as_product_in";
        return bias == null ? NativeOps.call(method, x, weight, NativeOps.scalar(stride), NativeOps.scalar(padding), dtype)
                : NativeOps.call(method + "_bias", x, weight, bias, NativeOps.scalar(stride), NativeOps.scalar(padding), dtype);
    }

    /** g &lt;- g / scale, tensor by tensor; found &lt;- 1 if a value is not finite, else 0. */
    static void unscale(List<NDArray> g, NDArray found, NDArray scale) {
        NativeOps.callOnLists("unscale", List.of(g), found, scale).close();
    }

    /** g &lt;- g / scale, a power of two. */
    static void divide(List<NDArray> g, NDArray scale) {
        NativeOps.callOnLists("divide_by", List.of(g), scale).close();
    }

    /** g &lt;- g scale. */
    static void multiply(List<NDArray> g, NDArray scale) {
        NativeOps.callOnLists("multiply_by", List.of(g), scale).close();
    }

    /** 1 if a value is not finite, else 0; 0-dim. */
    static NDArray notFinite(List<NDArray> g) {
        return NativeOps.callOnLists("not_finite", List.of(g));
    }

    /** found &lt;- 1 if a value of x is not finite, else it stays. */
    static void noteNotFinite(NDArray found, NDArray x) {
        NativeOps.call("note_not_finite", found, x).close();
    }

    /** found &lt;- the greater of found and more, 0-dim. */
    static void either(NDArray found, NDArray more) {
        NativeOps.call("either", found, more).close();
    }

    /** The next scale, as {@link LossScale} says; found is added to skipped. */
    static void updateScale(NDArray scale, NDArray tracker, NDArray found, NDArray skipped) {
        NativeOps.call("update_scale", scale, tracker, found, skipped).close();
    }
}
