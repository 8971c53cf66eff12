package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Precision;

/** The engine's own layers as functions of arrays, or their like in lower precision. */
final class Functions {
    private Functions() {}

    static NDArray linear(NDArray x, NDArray weight, NDArray bias, Precision precision) {
        return precision == Precision.FP32 ? Linear.linear(x, weight, bias).singletonOrThrow()
                : NativeOps.linear(x, weight, bias);
    }

    /** x (B, C, H, W), weight (out, C, k, k), equal stride and padding in both directions. */
    static NDArray conv2d(NDArray x, NDArray weight, NDArray bias, int stride, int padding, Precision precision) {
        if (precision != Precision.FP32) {
            return NativeOps.conv2d(x, weight, bias, stride, padding);
        }
        NDList result = ai.djl.nn.convolutional.Conv2d.conv2d(
                x, weight, bias, new Shape(stride, stride), new Shape(padding, padding), new Shape(1, 1), 1);
        return result.singletonOrThrow();
    }
}
