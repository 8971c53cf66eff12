package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import gift.tensor.Parameters;
import gift.tensor.SidePath;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The projections of queries, keys and values with one matrix, as OpenAI's CLIP stores them: y = x W^T + b, with the rows of
 * W for queries, keys and values below each other. Seen from outside they are three layers: q_proj, k_proj, v_proj.
 */
final class PackedLinear {
    private static final List<String> LAYERS = List.of("q_proj", "k_proj", "v_proj");

    private final NDArray weight; // (3 W, W)
    private final NDArray bias;   // (3 W)
    private final Parameters model;
    private final List<SidePath> sides;

    private PackedLinear(Parameters parameters, String prefix) {
        String tensor = prefix + ".in_proj_weight";
        weight = parameters.get(tensor);
        bias = parameters.get(prefix + ".in_proj_bias");
        model = parameters;
        long width = weight.getShape().get(0) / LAYERS.size();
        sides = IntStream.range(0, LAYERS.size()).mapToObj(i -> parameters.sidePath(
                prefix + "." + LAYERS.get(i), tensor, i * width, (i + 1) * width)).toList();
    }

    /** The layer of the tensors {@code prefix.in_proj_weight} and {@code prefix.in_proj_bias}. */
    static PackedLinear of(Parameters parameters, String prefix) {
        return new PackedLinear(parameters, prefix);
    }

    /** x (B, T, W) to (B, T, 3 W): queries, keys and values side by side. */
    NDArray forward(NDArray x) {
        return add(Functions.linear(x, weight, bias, model), x, sides);
    }

    /** x (..., W) to its queries (..., W). */
    NDArray queries(NDArray x) {
        return part(x, 0, 1);
    }

    /** x (..., W) to (..., 2 W): keys and values side by side. */
    NDArray keysAndValues(NDArray x) {
        return part(x, 1, LAYERS.size());
    }

    private NDArray part(NDArray x, int from, int to) {
        long width = weight.getShape().get(1);
        String rows = from * width + ":" + to * width;
        return add(Functions.linear(x, weight.get(rows), bias.get(rows), model), x, sides.subList(from, to));
    }

    private static NDArray add(NDArray y, NDArray x, List<SidePath> sides) {
        if (sides.stream().allMatch(SidePath::isEmpty)) {
            return y;
        }
        NDList added = new NDList();
        sides.forEach(side -> added.add(side.isEmpty() ? x.zerosLike() : side.of(x)));  // (..., W) each
        return y.add(NDArrays.concat(added, -1));
    }
}
