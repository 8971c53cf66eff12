package gift.tensor;

import ai.djl.ndarray.NDArray;
import java.util.function.UnaryOperator;

/**
 * The place beside a linear layer for a second path from its input to its result: y = x W^T + b + path(x).
 *
 * <p>Every linear layer has one under the layer's name ({@link Parameters#sidePaths}). It is empty, and then costs and
 * changes nothing, until something is put there, such as low-rank weights.
 */
public final class SidePath {
    private final String tensor;
    private final NDArray weight; // all rows of the tensor
    private final long from;
    private final long to;
    private UnaryOperator<NDArray> path; // null where there is none

    SidePath(String tensor, NDArray weight, long from, long to) {
        this.tensor = tensor;
        this.weight = weight;
        this.from = from;
        this.to = to;
    }

    /** The name of the tensor that holds the layer's matrix. */
    public String tensor() {
        return tensor;
    }

    /** The layer's matrix (out, in), no copy: a change in place reaches the layer. It belongs to the scope around the call. */
    public NDArray matrix() {
        return weight.get(from + ":" + to);
    }

    /** Width of the layer's input. */
    public long in() {
        return weight.getShape().get(1);
    }

    /** Width of the layer's result. */
    public long out() {
        return to - from;
    }

    public boolean isEmpty() {
        return path == null;
    }

    /** @param path from x (..., in) to what is added to the result (..., out); null empties the place */
    public void put(UnaryOperator<NDArray> path) {
        this.path = path;
    }

    /** What the path adds (..., out) for x (..., in). */
    public NDArray of(NDArray x) {
        return path.apply(x);
    }

    /** The layer's result y (..., out) for x (..., in), with what the path adds, if there is one. */
    public NDArray add(NDArray y, NDArray x) {
        return path == null ? y : y.add(path.apply(x));
    }
}
