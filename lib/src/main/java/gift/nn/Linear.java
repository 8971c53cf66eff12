package gift.nn;

import ai.djl.ndarray.NDArray;
import gift.tensor.Parameters;

/** y = x W^T + b. */
public final class Linear {
    private final NDArray weight; // (out, in)
    private final NDArray bias;   // (out), or null

    private Linear(NDArray weight, NDArray bias) {
        this.weight = weight;
        this.bias = bias;
    }

    /** The layer of the tensors {@code prefix.weight} and, where there is one, {@code prefix.bias}. */
    public static Linear of(Parameters parameters, String prefix) {
        String bias = prefix + ".bias";
        return new Linear(parameters.get(prefix + ".weight"), parameters.has(bias) ? parameters.get(bias) : null);
    }

    /** x (..., in) to (..., out). */
    public NDArray forward(NDArray x) {
        return Functions.linear(x, weight, bias);
    }
}
