package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.tensor.OneDnn;
import gift.tensor.Parameters;
import gift.tensor.SidePath;
import java.util.Map;

/** y = x W^T + b, and what lies on the layer's {@link SidePath}. */
public final class Linear {
    private final NDArray weight; // (out, in)
    private final NDArray bias;   // (out), or null
    private final Parameters model;
    private final SidePath side;
    private OneDnn.Prepacked prepacked; // null until a frozen model first uses the layer, or for good

    private Linear(NDArray weight, NDArray bias, Parameters model, SidePath side) {
        this.weight = weight;
        this.bias = bias;
        this.model = model;
        this.side = side;
    }

    /** The layer of the tensors {@code prefix.weight} and, where there is one, {@code prefix.bias}. */
    public static Linear of(Parameters parameters, String prefix) {
        String bias = prefix + ".bias";
        NDArray weight = parameters.get(prefix + ".weight");
        return new Linear(weight, parameters.has(bias) ? parameters.get(bias) : null, parameters,
                parameters.sidePath(prefix, prefix + ".weight", 0, weight.getShape().get(0)));
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
        if (prepacked == null && Functions.hasManyRows(x, weight)) {
            prepacked = OneDnn.linear(model, weight, bias, x);
        }
        return side.add(prepacked == null ? Functions.linear(x, weight, bias, model) : prepacked.multiply(x), x);
    }
}
