package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import java.util.Map;

/** Group normalization: mean and variance over the positions and channels of each group of channels. */
public final class GroupNorm {
    private final NDArray weight; // (C)
    private final NDArray bias;   // (C)
    private final int groups;
    private final double epsilon;

    private GroupNorm(NDArray weight, NDArray bias, int groups, double epsilon) {
        this.weight = weight;
        this.bias = bias;
        this.groups = groups;
        this.epsilon = epsilon;
    }

    /** @param groups number of groups; the number of channels is a multiple of it */
    public static GroupNorm of(Parameters parameters, String prefix, int groups, double epsilon) {
        return new GroupNorm(parameters.get(prefix + ".weight"), parameters.get(prefix + ".bias"), groups, epsilon);
    }

    /** Adds the names and shapes of a layer's tensors. */
    public static void shapes(Map<String, Shape> shapes, String prefix, long channels) {
        shapes.put(prefix + ".weight", new Shape(channels));
        shapes.put(prefix + ".bias", new Shape(channels));
    }

    /** x (B, C, ...), same shape out. */
    public NDArray forward(NDArray x) {
        return NativeOps.groupNorm(x, groups, weight, bias, epsilon);
    }
}
