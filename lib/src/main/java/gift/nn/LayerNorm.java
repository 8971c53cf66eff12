package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import java.util.Map;

/** Layer normalization over the last axis, eps 1e-5. */
public final class LayerNorm {
    private static final float EPSILON = 1e-5f;

    private final NDArray weight; // (D)
    private final NDArray bias;   // (D)
    private final Shape shape;
    private final Parameters model;

    private LayerNorm(NDArray weight, NDArray bias, Parameters model) {
        this.weight = weight;
        this.bias = bias;
        this.shape = weight.getShape();
        this.model = model;
    }

    public static LayerNorm of(Parameters parameters, String prefix) {
        return new LayerNorm(parameters.get(prefix + ".weight"), parameters.get(prefix + ".bias"), parameters);
    }

    /** Adds the names and shapes of a layer's tensors. */
    public static void shapes(Map<String, Shape> shapes, String prefix, long width) {
        shapes.put(prefix + ".weight", new Shape(width));
        shapes.put(prefix + ".bias", new Shape(width));
    }

    /** x (..., D), same shape out. */
    public NDArray forward(NDArray x) {
        if (model.compute() != Precision.FP32) {
            return NativeOps.layerNorm(x, weight, bias);
        }
        return ai.djl.nn.norm.LayerNorm.layerNorm(x, shape, weight, bias, EPSILON).singletonOrThrow();
    }
}
