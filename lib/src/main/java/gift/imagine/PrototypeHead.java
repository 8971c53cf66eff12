package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.Activation;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;

/**
 * The head of DINO (Caron et al. 2021, appendix C): three linear layers with GELU between them, to unit length, then the
 * cosine with each of K prototypes. The last layer is weight-normed with a length fixed at 1.
 */
public final class PrototypeHead {
    /** The prototypes' tensor (K, bottleneck), whose rows count by their directions alone. */
    public static final String DIRECTIONS = "last_layer.weight_v";
    /** Published files hold the prototypes' lengths too, which are 1 and never trained. */
    static final String LENGTHS = "last_layer.weight_g";

    private static final double SHORTEST = 1e-12; // of a vector before it is divided by its length

    private final Linear in;
    private final Linear middle;
    private final Linear out;
    private final NDArray directions; // (K, bottleneck)

    public PrototypeHead(Parameters parameters, String prefix) {
        in = Linear.of(parameters, prefix + "mlp.0");
        middle = Linear.of(parameters, prefix + "mlp.2");
        out = Linear.of(parameters, prefix + "mlp.4");
        directions = parameters.get(prefix + DIRECTIONS);
    }

    /**
     * The published initial values of one of its tensors: normal with deviation 0.02, biases 0, prototypes uniform up to
     * 1 / sqrt(bottleneck).
     */
    public static float[] initial(RandomStream random, String name, Shape shape) {
        int size = Math.toIntExact(shape.size());
        if (name.endsWith(DIRECTIONS)) {
            return uniform(random, size, shape.get(1));
        }
        return name.endsWith(".weight") ? random.normals(size, 0.02) : new float[size];
    }

    /** Values between -1 / sqrt(inputs) and 1 / sqrt(inputs), as PyTorch fills a linear layer. */
    static float[] uniform(RandomStream random, int size, long inputs) {
        float[] values = new float[size];
        double bound = 1 / Math.sqrt(inputs);
        for (int i = 0; i < size; i++) {
            values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return values;
    }

    /** x (N, in) to cosines (N, K). */
    public NDArray forward(NDArray x) {
        NDArray hidden = Activation.GELU.of(middle.forward(Activation.GELU.of(in.forward(x))));
        NDArray unit = NativeOps.normalize(out.forward(hidden), SHORTEST);                      // (N, bottleneck)
        return unit.matMul(NativeOps.normalize(directions).transpose());                        // (N, K)
    }
}
