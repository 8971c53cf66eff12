package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.tensor.MixedOps;
import gift.tensor.NativeOps;
import gift.tensor.OneDnn;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import java.util.Map;

/** Convolution over images. */
public final class Conv2d {
    private final NDArray weight; // (out, in, k, k)
    private final NDArray bias;   // (out), or null
    private final Parameters model;
    private final int stride;
    private final int padding;
    private OneDnn.Prepacked prepacked; // null until a frozen model first uses the layer, or for good

    private Conv2d(NDArray weight, NDArray bias, Parameters model, int stride, int padding) {
        this.weight = weight;
        this.bias = bias;
        this.model = model;
        this.stride = stride;
        this.padding = padding;
    }

    /** The layer of the tensors {@code prefix.weight} and, where there is one, {@code prefix.bias}. */
    public static Conv2d of(Parameters parameters, String prefix, int stride, int padding) {
        String bias = prefix + ".bias";
        return new Conv2d(parameters.get(prefix + ".weight"), parameters.has(bias) ? parameters.get(bias) : null,
                parameters, stride, padding);
    }

    /** Adds the names and shapes of a layer's tensors, with a bias. */
    public static void shapes(Map<String, Shape> shapes, String prefix, long in, long out, int kernel) {
        shapes.put(prefix + ".weight", new Shape(out, in, kernel, kernel));
        shapes.put(prefix + ".bias", new Shape(out));
    }

    /** x (B, in, H, W) to (B, out, H', W'). */
    public NDArray forward(NDArray x) {
        if (prepacked == null) {
            prepacked = OneDnn.convolution(model, weight, bias, stride, padding, x);
        }
        if (prepacked != null) {
            return prepacked.convolve(x);
        }
        return model.compute() == Precision.FP32 ? NativeOps.conv2d(x, weight, bias, stride, padding)
                : MixedOps.conv2d(x, weight, bias, stride, padding, model.compute());
    }
}
