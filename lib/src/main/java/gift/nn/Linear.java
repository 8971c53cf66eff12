package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import java.util.Map;

/** y = x W^T + b. */
public final class Linear {
    private final NDArray weight; // (out, in)
    private final NDArray bias;   // (out), or null
    private final Precision precision;

    private Linear(NDArray weight, NDArray bias, Precision precision) {
        this.weight = weight;
        this.bias = bias;
        this.precision = precision;
    }

    /** The layer of the tensors {@code prefix.weight} and, where there is one, {@code prefix.bias}. */
    public static Linear of(Parameters parameters, String prefix) {
        String bias = prefix + ".bias";
        return new Linear(parameters.get(prefix + ".weight"), parameters.has(bias) ? parameters.get(bias) : null,
                parameters.precision());
    }

    /** Adds the names and shapes of a layer's tensors. */
    public static void shapes(Map<String, Shape> shapes, String prefix, long in, long out, boolean bias) {
        shapes.put(prefix + ".weight", new Shape(out, in));
        if (bias) {
            shapes.put(prefix + ".bias", new Shape(out));
        }
    }

    /** x (..., in) to (..., out). */
    public NDArray forward(NDArray x) {
        return Functions.linear(x, weight, bias, precision);
    }
}
