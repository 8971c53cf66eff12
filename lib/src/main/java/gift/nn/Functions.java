package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import gift.tensor.Kernel;
import gift.tensor.MixedOps;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;

/** The engine's own layers as functions of arrays, or their like in lower precision. */
final class Functions {
    private Functions() {}

    private static final long ROWS = 64; // from which on a convolution is worth the reordering of its weight

    /** x W^T + b, fp32. */
    static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        Shape shape = weight.getShape();
        long width = Math.min(shape.get(0), shape.get(1));
        if (hasManyRows(x, weight) && Kernel.ONEDNN_LINEAR.on(x, width)) {
            return NativeOps.linearAsConvolution(x, weight, bias);
        }
        return Kernel.FUSED_BIAS.on(x, width)
                ? NativeOps.linear(x, weight, bias) : Linear.linear(x, weight, bias).singletonOrThrow();
    }

    /** Whether x (..., in) has rows enough for a convolution. */
    static boolean hasManyRows(NDArray x, NDArray weight) {
        return x.size() >= ROWS * weight.getShape().get(1);
    }

    /** x W^T + b in which the model computes that weight and bias, or null, are of, or lie beside. */
    static NDArray linear(NDArray x, NDArray weight, NDArray bias, Parameters model) {
        return model.compute() == Precision.FP32 ? linear(x, weight, bias) : MixedOps.linear(x, weight, bias, model.compute());
    }
}
