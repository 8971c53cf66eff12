package gift.nn;

import ai.djl.ndarray.NDArray;
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
}
