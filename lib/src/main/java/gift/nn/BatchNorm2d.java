package gift.nn;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;

/** Batch normalization with stored statistics, which never change here (CLIP is fine-tuned in inference mode). */
public final class BatchNorm2d {
    private final NDArray weight;   // (C)
    private final NDArray bias;     // (C)
    private final NDArray mean;     // (C)
    private final NDArray variance; // (C)

    private BatchNorm2d(Parameters parameters, String prefix) {
        weight = parameters.get(prefix + ".weight");
        bias = parameters.get(prefix + ".bias");
        mean = parameters.get(prefix + ".running_mean");
        variance = parameters.get(prefix + ".running_var");
    }

    public static BatchNorm2d of(Parameters parameters, String prefix) {
        return new BatchNorm2d(parameters, prefix);
    }

    /** x (B, C, H, W), same shape out. */
    public NDArray forward(NDArray x) {
        return NativeOps.batchNorm(x, weight, bias, mean, variance);
    }
}
